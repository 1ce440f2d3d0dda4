import { reachesThreshold } from '../columns.ts';
import type { Score } from '../scorer.ts';
import type { NotableRows } from './analysis.ts';
import { NotableRowKeeper } from './notable-rows.ts';
import { ScoreColumn } from './score-column.ts';

/** What the trials of one row and variant came to, while the row is read. */
interface OpenCell {
  sum: number;
  scored: number;
  passed: number;
  /** Answers that do not pass and were cut off at a token limit. */
  cut: number;
  low: number;
  high: number;
}

/** One scorer's scores: a column a variant, filled row by row. */
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
   * Adds a score to the row that is being read. A value that is no finite number was not scored.
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

  /** Ends the row that is being read. */
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

  /** True where every score is 0 or 1. */
  get isPassFail(): boolean {
    return this.columns.every(({ isPassFail }) => isPassFail);
  }

  /** Most scored answers that a row has from one variant. */
  get repeats(): number {
    return Math.max(0, ...this.columns.map(({ repeats }) => repeats));
  }

  /** The rows that are worth a look. */
  notableRows(): NotableRows {
    return this.#notable.rows();
  }
}
