import { createHash } from 'node:crypto';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { Analyst } from '../../core/analysis/analyst.ts';
import { type AnalysedTrial, analysedTrial } from '../../core/analysis/input.ts';
import { intervalIn } from '../../core/analysis/leaderboard.ts';
import { type ColumnSet, resultCells, resultColumns, SPARSE_KEYS } from '../../core/columns.ts';
import { InterruptedError } from '../../core/errors.ts';
import { readLabel } from '../../core/label.ts';
import type { Result } from '../../core/result.ts';
import { columnValue, type Row, valueOf } from '../../core/row.ts';
import type { Score, Scorer } from '../../core/scorer.ts';
import { Summarizer, type Summary } from '../../core/summary.ts';
import { shownAnswer } from '../../core/thoughts.ts';
import type { NamedVariant } from '../../core/variant.ts';
import { runVariantName, variantNames } from '../../core/variant-name.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import { OffsetLineReader } from '../../io/offset-reader.ts';
import { type ResultFormat, type ResultGrid, type ResultWriter, resultFormats } from '../../store/formats/index.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { parseLineOf } from '../../store/journal-record.ts';
import { RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import type { DerivedRow, DerivedTrial } from '../../store/stored-rows.ts';
import type { OutputConfig, ScoringConfig } from '../config/run-config.ts';
import { AnsweredRow } from './answered-rows.ts';
import { JudgeCalls } from './judge-calls.ts';
import { scoreAnswer, weightsOf } from './score-answer.ts';
import { summaryTableOf } from './summary-table.ts';

/** What result files are made from. */
interface DeriveInput {
  /** In plan order. @param onBytes sees the source bytes */
  readonly rows: (onBytes: (block: Uint8Array) => void) => AsyncIterable<DerivedRow>;
  /** In plan order. */
  readonly variants: readonly NamedVariant[];
  /** Trials of a row with a variant. */
  readonly repeats: number;
  readonly folder: RunFolder;
  readonly index: JournalIndex;
  readonly columns: readonly string[];
  readonly scorers: readonly Scorer[];
  readonly scoring: Omit<ScoringConfig, 'scorers'>;
  readonly output: OutputConfig;
  /** True once the user cancels at once: half-written files are discarded. */
  readonly isCancelled?: (() => boolean) | undefined;
  /** Sees the results before any file is replaced; an error that it throws leaves the previous files. */
  readonly accept?: ((summary: Summary) => void) | undefined;
}

/** The outcome of making result files. */
export interface Derived {
  readonly summary: Summary;
  /** Which variant is better, and whether the difference is significant. */
  readonly analysis: Analysis;
  /** Paths of the files. */
  readonly files: readonly string[];
  /** The content of the files, by name. */
  readonly digests: Readonly<Record<string, FileDigest>>;
  /** What files lack of the results, one line each. */
  readonly notes: readonly string[];
  /** Results that the journal had when it was opened and whose lines are damaged now; they are in no file. */
  readonly unreadable: number;
  /** SHA-256 of the bytes that rows were read from. */
  readonly sha256: string;
  /** True if a result says that it comes from promptgrid's own gateway. */
  readonly simulated: boolean;
}

/**
 * Makes the result files from the journal, in plan order, and summarises them. Scores are computed here from stored
 * data: an edited `expected` or another scorer costs nothing. Each file is replaced atomically.
 * @throws InterruptedError if it was cancelled
 */
export async function deriveResults(input: DeriveInput): Promise<Derived> {
  const { folder, output, columns, scorers } = input;
  const set = columnSet(columns, scorers);
  const wanted = resultFormats.filter(({ name }) => output.formats.includes(name));
  const { delimiter, bom, decimal } = output;
  const grid = resultGrid(input.variants, input.repeats);
  const options = { columns: resultColumns(set), sparse: SPARSE_KEYS, delimiter, bom, decimal, grid };
  const writers: ResultWriter[] = [];
  const reader = await OffsetLineReader.open(folder.file(RUN_FILES.journal));
  try {
    for (const format of wanted) writers.push(await format.write(folder.file(format.fileName), options));
    const derived = await writeResults(input, reader, (scored, variant) => {
      const cells = resultCells(set, scored);
      return waitFor(writers.map((writer) => writer.write(cells, variant)));
    });
    input.accept?.(derived.summary);
    const table = summaryTableOf(derived.summary);
    const digests: Record<string, FileDigest> = {};
    for (const [place, writer] of writers.entries())
      digests[wanted[place]?.fileName ?? ''] = await writer.commit(table);
    const notes = writers.flatMap((writer) => writer.notes?.() ?? []);
    return { ...derived, files: paths(folder, wanted), digests, notes };
  } catch (error) {
    await Promise.all(writers.map((writer) => writer.discard().catch(() => undefined)));
    throw error;
  } finally {
    await reader.close();
  }
}

/** What formats with columns for each variant need. */
export function resultGrid(variants: readonly NamedVariant[], repeats: number): ResultGrid {
  return { variants: variantNames(variants.map(runVariantName)), repeats };
}

/** The columns of result files. @param dataset its columns. @param scorers of the run */
export function columnSet(dataset: readonly string[], scorers: readonly Scorer[]): ColumnSet {
  return {
    dataset,
    scorers: namesOf(scorers),
    explained: namesOf(scorers.filter(({ explains }) => explains)),
    asking: namesOf(scorers.filter(({ asks }) => asks !== null)),
  };
}

function namesOf(scorers: readonly Scorer[]): readonly string[] {
  return scorers.map(({ name }) => name);
}

/** A promise only if work is pending: most rows just join a batch, and a promise for each costs more. */
function waitFor(writes: readonly (void | Promise<void>)[]): Promise<unknown> | undefined {
  const underWay = writes.filter((write) => write !== undefined);
  return underWay.length === 0 ? undefined : Promise.all(underWay);
}

function paths(folder: RunFolder, written: readonly ResultFormat[]): readonly string[] {
  return [...written.map(({ fileName }) => fileName), RUN_FILES.summary, RUN_FILES.run].map((name) =>
    folder.file(name),
  );
}

interface Scored {
  readonly row: Row;
  readonly result: Result;
  readonly scores: readonly Score[];
}

async function writeResults(
  { rows, variants, index, scorers, scoring, isCancelled = () => false }: DeriveInput,
  reader: OffsetLineReader,
  write: (scored: Scored, variant: number) => Promise<unknown> | undefined,
): Promise<Omit<Derived, 'files' | 'digests' | 'notes'>> {
  const { clusterColumn, keepThoughts, goodEnoughPoints } = scoring;
  const summarizer = new Summarizer(variants, namesOf(scorers), weightsOf(scorers));
  const analyst = new Analyst({ variants, scorers: namesOf(scorers), clusterColumn, goodEnoughPoints });
  const read = (trialId: string): string | Promise<string> | null => readLine(reader, index, trialId);
  const judgeCalls = new JudgeCalls(scoring.judge, async ({ id }) => parseLineOf(id, (await read(id)) ?? ''));
  const hash = createHash('sha256');
  let simulated = false;
  let unreadable = 0;
  const parse = (id: string, line: string | null): Result | null => {
    const result = line === null ? null : parseLineOf(id, line);
    if (result === null && line !== null) unreadable += 1;
    return result;
  };
  const find = ({ id }: DerivedTrial): Result | null | Promise<Result | null> => {
    const line = read(id);
    return line instanceof Promise ? line.then((late) => parse(id, late)) : parse(id, line);
  };
  const source = { find, scorers, expectedColumn: scoring.expectedColumn, keepThoughts };
  for await (const planned of rows((block) => hash.update(block))) {
    if (isCancelled()) throw new InterruptedError();
    const opened = AnsweredRow.open(planned, source);
    const answered = opened instanceof Promise ? await opened : opened;
    const { row } = answered;
    const label = labelOf(row, scoring.judge.against);
    const analysed: AnalysedTrial[] = [];
    for (const looked of answered.found()) {
      const found = looked instanceof Promise ? await looked : looked;
      if (found === null) continue;
      const { trial, result, answer } = found;
      const made = answer === null ? [] : scoreAnswer(scorers, answer, judgeCalls);
      const scores = made instanceof Promise ? await made : made;
      const { index: variant } = trial.variant;
      summarizer.add(variant, result, scores, label);
      analysed.push(analysedTrial(variant, result, scores));
      if (answer !== null) simulated ||= answer.result.completion.simulated;
      const shown = answer === null ? result : shownAnswer(answer.result, keepThoughts);
      const written = write({ row, result: shown, scores }, variant);
      if (written !== undefined) await written;
    }
    analyst.add({ id: row.id, cluster: valueOf(row, clusterColumn), group: null, trials: analysed });
  }
  const analysis = analyst.analyse();
  return {
    summary: summarizer.summary((variant, scorer) => intervalIn(analysis, variant, scorer)),
    analysis,
    sha256: hash.digest('hex'),
    simulated,
    unreadable,
  };
}

/** A trial's line of the journal; null if it has none. A promise only if it is not in memory. */
function readLine(reader: OffsetLineReader, index: JournalIndex, trialId: string): string | Promise<string> | null {
  const offset = index.get(trialId)?.offset;
  return offset === undefined ? null : (reader.readCached(offset) ?? reader.read(offset));
}

function labelOf(row: Row, column: string | null): boolean | null {
  return column === null ? null : (readLabel(columnValue(row, column)) ?? null);
}
