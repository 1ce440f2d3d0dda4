/** A column of a table. */
export interface ReportColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Narrowest width that its texts are folded to where room is short; without one they are never folded. */
  readonly least?: number;
  /** Of the columns that may be left out where room is short, the one with the lowest goes first; without one it stays. */
  readonly keep?: number;
}

/** A table as any form of report shows it. */
export interface ReportTable {
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly string[])[];
  /** True where lines are variants, the best first: a terminal shows few of them. */
  readonly isLeaderboard?: true;
}

/** A part of a report: a table and what is to be said of it. Texts are plain and on one line. */
export interface ReportSection {
  readonly title: string;
  readonly table: ReportTable | null;
  readonly sentences: readonly string[];
}
