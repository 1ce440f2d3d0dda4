import { createHash } from 'node:crypto';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { Analyst } from '../../core/analysis/analyst.ts';
import { type AnalysedTrial, analysedTrial } from '../../core/analysis/input.ts';
import { intervalIn } from '../../core/analysis/leaderboard.ts';
import { type ColumnSet, resultCells, resultColumns, SPARSE_KEYS } from '../../core/columns.ts';
import { readLabel } from '../../core/label.ts';
import type { LeastRepeats } from '../../core/repeat-gate.ts';
import { asksForJson } from '../../core/request-fields.ts';
import type { Result } from '../../core/result.ts';
import { columnValue, type Row, valueOf } from '../../core/row.ts';
import type { Score, Scorer } from '../../core/scorer.ts';
import { Summarizer, type Summary } from '../../core/summary.ts';
import { shownAnswer } from '../../core/thoughts.ts';
import type { NamedVariant, Variant } from '../../core/variant.ts';
import { runVariantName, variantNames } from '../../core/variant-name.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { OffsetLineReader } from '../../io/offset-reader.ts';
import { type ResultFormat, type ResultGrid, type ResultWriter, resultFormats } from '../../store/formats/index.ts';
import type { HoldFile } from '../../store/hold-file.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { readSpending } from '../../store/journal-reader.ts';
import { parseLineOf } from '../../store/journal-record.ts';
import { RUN_FILES, type RunFolder } from '../../store/run-folder.ts';
import type { DerivedRow, DerivedTrial } from '../../store/stored-rows.ts';
import type { OutputConfig, ScoringConfig } from '../config/run-config.ts';
import { AnsweredRow, type AnswerSource, type FoundTrial } from './answered-rows.ts';
import { JudgeCalls } from './judge-calls.ts';
import { scoreAnswer, weightsOf } from './score-answer.ts';
import { summaryTableOf } from './summary-table.ts';

/** What result files are made from, except for the rows. */
export interface ResultsInput {
  /** In plan order. */
  readonly variants: readonly (NamedVariant & Pick<Variant, 'params'>)[];
  /** Trials of a row with a variant. */
  readonly repeats: number;
  readonly folder: RunFolder;
  readonly index: JournalIndex;
  /** Where calls are recorded that no result reports. */
  readonly holds: Pick<HoldFile, 'wasted'>;
  /** Results that the journal has lost. */
  readonly lostResults: number;
  /** The dataset's columns. */
  readonly columns: readonly string[];
  readonly scorers: readonly Scorer[];
  readonly scoring: Omit<ScoringConfig, 'scorers'>;
  readonly output: OutputConfig;
  /** What people said of single answers, by trial id: true for a good one; absent if they did not. */
  readonly labels?: ReadonlyMap<string, boolean> | undefined;
  /** How often each row must pass; absent without such gates. */
  readonly minRepeats?: readonly LeastRepeats[] | undefined;
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

/** The result of a trial of a row, at a place from 0; undefined if it is not known. */
export type KnownResult = (trial: DerivedTrial, place: number) => Result | undefined | Promise<Result>;

/** A row whose answers are being scored. */
interface RowInWork {
  readonly row: Row;
  /** What people said of its answers, unless they said it of single ones; null if they did not. */
  readonly label: boolean | null;
  readonly analysed: AnalysedTrial[];
}

/** What waits for scores that are on their way, in plan order: a trial, or the end of a row if there is none. */
interface Waiting {
  readonly of: RowInWork;
  readonly trial: { readonly found: FoundTrial<DerivedTrial>; readonly scores: MaybeScores } | null;
}

type MaybeScores = ReturnType<typeof scoreAnswer>;

interface Opened {
  readonly reader: OffsetLineReader;
  readonly formats: readonly ResultFormat[];
  /** Parallel to `formats`. */
  readonly writers: readonly ResultWriter[];
}

/**
 * Result files in the making: takes rows in plan order, scores their answers, and adds them up. Files appear under
 * their names only when it is finished. It must be finished or discarded.
 */
export class ResultsMaker {
  readonly #input: ResultsInput;
  readonly #opened: Opened;
  readonly #set: ColumnSet;
  readonly #summarizer: Summarizer;
  readonly #analyst: Analyst;
  readonly #judgeCalls: JudgeCalls;
  /** For each variant, whether it asks for answers in JSON. */
  readonly #areJson: readonly boolean[];
  /** Number of answers that are scored at once. */
  readonly #atOnce: number;
  readonly #waiting: Waiting[] = [];
  #trialsWaiting = 0;
  readonly #hash = createHash('sha256');
  #simulated = false;
  #unreadable = 0;

