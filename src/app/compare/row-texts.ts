import type { FlipPlace } from '../../core/compare/worst-flips.ts';
import type { Flip, RowSample, VariantName } from '../../core/comparison.ts';
import { type JsonObject, textOf } from '../../core/json.ts';
import type { CriticalRow } from '../../core/reasons.ts';
import { columnText } from '../../core/row.ts';
import { variantLabel } from '../../core/variant-name.ts';
import { readAgain, readRecords } from '../../store/records.ts';
import { AskedOf } from './asked.ts';
import type { CriticalPlace } from './critical.ts';
import type { GatherInput } from './gather.ts';
import type { Side } from './side.ts';
import type { VariantPair } from './variant-pairs.ts';
import type { VariantTrials } from './variant-trials.ts';

/** The rows whose texts are read again; no others are. */
interface WantedTexts {
  readonly flips: readonly FlipPlace[];
  readonly pairs: readonly VariantPair[];
  readonly scorers: readonly string[];
  /** Places of the rows given by id. */
  readonly named: readonly number[];
}

/** Texts of some rows. */
export interface RowTexts {
  readonly flips: readonly Flip[];
  /** The id of a requested row. */
  idOf(row: number): string;
}

/** Characters kept of an answer, a question or an expected answer. */
const MOST_UNITS = 8192;

/** Reads ids and answers again from the files; they are not kept in memory while figures are computed. */
export async function readRowTexts(base: Side, candidate: Side, wanted: WantedTexts): Promise<RowTexts> {
  const { flips, pairs, scorers, named } = wanted;
  const flipLocators = (pick: (pair: VariantPair) => VariantTrials): readonly number[] =>
    flips.flatMap(({ pair, row }) => trialLocator(pairs[pair], row, pick));
  const rowLocators = (side: Side): readonly number[] =>
    [...named, ...flips.map(({ row }) => row)].flatMap((row) => listOf(side.locator(row)));
  const before = await readAgain(base.source, [...flipLocators((pair) => pair.base), ...rowLocators(base)]);
  const after = await readAgain(candidate.source, [...flipLocators((p) => p.candidate), ...rowLocators(candidate)]);
  // The candidate's id first: if rows are paired by request, ids are only positions in a file.
  const idOf = (row: number): string =>
    rowIdOf(after.get(candidate.locator(row) ?? -1) ?? before.get(base.locator(row) ?? -1));
  const asked = { base: new AskedOf(base.source), candidate: new AskedOf(candidate.source) };
  const withTexts = flips.flatMap((flip): Flip[] => {
    const pair = pairs[flip.pair];
    if (pair === undefined) return [];
    const [own] = trialLocator(pair, flip.row, (one) => one.base);
    const [other] = trialLocator(pair, flip.row, (one) => one.candidate);
    const { direction, baseScore, candidateScore, isCritical, isFlaky } = flip;
    const [old, now] = [before.get(own ?? -1), after.get(other ?? -1)];
    const wasAsked = asked.base.of(old, pair.base.name.prompt);
    const isAsked = asked.candidate.of(now, pair.candidate.name.prompt);
    return [
      {
        rowId: idOf(flip.row),
        base: pair.base.name,
        candidate: pair.candidate.name,
        scorer: scorers[flip.scorer] ?? '',
        direction,
        baseScore,
        candidateScore,
        isCritical,
        isFlaky,
        baseOutput: cutText(textOf(old?.['output'])),
        candidateOutput: cutText(textOf(now?.['output'])),
        question: cutText(isAsked.question ?? wasAsked.question),
        expected: cutText(isAsked.expected ?? wasAsked.expected),
        line: null,
      },
    ];
  });
  return { flips: withTexts, idOf };
}

/** Ids of all rows that flipped, in the order of the candidate. */
export async function flippedRowIds({
  candidate,
  rows,
  flipped,
}: Pick<GatherInput, 'candidate' | 'rows' | 'flipped'>): Promise<readonly string[]> {
  const wanted = new Set<number>();
  for (let row = 0; row < rows; row++) {
    const locator = flipped.at(row) === 1 ? candidate.locator(row) : null;
    if (locator !== null) wanted.add(locator);
  }
  const ids: string[] = [];
  if (wanted.size === 0) return ids;
  for await (const { value, locator } of readRecords(candidate.source, ROW_ID)) {
    if (wanted.delete(locator)) ids.push(rowIdOf(value));
    if (wanted.size === 0) break;
  }
  return ids;
}

const ROW_ID: ReadonlySet<string> = new Set(['row_id']);

function trialLocator(
  pair: VariantPair | undefined,
  row: number,
  pick: (pair: VariantPair) => VariantTrials,
): readonly number[] {
  return pair === undefined ? [] : listOf(pick(pair).locator(row));
}

function listOf(locator: number | null): readonly number[] {
  return locator === null ? [] : [locator];
}

function rowIdOf(value: JsonObject | undefined): string {
  return columnText(value?.['row_id']);
}

/** As much of a text as a comparison keeps. */
export function cutText(text: string | null): string | null {
  return text !== null && text.length > MOST_UNITS ? `${text.slice(0, MOST_UNITS)}…` : text;
}

/** The rows of a sample by their ids. */
export function sampleOf(rows: FoundRows, texts: RowTexts): RowSample {
  return { n: rows.n, rowIds: rows.first.map((row) => texts.idOf(row)) };
}

/** Number of found rows, with the places of the first ones. */
interface FoundRows {
  readonly n: number;
  readonly first: readonly number[];
}

const MOST_NAMED = 20;

/** The rows below `rows` that satisfy a condition. */
export function findRows(rows: number, holds: (row: number) => boolean): FoundRows {
  const first: number[] = [];
  let n = 0;
  for (let row = 0; row < rows; row++) {
    if (!holds(row)) continue;
    n += 1;
    if (first.length < MOST_NAMED) first.push(row);
  }
  return { n, first };
}

/** Critical rows with their ids. @param unpaired variants that only the candidate has */
export function criticalRows(
  places: readonly CriticalPlace[],
  texts: RowTexts,
  unpaired: readonly VariantName[],
): readonly CriticalRow[] {
  return places.map(({ row, variant }) => ({
    rowId: texts.idOf(row),
    variant: variant === null ? null : variantLabel(variant),
    isUnpaired: variant !== null && unpaired.includes(variant),
  }));
}
