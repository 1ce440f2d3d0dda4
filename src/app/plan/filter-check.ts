import { UsageError } from '../../core/errors.ts';
import { columnNames, columnText, type Row } from '../../core/row.ts';
import { type ColumnFilter, rowFilter } from '../../core/row-filter.ts';
import { isPathInto, valueAt } from '../../core/row-path.ts';
import { describeColumns } from '../../prompts/template.ts';
import type { DatasetConfig, SelectionConfig } from '../config/run-config.ts';

/** Values of a column that a hint names. */
const MOST_VALUES = 8;

/** Applies the filters of a run to each row of its dataset, and finds those that can select nothing. */
export class FilterCheck {
  readonly #filters: readonly ColumnFilter[];
  readonly #file: string;
  readonly #takes: (row: Row) => boolean;
  readonly #columns = new Set<string>();
  /** Some values of the first filter's column. */
  readonly #values = new Set<string>();
  #taken = 0;

  constructor({ filter }: SelectionConfig, { name }: DatasetConfig) {
    this.#filters = filter;
    this.#file = name;
    this.#takes = rowFilter(filter) ?? (() => true);
  }

  /** True if the row takes part. */
  takes(row: Row): boolean {
    const [first] = this.#filters;
    if (first === undefined) return true;
    for (const name of columnNames(row)) this.#columns.add(name);
    if (this.#values.size <= MOST_VALUES) this.#values.add(columnText(valueAt(row, first.column)));
    if (!this.#takes(row)) return false;
    this.#taken += 1;
    return true;
  }

  /** @throws UsageError if a filter names a column that no row has, or no row is left */
  finish(): void {
    const columns = [...this.#columns];
    const unknown = this.#filters.find(({ column }) => !isPathInto(column, columns));
    if (unknown !== undefined) {
      throw new UsageError(`--filter names the column "${unknown.column}", which ${this.#file} lacks`, {
        hint: describeColumns(unknown.column, columns),
      });
    }
    if (this.#filters.length === 0 || this.#taken > 0) return;
    const given = this.#filters.map(({ column, value }) => `${column}=${value}`).join(' --filter ');
    throw new UsageError(`--filter ${given}: ${this.#file} has no such row`, { hint: this.#hint() });
  }

  #hint(): string {
    const column = this.#filters[0]?.column ?? '';
    const values = [...this.#values].slice(0, MOST_VALUES).map((value) => JSON.stringify(value));
    return `values of "${column}": ${values.join(', ')}${this.#values.size > MOST_VALUES ? ', …' : ''}`;
  }
}
