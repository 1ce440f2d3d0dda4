import { checkGates, type GateInput } from '../../core/compare/gates.ts';
import type { CaseSuite } from '../../core/compare/row-case.ts';
import { savedIdsNotes } from '../../core/compare/saved-ids.ts';
import { type PairDraft, scorePairs, worstVerdict } from '../../core/compare/score-pairs.ts';
import { WorstFlips } from '../../core/compare/worst-flips.ts';
import type { ComparedSide, Comparison, ScorePair } from '../../core/comparison.ts';
import { type ExitStatus, UsageError } from '../../core/errors.ts';
import { growingFloats } from '../../core/growing-numbers.ts';
import { PairScanner } from '../../core/paired/pair-scan.ts';
import { unsoundText } from '../../core/reason-text.ts';
import { type CriticalRows, SIDES, type UnsoundReason } from '../../core/reasons.ts';
import { didYouMean } from '../../io/nearest.ts';
import { openSource, type Source, sourceWarning } from '../../store/source.ts';
import { caseSuites } from './cases.ts';
import { type CriticalFound, type CriticalPlace, findCritical, ownScore } from './critical.ts';
import { clusterDifferences, differences, skippedNotes, unpairedNotes } from './differences.ts';
import { withDataset } from './flip-dataset.ts';
import { type GatheredPair, type GatherInput, gatherPair } from './gather.ts';
import { measurePairs, rowCostOf } from './measures.ts';
import type { CompareOptions } from './options.ts';
import { passMarks } from './pass-marks.ts';
import { type ClusterColumn, clusterColumn, type RowClusters, rowClusters } from './row-clusters.ts';
import { contentColumns } from './row-content.ts';
import { byContent, byId, type RowFinder, RowIndex } from './row-index.ts';
import { criticalRows, findRows, flippedRowIds, type RowTexts, readRowTexts, sampleOf } from './row-texts.ts';
import { Side } from './side.ts';
import { erroredTrialsGate, whyUnsound } from './soundness.ts';
import { pairVariants, type VariantPairs } from './variant-pairs.ts';

export { compareDocument } from './document.ts';
export { checkSides, type GivenCompareOptions, givenCompareOptions } from './given-options.ts';
export {
  type CompareOptions,
  compareOptions,
  wholeCompareOptions,
} from './options.ts';

