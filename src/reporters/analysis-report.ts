import type { OnlyFailed } from '../core/only-failed.ts';
import type { RunErrors } from './errors.ts';
import type { Lost } from './lost.ts';

/** What a report says of a run besides its analysis. */
export interface RunFacts extends RunErrors, Lost {
  /** The earlier run whose failed rows took part; absent if all rows did. */
  readonly onlyFailed?: OnlyFailed | undefined;
}

/** The facts of a run over all rows and without errors. */
export const NO_FACTS: RunFacts = { errors: [] };

/** A column of a table. */
export interface ReportColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Minimum width to which its texts are folded in a narrow terminal; without it they are never folded. */
  readonly least?: number;
  /** In a narrow terminal, the droppable column with the lowest value goes first; without a value it stays. */
  readonly keep?: number;
}

/** A table in the form that all kinds of reports use. */
export interface ReportTable {
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly string[])[];
  /** True if lines are variants, the best first: a terminal shows few of them. */
  readonly isLeaderboard?: true;
}

/** A part of a report: a table and notes on it. Texts are plain and on one line. */
export interface ReportSection {
  readonly title: string;
  readonly table: ReportTable | null;
  readonly sentences: readonly string[];
}
