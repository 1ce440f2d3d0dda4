import type { FailOn } from '../../core/compare/gates.ts';
import { type CaseSuite, failsFor, type RowCase, type RowScore } from '../../core/compare/row-case.ts';
import { flipDirection } from '../../core/compare/worst-flips.ts';
import type { Comparison } from '../../core/comparison.ts';
import { columnText } from '../../core/row.ts';
import { ownText } from '../../io/own-text.ts';
import { readRecords } from '../../store/records.ts';
import type { GatherInput } from './gather.ts';
import type { Side } from './side.ts';
import type { VariantPair } from './variant-pairs.ts';

/** What identifies the rows of a comparison. */
interface CaseInput {
  readonly input: GatherInput;
  readonly pairs: readonly VariantPair[];
  readonly scorers: readonly string[];
  readonly comparison: Comparison;
  readonly failOn: FailOn;
}

/** One suite per pair of variants, one case per row, made lazily. Ids are read again and kept in memory. */
export async function caseSuites(given: CaseInput): Promise<readonly CaseSuite[]> {
  const { input, pairs } = given;
  const ids = await readIds(input.base, await readIds(input.candidate, []));
  return pairs.map((pair) => ({
    base: pair.base.name,
    candidate: pair.candidate.name,
    cases: { [Symbol.iterator]: () => casesOf(given, pair, ids) },
  }));
}

/** Ids by rows; a row that already has one keeps it. */
async function readIds(side: Side, ids: (string | undefined)[]): Promise<(string | undefined)[]> {
  const rows = new Map<number, number>();
  for (let row = 0; rows.size < side.rows; row++) {
    const locator = side.locator(row);
    if (locator !== null) rows.set(locator, row);
  }
  for await (const { value, locator } of readRecords(side.source, new Set(['row_id']))) {
    const row = rows.get(locator);
    if (row !== undefined) ids[row] ??= ownText(columnText(value['row_id']));
  }
  return ids;
}

function* casesOf(given: CaseInput, pair: VariantPair, ids: readonly (string | undefined)[]): Generator<RowCase> {
  const fails = failsFor(given.comparison, given.failOn);
  for (let row = 0; row < given.input.rows; row++) {
    if (pair.base.has(row) || pair.candidate.has(row)) yield caseOf(given, { pair, row, rowId: ids[row] ?? '', fails });
  }
}

interface CasePlace {
  readonly pair: VariantPair;
  readonly row: number;
  readonly rowId: string;
  readonly fails: ReturnType<typeof failsFor>;
}

function caseOf(given: CaseInput, place: CasePlace): RowCase {
  const { base, candidate } = place.pair;
  const { row, rowId } = place;
  const critical = criticalFailure(given, place);
  if (!base.has(row)) return { rowId, outcome: 'new', scores: [], failure: critical };
  if (!candidate.has(row)) return { rowId, outcome: 'missing', scores: [], failure: null };
  if (base.completed.at(row) === 0 || candidate.completed.at(row) === 0) {
    return { rowId, outcome: 'no answer', scores: [], failure: null };
  }
  const { scores, failed, directions } = scoresOf(given, place);
  const failure = critical ?? (failed.length === 0 ? null : failed.map(scoreText).join(', '));
  if (scores.length === 0) return { rowId, outcome: 'not judged', scores, failure };
  const outcome = directions.includes('worse') ? 'worse' : directions.includes('better') ? 'better' : 'same';
  return { rowId, outcome, scores, failure };
}

function criticalFailure({ input, comparison }: CaseInput, { pair, row }: CasePlace): string | null {
  const { candidate } = pair;
  const isCritical = input.base.isCritical(row) || input.candidate.isCritical(row);
  const isAnswered = candidate.completed.at(row) > 0 && candidate.errored.at(row) === 0;
  if (!isCritical || !isAnswered || comparison.unsound.length > 0) return null;
  return candidate.passed.at(row) < candidate.completed.at(row) ? 'a critical row did not pass' : null;
}

interface ScoredRow {
  readonly scores: readonly RowScore[];
  readonly failed: readonly RowScore[];
  readonly directions: readonly ('worse' | 'better' | null)[];
}

function scoresOf({ scorers }: CaseInput, { pair, row, fails }: CasePlace): ScoredRow {
  const { base, candidate } = pair;
  const scored = scorers.flatMap((scorer, index) => {
    const [before, after] = [base.score(row, index), candidate.score(row, index)];
    if (before === null || after === null) return [];
    const passed = [base.passedShare(row, index), candidate.passedShare(row, index)] as const;
    const direction = flipDirection([before, after], passed);
    const isFlaky = passed[0] > 0 && passed[0] < 1;
    const names = { base: base.name, candidate: candidate.name, scorer };
    const isFailed = direction !== null && fails({ ...names, direction, isFlaky });
    return [{ score: { scorer, base: before, candidate: after }, direction, isFailed }];
  });
  return {
    scores: scored.map(({ score }) => score),
    failed: scored.filter(({ isFailed }) => isFailed).map(({ score }) => score),
    directions: scored.map(({ direction }) => direction),
  };
}

function scoreText({ scorer, base, candidate }: RowScore): string {
  return `${scorer} ${rounded(base)} → ${rounded(candidate)}`;
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 1000;
}
