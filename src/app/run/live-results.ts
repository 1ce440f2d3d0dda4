import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { Message } from '../../core/prompt.ts';
import type { Result } from '../../core/result.ts';
import { columnText } from '../../core/row.ts';
import type { PlannedRow } from '../plan/plan-stream.ts';
import type { Derived, ResultsMaker } from '../scoring/results-maker.ts';

/** Rows that may wait for the slowest trial before them. */
const MOST_WAITING_ROWS = 2048;
/** Text that they and their answers may have, in UTF-16 code units. */
const MOST_WAITING_UNITS = 8 * 1024 * 1024;
/** Rows that are kept after they were added: dropping each one would move all that wait. */
const MOST_KEPT_ROWS = 32;

/**
 * Makes the result files of a run while its calls are made, in plan order, from results in memory: otherwise each row
 * is planned twice, and each answer is read back from the journal and parsed. If rows wait too long for a slow trial,
 * if a call has no result, or if anything fails, it gives up: then the files are made from the journal.
 */
export class LiveResults {
  readonly #maker: ResultsMaker;
  readonly #isCancelled: () => boolean;
  #rows: LiveRow[] = [];
  /** Index of the first row that is not added yet. */
  #head = 0;
  #waitingUnits = 0;
  #isPlanned = false;
  #isOver = false;
  /** Settles once the files are gone, if it gave up. */
  #discarding: Promise<void> = Promise.resolve();
  #adding: Promise<void> | null = null;

  /** @param isCancelled true once the user cancels at once: then nothing is written any more */
  constructor(maker: ResultsMaker, isCancelled: () => boolean) {
    this.#maker = maker;
    this.#isCancelled = isCancelled;
  }

  /** Sees the bytes that the rows are read from. */
  noteBytes(block: Uint8Array): void {
    if (!this.#isOver) this.#maker.noteBytes(block);
  }

  /** Takes the next row of the plan. @param open number of its trials that will be settled; the others have a result */
  expect(planned: PlannedRow, open: number): LiveRow {
    const row = new LiveRow(this, planned, open);
    if (this.#isOver) return row;
    this.#rows.push(row);
    this.#waitingUnits += row.units;
    if (open === 0) this.#addSoon();
    return row;
  }

  /** A promise only if the next row must wait for those before it to be added. */
  room(): Promise<void> | undefined {
    const isFull = this.#rows.length - this.#head >= MOST_WAITING_ROWS || this.#waitingUnits > MOST_WAITING_UNITS;
    return isFull ? (this.#adding ?? this.#giveUp()) : undefined;
  }

  /** Call this when the plan has no more rows. */
  noteEnd(): void {
    this.#isPlanned = true;
  }

  /** A trial of a row has a result. */
  settled(row: LiveRow, units: number): void {
    if (this.#isOver) return;
    this.#waitingUnits += units;
    if (row.open === 0 && row === this.#rows[this.#head]) this.#addSoon();
  }

  /** Moves the files to their paths. @returns null if it gave up, and nothing was changed. @throws StorageError */
  async finish(): Promise<Derived | null> {
    await this.#adding;
    if (this.#isCancelled()) await this.#giveUp();
    const isWhole = !this.#isOver && this.#isPlanned && this.#head === this.#rows.length;
    if (!isWhole) {
      await this.#giveUp();
      return null;
    }
    this.#isOver = true;
    try {
      return await this.#maker.finish();
    } catch (error) {
      await this.#maker.discard();
      throw error;
    }
  }

  /** Drops what was written, unless it is finished. */
  async discard(): Promise<void> {
    await this.#giveUp();
  }

  #addSoon(): void {
    this.#adding ??= this.#addRows();
  }

  /** Adds rows as long as the first one has all its results. */
  async #addRows(): Promise<void> {
    // The places of the calls that ended in this turn are taken by the next ones first, which then are on their way.
    await turnOfLoop();
    try {
      for (let row = this.#rows[this.#head]; row !== undefined && row.open === 0; row = this.#rows[this.#head]) {
        const { planned, results } = row;
        await this.#maker.add(planned, (_trial, place) => results[place]);
        if (this.#isCancelled()) await this.#giveUp();
        if (this.#isOver) return;
        this.#waitingUnits -= row.units;
        this.#head += 1;
        this.#dropAdded();
      }
    } catch {
      // Whatever it was, it fails again when the files are made from the journal, and is reported then.
      await this.#giveUp();
    } finally {
      // At once: a row that has its results from here on is added by another turn.
      this.#adding = null;
    }
  }

  #dropAdded(): void {
    if (this.#head < MOST_KEPT_ROWS) return;
    this.#rows = this.#rows.slice(this.#head);
    this.#head = 0;
  }

  /** Whoever waits for the room on the disk waits for the same end of it. */
  #giveUp(): Promise<void> {
    if (this.#isOver) return this.#discarding;
    this.#isOver = true;
    this.#rows = [];
    this.#head = 0;
    this.#discarding = this.#maker.discard();
    return this.#discarding;
  }
}

/** A row of the plan whose trials get their results. */
export class LiveRow {
  readonly planned: PlannedRow;
  /** Results of this session, by the place of their trial in the row. */
  readonly results: (Result | undefined)[];
  /** Trials without a result yet. */
  open: number;
  /** Its text and that of its results, in UTF-16 code units. */
  units: number;
  readonly #live: LiveResults;

  constructor(live: LiveResults, planned: PlannedRow, open: number) {
    this.#live = live;
    this.planned = planned;
    this.open = open;
    this.units = rowUnits(planned);
    this.results = [];
  }

  /** @param place of the trial in the row, from 0 */
  settle(place: number, result: Result): void {
    const units = resultUnits(result);
    this.results[place] = result;
    this.open -= 1;
    this.units += units;
    this.#live.settled(this, units);
  }
}

/** Trials of one prompt share their messages. */
function rowUnits({ row, trials }: PlannedRow): number {
  let units = 0;
  for (const name in row.vars) units += columnText(row.vars[name]).length;
  let last: readonly Message[] | null = null;
  for (const { messages } of trials) {
    if (messages !== last) for (const { content } of messages) units += columnText(content).length;
    last = messages;
  }
  return units;
}

function resultUnits(result: Result): number {
  if (result.status !== 'completed') return 0;
  const { output, reasoning = '', logprobs } = result.completion;
  return output.length + reasoning.length + (logprobs === undefined ? 0 : JSON.stringify(logprobs).length);
}
