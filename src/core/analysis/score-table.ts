import { reachesThreshold } from '../columns.ts';
import type { Score } from '../scorer.ts';
import type { NotableRows } from './analysis.ts';
import { NotableRowKeeper } from './notable-rows.ts';
import { ScoreColumn } from './score-column.ts';

/** Results of the trials of one row and variant, while the row is read. */
interface OpenCell {
  sum: number;
  scored: number;
  passed: number;
  /** Answers that do not pass and were cut off at a token limit. */
  cut: number;
  low: number;
  high: number;
}

/** One scorer's scores: one column per variant, filled row by row. */
export class ScoreTable {
  readonly scorer: string;
  readonly columns: readonly ScoreColumn[];
  readonly #cells: readonly OpenCell[];
  readonly #notable = new NotableRowKeeper();

  constructor(scorer: string, variants: number) {
    this.scorer = scorer;
    this.columns = Array.from({ length: variants }, () => new ScoreColumn());
    this.#cells = this.columns.map(() => ({ sum: 0, scored: 0, passed: 0, cut: 0, low: Infinity, high: -Infinity }));
  }

  /**
   * Adds a score to the row being read. A value that is not a finite number was not scored.
   * @param isCut true if the answer was cut off at a token limit
   */
  add(variant: number, score: Score, isCut: boolean): void {
    const [cell, column] = [this.#cells[variant], this.columns[variant]];
    if (cell === undefined || column === undefined) return;
    const { value } = score;
    if (value === null || !Number.isFinite(value)) {
      column.unscored += 1;
      return;
    }
    cell.sum += value;
    cell.scored += 1;
    if (reachesThreshold(score)) cell.passed += 1;
    else if (isCut) cell.cut += 1;
    if (value < cell.low) cell.low = value;
    if (value > cell.high) cell.high = value;
    if (value !== 0 && value !== 1) column.isPassFail = false;
  }

  /** Ends the row being read. */
  endRow(id: string): void {
    let [scored, passed, cut, disagrees] = [0, 0, 0, false];
    let [low, high] = [Infinity, -Infinity];
    for (const [variant, cell] of this.#cells.entries()) {
      this.columns[variant]?.push(cell);
      if (cell.scored === 0) continue;
      const mean = cell.sum / cell.scored;
      low = Math.min(low, mean);
      high = Math.max(high, mean);
      scored += cell.scored;
      passed += cell.passed;
      cut += cell.cut;
      disagrees ||= cell.low < cell.high;
      [cell.sum, cell.scored, cell.passed, cell.cut, cell.low, cell.high] = [0, 0, 0, 0, Infinity, -Infinity];
    }
    this.#notable.add(id, { scored, passed, cut, spread: scored === 0 ? 0 : high - low, disagrees });
  }

  /** True if every score is 0 or 1. */
  get isPassFail(): boolean {
    return this.columns.every(({ isPassFail }) => isPassFail);
  }

  /** Maximum number of scored answers of a row from one variant. */
  get repeats(): number {
    return Math.max(0, ...this.columns.map(({ repeats }) => repeats));
  }

  /** The rows that deserve a look. */
  notableRows(): NotableRows {
    return this.#notable.rows();
  }
}
