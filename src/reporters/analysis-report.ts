/** A table as any form of report shows it. */
export interface ReportTable {
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a report: a table and what is to be said of it. Texts are plain and on one line. */
export interface ReportSection {
  readonly title: string;
  readonly table: ReportTable | null;
  readonly sentences: readonly string[];
}
