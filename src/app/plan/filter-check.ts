import { UsageError } from '../../core/errors.ts';
import { columnNames, columnText, type Row } from '../../core/row.ts';
import type { ColumnFilter } from '../../core/row-filter.ts';
import { isPathInto, SeenPaths, valueAt } from '../../core/row-path.ts';
import { describeColumns } from '../../prompts/template.ts';
import type { DatasetConfig, FailedRows, RowsConfig } from '../config/run-config.ts';
import { checkFailedRows } from './failed-rows.ts';
import { rowPicker } from './row-picker.ts';

/** Values of a column that a hint names. */
const MOST_VALUES = 8;

/** Picks the rows of a run from its dataset, and finds filters that can select nothing. */
export class FilterCheck {
  readonly #filters: readonly ColumnFilter[];
  readonly #failed: FailedRows | null;
  readonly #dataset: DatasetConfig;
  readonly #takes: ((row: Row) => boolean) | null;
  readonly #columns = new Set<string>();
  /** Some values of the first filter's column. */
  readonly #values = new Set<string>();
  readonly #paths = new SeenPaths();
  /** Columns and paths of filters that some row has. */
  readonly #found = new Set<string>();
  #failedFound = 0;
  #taken = 0;

  constructor({ selection, dataset }: RowsConfig) {
    this.#filters = selection.filter;
    this.#failed = selection.failed;
    this.#dataset = dataset;
    this.#takes = rowPicker(selection);
  }

  /** True if the row takes part. */
  takes(row: Row): boolean {
    if (this.#takes === null) return true;
    if (this.#failed?.ids.has(row.id) === true) this.#failedFound += 1;
    this.#note(row);
    if (!this.#takes(row)) return false;
    this.#taken += 1;
    return true;
  }

  #note(row: Row): void {
    const [first] = this.#filters;
    if (first === undefined) return;
    for (const name of columnNames(row)) this.#columns.add(name);
    this.#paths.add(row);
    for (const { column } of this.#filters) {
      if (!this.#found.has(column) && valueAt(row, column) !== undefined) this.#found.add(column);
    }
    if (this.#values.size <= MOST_VALUES) this.#values.add(columnText(valueAt(row, first.column)));
  }

  /** @throws UsageError if a filter names a column or path that no row has, failed rows are of another dataset, or no row is left */
  finish(sha256: string, hasIds: boolean): void {
    const file = this.#dataset.name;
    const columns = [...this.#columns];
    const unknown = this.#filters.find(({ column }) => !isPathInto(column, columns));
    if (unknown !== undefined) {
      throw new UsageError(`--filter names the column "${unknown.column}", which ${file} lacks`, {
        hint: describeColumns(unknown.column, columns, this.#paths.paths),
      });
    }
    const missed = this.#filters.find(({ column }) => !this.#found.has(column));
    if (missed !== undefined) {
      throw new UsageError(`--filter names "${missed.column}", which no row of ${file} has`, {
        hint: describeColumns(missed.column, columns, this.#paths.paths),
      });
    }
    const found = this.#failedFound;
    if (this.#failed !== null) checkFailedRows(this.#failed, { dataset: this.#dataset, sha256, hasIds, found });
    if (this.#filters.length === 0 || this.#taken > 0) return;
    const given = this.#filters.map(({ column, value }) => `${column}=${value}`).join(' --filter ');
    const which = this.#failed === null ? 'such row' : `such row among those that failed in ${this.#failed.run}`;
    throw new UsageError(`--filter ${given}: ${file} has no ${which}`, { hint: this.#hint() });
  }

  #hint(): string {
    const column = this.#filters[0]?.column ?? '';
    const values = [...this.#values].slice(0, MOST_VALUES).map((value) => JSON.stringify(value));
    return `values of "${column}": ${values.join(', ')}${this.#values.size > MOST_VALUES ? ', …' : ''}`;
  }
}