/** What is compared, and how. */
interface CompareRequest {
  /** Path of a run folder, a result file, or a baseline. */
  readonly base: string;
  readonly candidate: string;
  readonly options: CompareOptions;
  /** Looks up the dataset lines of flipped rows, for which the dataset is read. */
  readonly wantsLines: boolean;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** The result of a comparison. */
export interface Compared {
  readonly comparison: Comparison;
  /** Every row of every pair, for reports that list them; reads the files again. */
  readonly suites: () => Promise<readonly CaseSuite[]>;
  /** Ids of all rows that flipped, in the order of the candidate; reads its file again. */
  readonly flippedRows: () => Promise<readonly string[]>;
  /** Closes the files. */
  readonly close: () => Promise<void>;
}

/**
 * Compares two runs row by row.
 * @throws ResultsError, RunFolderError or UsageError for inputs that cannot be compared. A comparison that is possible
 * but inconclusive (too many errors, no rows in common) is not an error: its verdict is `unsound`
 */
export async function executeCompare(request: CompareRequest): Promise<Compared> {
  const before = await openSource(request.base, request.options);
  const after = await openSource(request.candidate, request.options).catch(async (error: unknown) => {
    await before.check?.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    for (const { check } of [before, after]) await check?.close();
  };
  try {
    return { ...(await compareSources(before, after, request)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function compareSources(
  before: Source,
  after: Source,
  { options, wantsLines, onWarning }: CompareRequest,
): Promise<Omit<Compared, 'close'>> {
  const scorers = before.scorers.filter((name) => after.scorers.includes(name));
  const extra = checkLeast(options, after).filter((name) => !scorers.includes(name));
  const column = clusterColumn(before, after, options.cluster);
  const sides = await readSides(before, after, { scorers: [...scorers, ...extra], column });
  const warnings = [
    ...[sides.base, sides.candidate].map(({ source, trials }) => sourceWarning(source, options, trials)),
    ...new Set([...sides.base.warnings, ...sides.candidate.warnings]),
  ];
  const warn = (): void => {
    for (const warning of warnings) if (warning !== null) onWarning?.(warning);
  };
  const hasLost = [before, after].some(({ changes }) => (changes?.note ?? null) !== null);
  // It may be why variants have no counterpart.
  if (hasLost) warn();
  const variants = pairVariants(sides.base.variants, sides.candidate.variants, options.maps);
  const input: GatherInput = {
    base: sides.base,
    candidate: sides.candidate,
    rows: sides.rows,
    scorers: scorers.length,
    pairs: variants.pairs.length,
    clusters: sides.clusters,
    scanner: new PairScanner(sides.rows, sides.clusters?.size ?? 0),
    flips: new WorstFlips(options.flips),
    flipped: growingFloats(),
    flaky: growingFloats(),
  };
  const gathered = variants.pairs.map((pair, place) => gatherPair(input, pair, place));
  const scored = { input, gathered, variants, scorers, own: [...scorers, ...extra] };
  const comparison = await conclude(scored, options, sides);
  const flips = await withDataset(comparison.flips, { base: before, candidate: after, wantsLines });
  if (!hasLost) warn();
  return {
    comparison: { ...comparison, flips },
    flippedRows: () => flippedRowIds(input),
    suites: () => caseSuites({ input, pairs: variants.pairs, scorers, comparison, failOn: options.gates.failOn }),
  };
}

/** Names of the scorers that `--min` uses. @throws UsageError for one that the candidate does not have */
function checkLeast({ gates }: CompareOptions, { scorers, path }: Source): readonly string[] {
  const names = gates.least.map(({ scorer }) => scorer);
  const unknown = names.find((name) => !scorers.includes(name));
  if (unknown === undefined) return names;
  const known = scorers.length === 0 ? 'it has none' : `it has ${scorers.join(', ')}`;
  throw new UsageError(`--min: ${path} has no scores by "${unknown}"`, {
    hint: `${known}${didYouMean(unknown, scorers)}`,
  });
}

interface Sides {
  readonly base: Side;
  readonly candidate: Side;
  /** Rows of both together. */
  readonly rows: number;
  readonly pairedBy: 'id' | 'content';
  /** False if rows have neither ids on both sides nor a column that both sides have. */
  readonly canPair: boolean;
  readonly clusters: RowClusters | null;
}

interface Reading {
  readonly scorers: readonly string[];
  readonly column: ClusterColumn | null;
}

async function readSides(before: Source, after: Source, { scorers, column }: Reading): Promise<Sides> {
  const index = new RowIndex();
  const pairedBy = before.hasOwnIds && after.hasOwnIds ? 'id' : 'content';
  const finder = (): RowFinder => (pairedBy === 'id' ? byId(index) : byContent(index));
  const columns = contentColumns(before, after);
  const values = new RowIndex();
  const shared = { contentColumns: columns, scorers, clusters: column && { column: column.column, index: values } };
  const marks = { before: passMarks(before, after, scorers), after: passMarks(after, before, scorers) };
  const base = await Side.read(before, { ...shared, rows: finder(), marks: marks.before });
  const candidate = await Side.read(after, { ...shared, rows: finder(), marks: marks.after });
  const canPair = pairedBy === 'id' || columns !== null;
  const sides = { base, candidate, rows: index.size, pairedBy, canPair } as const;
  return { ...sides, clusters: column && rowClusters(sides, index.size, { column, named: values.size }) };
}

interface Scored {
  readonly input: GatherInput;
  readonly gathered: readonly GatheredPair[];
  readonly variants: VariantPairs;
  /** Scorers that both sides have. */
  readonly scorers: readonly string[];
  /** Those, and those that only the candidate has and `--min` uses. */
  readonly own: readonly string[];
}

async function conclude(
  scored: Scored,
  options: CompareOptions,
  { pairedBy, canPair }: Pick<Sides, 'pairedBy' | 'canPair'>,
): Promise<Comparison> {
  const { input, gathered, variants, scorers } = scored;
  const { base, candidate, rows } = input;
  const critical = findCritical(input);
  const found = findSamples(input);
  const rowsInCommon = findRows(rows, (row) => base.has(row) && candidate.has(row)).n;
  const { maxErrored, margin, gates } = options;
  const needsScores = gates.failOn !== 'none';
  const picked = pickedReasons(input);
  const met = { gathered, rowsInCommon, canPair, scorers, needsScores, maxErrored, critical };
  const unsoundReasons = [...picked, ...whyUnsound(met)];
  const named = [
    ...found.added.first,
    ...found.missing.first,
    ...found.flaky.first,
    ...[...critical.failed, ...critical.unanswered, ...critical.missing].map((p) => p.row),
  ];
  const wanted = { flips: input.flips.worst(), pairs: variants.pairs, scorers, named };
  const texts = await readRowTexts(base, candidate, wanted);
  const pairs = scorePairs(
    gathered.flatMap((pair) => draftsOf(pair, scorers)),
    margin,
  );
  const measures = gathered.flatMap(measurePairs);
  const checked = checkGates(gates, {
    isSound: unsoundReasons.length === 0,
    pairs,
    hasClusters: input.clusters !== null,
    measures,
    own: ownScores(scored),
    critical: criticalFacts(critical, texts, variants),
  });
  const changed = pairedBy === 'id' ? changedRows(input) : 0;
  const samples = { newRows: sampleOf(found.added, texts), missingRows: sampleOf(found.missing, texts) };
  const idNotes = pairedBy === 'id' ? savedIdsNotes(samples.missingRows.rowIds, samples.newRows.rowIds) : [];
  return {
    verdict: unsoundReasons.length > 0 ? 'unsound' : worstVerdict(pairs),
    base: describeSide(base),
    candidate: describeSide(candidate),
    rowsInCommon,
    pairedBy,
    clusters: input.clusters?.compared ?? null,
    margin,
    pairs: unsoundReasons.length === 0 ? pairs : pairs.map(withoutVerdict),
    isPicked: picked.length > 0,
    measures,
    gates: [...checked, erroredTrialsGate(gathered, maxErrored)],
    unsound: unsoundReasons.map((reason) => unsoundText(reason)),
    unsoundReasons,
    flips: texts.flips,
    flipped: input.flips.counts(),
    ...samples,
    flakyRows: sampleOf(found.flaky, texts),
    notes: [...notesOf(scored, changed), ...idNotes],
  };
}

/** The critical rows that the gate names; a variant that was not compared is marked. */
function criticalFacts(found: CriticalFound, texts: RowTexts, { onlyCandidate }: VariantPairs): GateInput['critical'] {
  const rowsOf = (places: readonly CriticalPlace[], count: number): CriticalRows => {
    return { count, rows: criticalRows(places, texts, onlyCandidate) };
  };
  return {
    trials: found.n,
    failed: rowsOf(found.failed, found.failedCount),
    unanswered: rowsOf(found.unanswered, found.unansweredCount),
    missing: rowsOf(found.missing, found.missingCount),
  };
}

/** Why runs over failed rows alone have no verdict. */
function pickedReasons(sides: Pick<Sides, 'base' | 'candidate'>): readonly UnsoundReason[] {
  return SIDES.flatMap((side): readonly UnsoundReason[] => {
    const { facts, path } = sides[side].source;
    return facts.onlyFailed === null ? [] : [{ kind: 'only failed', side, path, ...facts.onlyFailed }];
  });
}

/** Of an unsound comparison, figures are shown and nothing is concluded from them. */
function withoutVerdict(pair: ScorePair): ScorePair {
  return { ...pair, verdict: 'inconclusive', needed: null };
}

function findSamples({
  base,
  candidate,
  rows,
  flaky,
}: GatherInput): Record<'added' | 'missing' | 'flaky', ReturnType<typeof findRows>> {
  return {
    added: findRows(rows, (row) => candidate.has(row) && !base.has(row)),
    missing: findRows(rows, (row) => base.has(row) && !candidate.has(row)),
    flaky: findRows(rows, (row) => flaky.at(row) === 1),
  };
}

function changedRows({ base, candidate, rows }: GatherInput): number {
  return findRows(rows, (row) => base.has(row) && candidate.has(row) && !base.asksSame(candidate, row)).n;
}

function notesOf({ input, variants, gathered }: Scored, changed: number): readonly string[] {
  const costs = gathered.flatMap(measurePairs).filter(({ measure }) => measure === 'cost');
  const currencies = costs.flatMap(({ reason, why }) => (reason?.kind === 'two currencies' ? [why ?? ''] : []));
  const made = differences(input.base, input.candidate, changed);
  const clusters = input.clusters === null ? [] : clusterDifferences(input.clusters.compared);
  return [...made, ...clusters, ...unpairedNotes(variants), ...skippedNotes(variants), ...new Set(currencies)];
}

function draftsOf(gathered: GatheredPair, scorers: readonly string[]): readonly PairDraft[] {
  const { base, candidate } = gathered.pair;
  const rowCost = rowCostOf(gathered);
  return gathered.scores.map((scores, index) => {
    return { ...scores, base: base.name, candidate: candidate.name, scorer: scorers[index] ?? '', rowCost };
  });
}

function ownScores({ variants, own, input }: Scored): ReturnType<typeof ownScore>[] {
  const candidates = [...new Set(variants.pairs.map((pair) => pair.candidate))];
  return candidates.flatMap((variant) => own.map((name, scorer) => ownScore(input, variant, { scorer, name })));
}

function describeSide({ source, rows, trials }: Side): ComparedSide {
  return { path: source.path, kind: source.kind, rows, trials, dataset: source.facts.dataset };
}

/** 3 if the comparison is unsound, 1 if a gate failed, else 0. */
export function compareStatus({ unsound, gates }: Comparison): ExitStatus {
  if (unsound.length > 0) return 3;
  return gates.every(({ passed }) => passed) ? 0 : 1;
}
