import { type CaseSuite, failsFor, type RowCase, type RowScore } from '../../core/compare/row-case.ts';
import { scoreChange } from '../../core/compare/words.ts';
import type { Comparison } from '../../core/comparison.ts';
import type { FailOn } from '../../core/gate-settings.ts';
import { columnText } from '../../core/row.ts';
import { ownText } from '../../io/own-text.ts';
import { readRecords } from '../../store/records.ts';
import { criticalOutcome, isCriticalOn } from './critical.ts';
import type { GatherInput } from './gather.ts';
import { rowChange } from './row-change.ts';
import { findRows } from './row-texts.ts';
import type { Side } from './side.ts';
import type { VariantPair } from './variant-pairs.ts';
import type { VariantTrials } from './variant-trials.ts';

/** What identifies the rows of a comparison. */
interface CaseInput {
  readonly input: GatherInput;
  readonly pairs: readonly VariantPair[];
  readonly scorers: readonly string[];
  readonly comparison: Comparison;
  readonly failOn: FailOn;
}

/**
 * One suite per pair of variants, one case per row, made lazily. A variant of the candidate without a counterpart has a
 * suite of its critical rows, if there are any. Ids are read again and kept in memory.
 */
export async function caseSuites(given: CaseInput): Promise<readonly CaseSuite[]> {
  const { input, pairs } = given;
  const ids = await readIds(input.base, await readIds(input.candidate, []));
  return [
    ...pairs.map((pair) => ({
      base: pair.base.name,
      candidate: pair.candidate.name,
      cases: { [Symbol.iterator]: () => casesOf(given, pair, ids) },
    })),
    ...aloneWithCritical(given).map((variant) => ({
      base: null,
      candidate: variant.name,
      cases: { [Symbol.iterator]: () => criticalCases(given, variant, ids) },
    })),
  ];
}

/** Variants of the candidate that are in no pair and have critical rows to pass; none if nothing can be said. */
function aloneWithCritical({ input, pairs, comparison }: CaseInput): readonly VariantTrials[] {
  if (comparison.unsound.length > 0 || findRows(input.rows, (row) => isCriticalOn(input, row)).n === 0) return [];
  return input.candidate.variants.filter((variant) => !pairs.some(({ candidate }) => candidate === variant));
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
    const isCase = pair.base.has(row) || pair.candidate.has(row) || isCriticalOn(given.input, row);
    if (isCase) yield caseOf(given, { pair, row, rowId: ids[row] ?? '', fails });
  }
}

function* criticalCases(
  given: CaseInput,
  variant: VariantTrials,
  ids: readonly (string | undefined)[],
): Generator<RowCase> {
  for (let row = 0; row < given.input.rows; row++) {
    if (!isCriticalOn(given.input, row)) continue;
    const outcome = ALONE[criticalOutcome(variant, row)];
    yield { rowId: ids[row] ?? '', outcome, scores: [], failure: criticalFailure(given, variant, row) };
  }
}

/** What is not a failure. */
const ALONE = { passed: 'passed', failed: 'passed', unanswered: 'no answer', missing: 'missing' } as const;

interface CasePlace {
  readonly pair: VariantPair;
  readonly row: number;
  readonly rowId: string;
  readonly fails: ReturnType<typeof failsFor>;
}

function caseOf(given: CaseInput, place: CasePlace): RowCase {
  const { base, candidate } = place.pair;
  const { row, rowId } = place;
  const critical = criticalFailure(given, candidate, row);
  if (!candidate.has(row)) return { rowId, outcome: 'missing', scores: [], failure: critical };
  if (!base.has(row)) return { rowId, outcome: 'new', scores: [], failure: critical };
  if (base.completed.at(row) === 0 || candidate.completed.at(row) === 0) {
    return { rowId, outcome: 'no answer', scores: [], failure: null };
  }
  const { scores, failed, directions } = scoresOf(given, place);
  const failure = critical ?? (failed.length === 0 ? null : failed.map(scoreText).join(', '));
  if (scores.length === 0) return { rowId, outcome: 'not judged', scores, failure };
  const outcome = directions.includes('worse') ? 'worse' : directions.includes('better') ? 'better' : 'same';
  return { rowId, outcome, scores, failure };
}

/** A row without an answer makes the comparison unsound, so that no row fails it. */
const CRITICAL_FAILURES = {
  passed: null,
  failed: 'a critical row did not pass',
  unanswered: null,
  missing: 'a critical row is not in the candidate',
} as const;

function criticalFailure({ input, comparison }: CaseInput, variant: VariantTrials, row: number): string | null {
  if (!isCriticalOn(input, row) || comparison.unsound.length > 0) return null;
  return CRITICAL_FAILURES[criticalOutcome(variant, row)];
}

interface ScoredRow {
  readonly scores: readonly RowScore[];
  readonly failed: readonly RowScore[];
  readonly directions: readonly ('worse' | 'better' | null)[];
}

function scoresOf({ scorers }: CaseInput, { pair, row, fails }: CasePlace): ScoredRow {
  const { base, candidate } = pair;
  const scored = scorers.flatMap((scorer, index) => {
    const change = rowChange(pair, row, index);
    if (change === null) return [];
    const { baseScore, candidateScore, direction, isFlaky } = change;
    const names = { base: base.name, candidate: candidate.name, scorer };
    const isFailed = direction !== null && fails({ ...names, direction, isFlaky });
    return [{ score: { scorer, base: baseScore, candidate: candidateScore }, direction, isFailed }];
  });
  return {
    scores: scored.map(({ score }) => score),
    failed: scored.filter(({ isFailed }) => isFailed).map(({ score }) => score),
    directions: scored.map(({ direction }) => direction),
  };
}

function scoreText({ scorer, base, candidate }: RowScore): string {
  return `${scorer} ${scoreChange(base, candidate)}`;
}
