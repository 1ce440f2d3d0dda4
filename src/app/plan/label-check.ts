import { DatasetError, UsageError } from '../../core/errors.ts';
import { readLabel } from '../../core/label.ts';
import { columnText, columnValue, type Row, rowPlace } from '../../core/row.ts';
import { describeColumns } from '../../prompts/template.ts';

/** Checks human verdicts before anything is paid. */
export class LabelCheck {
  readonly #file: string;
  readonly #column: string | null;
  #labels = 0;

  /** @param file dataset name, for errors; @param column with the verdicts; null if none is named */
  constructor(file: string, column: string | null) {
    this.#file = file;
    this.#column = column;
  }

  /** @throws DatasetError for a value that is not a verdict */
  add(row: Row): void {
    if (this.#column === null) return;
    const value = columnValue(row, this.#column);
    const label = readLabel(value);
    if (label === true || label === false) this.#labels += 1;
    if (label !== undefined) return;
    const what = `"${columnText(value).slice(0, 60)}" in "${this.#column}" is not a verdict`;
    throw new DatasetError(rowPlace(row, this.#file), what, {
      hint: 'write pass or fail, yes or no, true or false, or a number from 0 to 1; leave it empty without a human verdict',
    });
  }

  /** @param columns of the dataset. @throws UsageError if the column is missing, or empty in every row */
  finish(columns: readonly string[]): void {
    if (this.#column === null) return;
    if (!columns.includes(this.#column)) {
      throw new UsageError(`--judge-against names the column "${this.#column}", which ${this.#file} lacks`, {
        hint: describeColumns(this.#column, columns),
      });
    }
    if (this.#labels > 0) return;
    throw new UsageError(`--judge-against: no row of ${this.#file} has anything in "${this.#column}"`, {
      hint: "fill the column with people's verdicts, or leave --judge-against out",
    });
  }
}