  private constructor(input: ResultsInput, opened: Opened) {
    const { variants, columns, scorers, scoring, minRepeats } = input;
    const { clusterColumn, goodEnoughPoints } = scoring;
    const names = namesOf(scorers);
    this.#input = input;
    this.#opened = opened;
    this.#set = columnSet(columns, scorers);
    this.#areJson = variants.map(({ params }) => asksForJson(params));
    this.#atOnce = Math.max(1, ...scorers.map(({ atOnce = 1 }) => atOnce));
    this.#summarizer = new Summarizer(variants, names, weightsOf(scorers), input.labels !== undefined);
    this.#analyst = new Analyst({ variants, scorers: names, clusterColumn, goodEnoughPoints, minRepeats });
    this.#judgeCalls = new JudgeCalls(scoring.judge, ({ id }) => {
      const line = this.#line(id);
      return Promise.resolve(line === null ? null : parseLineOf(id, line));
    });
  }

  /** Begins the files. @throws StorageError if one cannot be created */
  static async open(input: ResultsInput): Promise<ResultsMaker> {
    const { folder, output, columns, scorers } = input;
    const { delimiter, bom, decimal } = output;
    const formats = resultFormats.filter(({ name }) => output.formats.includes(name));
    const grid = resultGrid(input.variants, input.repeats);
    const names = resultColumns(columnSet(columns, scorers));
    const options = { columns: names, sparse: SPARSE_KEYS, delimiter, bom, decimal, grid };
    const writers: ResultWriter[] = [];
    const reader = await OffsetLineReader.open(folder.file(RUN_FILES.journal));
    try {
      for (const format of formats) writers.push(await format.write(folder.file(format.fileName), options));
    } catch (error) {
      await discardAll({ reader, writers });
      throw error;
    }
    return new ResultsMaker(input, { reader, formats, writers });
  }

  /** Sees the bytes that the rows are read from. */
  noteBytes(block: Uint8Array): void {
    this.#hash.update(block);
  }

  /**
   * Adds a row.
   * @param known finds results that need not be read from the journal by its index
   */
  async add(planned: DerivedRow, known?: KnownResult): Promise<void> {
    const { scorers, scoring } = this.#input;
    const { expectedColumn, keepThoughts } = scoring;
    const find: AnswerSource<DerivedTrial>['find'] = (trial, place) => known?.(trial, place) ?? this.#stored(trial.id);
    const opened = AnsweredRow.open(planned, { find, scorers, expectedColumn, keepThoughts });
    const answered = opened instanceof Promise ? await opened : opened;
    const { row } = answered;
    const label = this.#input.labels === undefined ? labelOf(row, scoring.judge.against) : null;
    const of: RowInWork = { row, label, analysed: [] };
    for (let place = 0; place < answered.size; place++) {
      const looked = answered.at(place);
      const found = looked instanceof Promise ? await looked : looked;
      if (found === null) continue;
      const scores = found.answer === null ? NO_SCORES : scoreAnswer(scorers, found.answer, this.#judgeCalls);
      const added = this.#addTrial(of, found, scores);
      if (added !== undefined) await added;
    }
    if (this.#waiting.length > 0) this.#waiting.push({ of, trial: null });
    else this.#endRow(of);
  }

  /** A promise only if the next trial must wait for scores that are on their way, or for the disk. */
  #addTrial(of: RowInWork, found: FoundTrial<DerivedTrial>, scores: MaybeScores): Promise<unknown> | undefined {
    if (!(scores instanceof Promise) && this.#waiting.length === 0) return this.#addScored(of, found, scores);
    // Thrown when its turn comes.
    if (scores instanceof Promise) scores.catch(() => undefined);
    this.#waiting.push({ of, trial: { found, scores } });
    this.#trialsWaiting += 1;
    return this.#trialsWaiting < this.#atOnce ? undefined : this.#addWaiting(this.#atOnce - 1);
  }

  /** Adds what waits for scores, until so many trials are left. */
  async #addWaiting(left: number): Promise<void> {
    while (this.#trialsWaiting > left || this.#waiting[0]?.trial === null) {
      const [first] = this.#waiting.splice(0, 1);
      if (first === undefined) return;
      const { of, trial } = first;
      if (trial === null) this.#endRow(of);
      else {
        this.#trialsWaiting -= 1;
        await this.#addScored(of, trial.found, await trial.scores);
      }
    }
  }

  #addScored(
    { row, label, analysed }: RowInWork,
    found: FoundTrial<DerivedTrial>,
    scores: readonly Score[],
  ): Promise<unknown> | undefined {
    const { id, variant } = found.trial;
    this.#summarizer.add(variant.index, found.result, scores, this.#input.labels?.get(id) ?? label);
    analysed.push(analysedTrial(variant.index, found.result, scores));
    return this.#write(row, found, scores);
  }

  #endRow({ row, analysed }: RowInWork): void {
    const cluster = valueOf(row, this.#input.scoring.clusterColumn);
    this.#analyst.add({ id: row.id, cluster, group: null, trials: analysed });
  }

  /**
   * Moves the files to their paths.
   * @param accept sees the results before any file is replaced; an error that it throws leaves the previous files
   */
  async finish(accept?: (summary: Summary) => void | Promise<void>): Promise<Derived> {
    const { folder } = this.#input;
    const { formats, writers, reader } = this.#opened;
    await this.#addWaiting(0);
    const analysis = this.#analyst.analyse();
    await this.#addSpending();
    const summary = this.#summarizer.summary((variant, scorer) => intervalIn(analysis, variant, scorer));
    await accept?.(summary);
    const digests: Record<string, FileDigest> = {};
    const table = summaryTableOf(summary);
    for (const [place, writer] of writers.entries()) {
      digests[formats[place]?.fileName ?? ''] = await writer.commit(table);
    }
    await reader.close();
    return {
      summary,
      analysis,
      files: paths(folder, formats),
      digests,
      notes: writers.flatMap((writer) => writer.notes?.() ?? []),
      unreadable: this.#unreadable,
      sha256: this.#hash.digest('hex'),
      simulated: this.#simulated,
    };
  }

  /**
   * Adds what was paid for nothing in the files. Another pass over the journal, but only if it has results that are not
   * used.
   */
  async #addSpending(): Promise<void> {
    const { index, folder, holds, lostResults } = this.#input;
    const summarizer = this.#summarizer;
    if (index.hasReplaced || index.size > summarizer.results) {
      const { replaced, ...paid } = await readSpending(folder.file(RUN_FILES.journal), index);
      summarizer.addUnreported(replaced);
      summarizer.noteJournal({ results: index.size, ...paid });
    }
    summarizer.addUnreported(holds.wasted);
    summarizer.addLost(lostResults);
  }

  /** Drops what was written; the previous files stay. */
  async discard(): Promise<void> {
    await discardAll(this.#opened);
  }

  /** A promise only if a writer waits for the disk: most results just join a batch. */
  #write(
    row: Row,
    { trial, result, answer }: FoundTrial<DerivedTrial>,
    scores: readonly Score[],
  ): Promise<unknown> | undefined {
    if (answer !== null) this.#simulated ||= answer.result.completion.simulated;
    const shown = answer === null ? result : shownAnswer(answer.result, this.#input.scoring.keepThoughts);
    const { index } = trial.variant;
    const cells = resultCells(this.#set, { row, result: shown, scores, isJson: this.#areJson[index] });
    const underWay: Promise<void>[] = [];
    for (const writer of this.#opened.writers) {
      const written = writer.write(cells, index);
      if (written !== undefined) underWay.push(written);
    }
    return underWay.length === 0 ? undefined : Promise.all(underWay);
  }

  /** A trial's result in the journal; null if it has none there. */
  #stored(trialId: string): Result | null {
    const line = this.#line(trialId);
    const result = line === null ? null : parseLineOf(trialId, line);
    if (result === null && line !== null) this.#unreadable += 1;
    return result;
  }

  #line(trialId: string): Buffer | null {
    const offset = this.#input.index.offsetOf(trialId);
    return offset === undefined ? null : this.#opened.reader.read(offset);
  }
}

const NO_SCORES: readonly Score[] = [];

async function discardAll({ reader, writers }: Pick<Opened, 'reader' | 'writers'>): Promise<void> {
  await Promise.all(writers.map((writer) => writer.discard().catch(() => undefined)));
  await reader.close();
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

function paths(folder: RunFolder, written: readonly ResultFormat[]): readonly string[] {
  return [...written.map(({ fileName }) => fileName), RUN_FILES.summary, RUN_FILES.run].map((name) =>
    folder.file(name),
  );
}

function labelOf(row: Row, column: string | null): boolean | null {
  return column === null ? null : (readLabel(columnValue(row, column)) ?? null);
}
