/** Text of a page that is kept whole, in UTF-16 code units. */
const MOST_UNITS = 10 * 1024 * 1024;
/** What may be spent ahead of the pace: a run may begin with its longest rows. */
const SLACK_UNITS = 1024 * 1024;
/** Trials that a page has at most. */
const MOST_TRIALS = 150_000;
const SLACK_TRIALS = 5000;
/** Share of those for rows that are not worth a look. */
const PLAIN_SHARE = 0.5;

/** How much of a row goes into a page. */
export type RowShare = 'whole' | 'cut' | 'left out';

/** A row, as far as that depends on it. */
export interface PacedRow {
  readonly trials: number;
  /** Its text, in UTF-16 code units. */
  readonly units: number;
  /** True if variants disagree on it, or one failed, errored or was cut off. */
  readonly isNotable: boolean;
}

/**
 * Divides the room of a page among the rows of a run that are read once, from first to last: each part of the run gets
 * its share of the room, and rows worth a look go first.
 */
export class Pace {
  readonly #trials: number;
  readonly #isLong: boolean;
  #seen = 0;
  #keptTrials = 0;
  #plainTrials = 0;
  #units = 0;

  /** @param trials that will be read; @param units of all texts at most, as far as known */
  constructor(trials: number, units: number) {
    this.#trials = Math.max(1, trials);
    this.#isLong = units > MOST_UNITS;
  }

  /** Takes the next row. */
  take({ trials, units, isNotable }: PacedRow): RowShare {
    this.#seen += trials;
    const progress = Math.min(1, this.#seen / this.#trials);
    if (!this.#hasRoom(trials, isNotable, progress)) return 'left out';
    this.#keptTrials += trials;
    if (!isNotable) this.#plainTrials += trials;
    const isWhole = !this.#isLong || (isNotable && this.#units + units <= MOST_UNITS * progress + SLACK_UNITS);
    if (isWhole) this.#units += units;
    return isWhole ? 'whole' : 'cut';
  }

  #hasRoom(trials: number, isNotable: boolean, progress: number): boolean {
    if (this.#trials <= MOST_TRIALS) return true;
    const room = MOST_TRIALS * progress + SLACK_TRIALS;
    if (this.#keptTrials + trials > room) return false;
    return isNotable || this.#plainTrials + trials <= room * PLAIN_SHARE;
  }
}
