import { shortDigest } from '../../core/digest.ts';
import { columnText, type Row } from '../../core/row.ts';
import { DigestMap } from '../../io/digest-map.ts';
import { sha256Of } from '../../io/file-digest.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { readDataset } from '../plan/dataset-check.ts';
import { EVERY_ROW, storedDataset } from '../plan/stored-dataset.ts';

/** Rows that are kept for results to come. */
const MOST_ROWS = 20_000;
/** Text that they may have, in UTF-16 code units. */
const MOST_UNITS = 16 * 1024 * 1024;

interface WaitingRow {
  readonly row: Row;
  readonly units: number;
  /** Trials without a result. */
  open: number;
}

/**
 * Finds the rows of results in bounded memory: results come nearly in the order of the dataset, which is read as far as
 * they have come. A row whose results come too late is not found any more.
 */
export class DatasetWindow {
  readonly #rows: AsyncIterator<Row>;
  readonly #trialsPerRow: number;
  readonly #waiting = new Map<string, WaitingRow>();
  readonly #passed = new DigestMap();
  #units = 0;
  #isOver = false;

  private constructor(rows: AsyncIterable<Row>, trialsPerRow: number) {
    this.#rows = rows[Symbol.asyncIterator]();
    this.#trialsPerRow = trialsPerRow;
  }

  /** @returns null if the dataset is not there, or has changed since the run began */
  static async open(run: StoredRun): Promise<DatasetWindow | null> {
    const config = storedDataset(run.dataset.record, run.folder);
    if (config === null) return null;
    const found = await sha256Of([config.path, ...config.more]).catch(() => null);
    if (found === null || found !== run.dataset.sha256) return null;
    return new DatasetWindow(
      readDataset({ dataset: config, selection: EVERY_ROW }),
      run.variants.length * (run.repeat ?? 1),
    );
  }

  /**
   * The row of a result, whose trial then counts as done; null if it is not known any more, or never was. A promise only
   * if it is not read yet: a long journal has a million results.
   */
  take(rowId: string): Row | null | Promise<Row | null> {
    const waiting = this.#waiting.get(rowId);
    return waiting === undefined
      ? this.#readTo(rowId).then((read) => this.#taken(rowId, read))
      : this.#taken(rowId, waiting);
  }

  #taken(rowId: string, waiting: WaitingRow | null): Row | null {
    if (waiting === null) return null;
    waiting.open -= 1;
    if (waiting.open <= 0) this.#drop(rowId, waiting);
    return waiting.row;
  }

  async close(): Promise<void> {
    await this.#rows.return?.();
  }

  async #readTo(rowId: string): Promise<WaitingRow | null> {
    if (this.#passed.get(shortDigest(rowId)) !== undefined) return null;
    while (!this.#isOver) {
      // A dataset that cannot be read to its end has no more rows: the run itself says what is wrong with it.
      const next = await this.#rows.next().catch(() => null);
      if (next === null || next.done === true) break;
      const row = next.value;
      const units = Object.values(row.vars).reduce<number>((sum, value) => sum + columnText(value).length, 0);
      const waiting = { row, units, open: this.#trialsPerRow };
      this.#waiting.set(row.id, waiting);
      this.#units += units;
      this.#dropOldest();
      if (row.id === rowId) return waiting;
    }
    this.#isOver = true;
    return null;
  }

  #dropOldest(): void {
    for (const [id, waiting] of this.#waiting) {
      if (this.#waiting.size <= 1 || (this.#waiting.size <= MOST_ROWS && this.#units <= MOST_UNITS)) return;
      this.#drop(id, waiting);
    }
  }

  #drop(id: string, { units }: WaitingRow): void {
    this.#waiting.delete(id);
    this.#units -= units;
    this.#passed.set(shortDigest(id), 1);
  }
}
