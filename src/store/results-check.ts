import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resultCells, resultColumns } from '../core/columns.ts';
import { type JsonObject, type JsonValue, textOr } from '../core/json.ts';
import type { Result } from '../core/result.ts';
import { shownAnswer } from '../core/thoughts.ts';
import { trialDigest } from '../core/trial.ts';
import { DigestMap } from '../io/digest-map.ts';
import type { FileDigest } from '../io/file-digest.ts';
import { haveChecksum } from '../io/file-digest.ts';
import { trialsDone } from './finished.ts';
import { MOST_CELL_UNITS } from './formats/index.ts';
import { JournalReader } from './journal-reader.ts';
import { findEarlierResults } from './journal-scan.ts';
import { RESTORE_JOURNAL } from './restoring.ts';
import type { StoredRun } from './run-file.ts';
import { RUN_FILES } from './run-folder.ts';

/** The result file to check, and its run. */
interface CheckedFile {
  readonly run: StoredRun;
  /** Name of the file in the folder. */
  readonly fileName: string;
}

/**
 * A result file that is not as its run wrote it. Answers are taken from the journal; the dataset's columns and the
 * scores exist only in the file. A line whose trial is not in the journal, and a second line of a trial, are skipped.
 */
export class ResultsCheck {
  readonly #file: CheckedFile;
  readonly #journal: JournalReader | null;
  #seen = new DigestMap();
  #foreign = 0;
  #changed = 0;

  /** True if the journal lacks results that the run command needs to restore the file. */
  readonly isJournalShort: boolean;

  private constructor(file: CheckedFile, journal: JournalReader | null, isJournalShort: boolean) {
    this.#file = file;
    this.#journal = journal;
    this.isJournalShort = isJournalShort;
  }

  /**
   * Compares the file with run.json.
   * @returns null if it is as written, or run.json does not say, as in runs of format 1
   */
  static async open(file: CheckedFile): Promise<ResultsCheck | null> {
    const { run, fileName } = file;
    const written = run.results === null ? undefined : run.results[fileName];
    if (run.results === null || (await isAsWritten(join(run.folder, fileName), written))) return null;
    const path = join(run.folder, RUN_FILES.journal);
    const isThere = (await stat(path).catch(() => null)) !== null;
    const { index, loss } = await findEarlierResults(path, run.journal);
    return new ResultsCheck(file, isThere ? await JournalReader.of(path, index) : null, loss.missing > 0);
  }

  /** Call before each reading of the whole file. */
  begin(): void {
    this.#seen = new DigestMap();
    this.#foreign = 0;
    this.#changed = 0;
  }

  /**
   * A line of the file as it should be; null if it must be skipped. A line that is not a result is returned unchanged.
   */
  async next(line: JsonObject): Promise<JsonObject | null> {
    if (this.#journal === null || typeof line['trial_id'] !== 'string') return line;
    const result = await this.#resultOf(line);
    const digest = result === null ? '' : trialDigest(result.trialId);
    if (result === null || this.#seen.get(digest) !== undefined) {
      this.#foreign += 1;
      return null;
    }
    this.#seen.set(digest, 1);
    const { cells, isChanged } = this.#corrected(line, result);
    if (isChanged) this.#changed += 1;
    return cells;
  }

  /** The same for a single line. */
  async again(line: JsonObject): Promise<JsonObject> {
    const result = await this.#resultOf(line);
    return result === null ? line : this.#corrected(line, result).cells;
  }

  /** False if there is nothing to correct the file by: it is read as it is. */
  get hasJournal(): boolean {
    return this.#journal !== null;
  }

  /** Number of results that the file should have. */
  get expected(): number {
    const { done, trials } = this.#file.run;
    // A session that wrote no files does not say how many there are.
    return done > 0 ? done : Math.min(trials, trialsDone(this.#file.run, this.#journal));
  }

  /** Results of the run missing in the file, once it was read. */
  get missing(): number {
    return this.#journal === null ? 0 : Math.max(0, this.expected - this.#seen.size);
  }

  /** The message to show once the file was read. */
  warning(): string {
    const { fileName, run } = this.#file;
    const path = join(run.folder, fileName);
    const why =
      run.results?.[fileName] === undefined ? "is not of the run's last session" : 'differs from what the run wrote';
    if (this.#journal === null) return `${path}: ${why}, and there is no journal to correct it: it is read as it is`;
    const restoring = this.isJournalShort
      ? `to restore it, ${RESTORE_JOURNAL}`
      : 'give the run command again to restore it';
    const found = [
      this.missing > 0 ? `${this.missing} of ${this.expected} results missing` : '',
      this.#foreign > 0 ? `${this.#foreign} lines of no trial or a repeated one left out` : '',
      this.#changed > 0 ? `${this.#changed} answers corrected, their scores left out` : '',
    ].filter((part) => part !== '');
    const details = found.length === 0 ? '' : ` (${found.join('; ')})`;
    return `${path}: ${why}: answers and costs come from the journal${details}; ${restoring}`;
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  async #resultOf({ trial_id: id }: JsonObject): Promise<Result | null> {
    if (!isTrialId(id)) return null;
    return (await this.#journal?.read(id)) ?? null;
  }

  #corrected(line: JsonObject, result: Result): { readonly cells: JsonObject; readonly isChanged: boolean } {
    const told = toldCells(result, this.#file.run.settings.keepThoughts);
    // A row without an id is named by its position, which may have changed since the call.
    if (line['row.id'] === undefined) delete told['row_id'];
    const isChanged =
      !isSameAnswer(textOr(told['output'], ''), textOr(line['output'], '')) || told['status'] !== line['status'];
    return { cells: { ...(isChanged ? withoutScores(line) : line), ...told }, isChanged };
  }
}

/** An answer that a spreadsheet cut has the scores of the whole one. */
function isSameAnswer(told: string, found: string): boolean {
  return told === found || (found.length === MOST_CELL_UNITS && told.length > MOST_CELL_UNITS);
}

/** True for the id of a trial, in either format. */
export function isTrialId(id: JsonValue | undefined): id is string {
  return typeof id === 'string' && /^t?[0-9a-f]{20}$/.test(id);
}

const TOLD = resultColumns({ dataset: [], scorers: [] });

/** The cells of a result that do not depend on its row or its scores. */
function toldCells(result: Result, keepThoughts: boolean): Record<string, JsonValue> {
  const shown = result.status === 'completed' ? shownAnswer(result, keepThoughts) : result;
  const cells = resultCells({ dataset: [], scorers: [] }, { row: NO_ROW, result: shown, scores: [] });
  const told = Object.fromEntries(TOLD.map((name, place) => [name, cells[place] ?? null]));
  delete told['passed'];
  return told;
}

const NO_ROW = { id: '', hasOwnId: false, vars: {}, line: 0 } as const;

function withoutScores(line: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(line).map(([name, value]) => [name, isScore(name) ? null : value]));
}

function isScore(name: string): boolean {
  return name.startsWith('score.') || name === 'passed';
}

async function isAsWritten(path: string, written: FileDigest | undefined): Promise<boolean> {
  if (written === undefined) return false;
  const found = await stat(path).catch(() => null);
  if (found?.size !== written.bytes) return false;
  return haveChecksum([path], written.checksum);
}
