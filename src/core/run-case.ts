/**
 * What became of a row with one variant. `errored`: no repeat was answered; `skipped`: no scorer could score it, or it
 * was not run.
 */
export interface RunCase {
  readonly rowId: string;
  readonly outcome: 'passed' | 'failed' | 'errored' | 'skipped';
  /** One line; empty for a row that passed in every repeat. */
  readonly message: string;
  /** Expected and actual answer on lines of their own; empty unless it failed. */
  readonly details: string;
  /** Share of scored repeats that passed; null if there are none. */
  readonly passedShare: number | null;
}
