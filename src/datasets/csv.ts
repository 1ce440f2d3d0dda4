import type { JsonValue } from '../core/json.ts';
import type { Row } from '../core/row.ts';
import { each } from '../io/each.ts';
import { fieldPlace } from './csv-errors.ts';
import { type RecordMaker, readCsvRecords } from './csv-records.ts';
import type { DatasetFormat } from './format.ts';
import type { Fields, RecordSource } from './record-source.ts';
import { ID_COLUMN, missingIdError } from './row-id.ts';

/** CSV as in RFC 4180, with `,`, `;` or tab between cells. Cells are texts, verbatim. */
export const csvFormat: DatasetFormat = {
  name: 'csv',
  extensions: ['.csv', '.tsv', '.tab'],
  read: (file) => each(readCsvRecords(file, new RowMaker(file.ignoresIds === true))),
};

/** Names that an object moves to its front: integers without a leading zero. */
const INDEX_LIKE = /^(?:0|[1-9]\d*)$/;

class RowMaker implements RecordMaker<Row> {
  #names: readonly string[] = [];
  readonly #ignoresIds: boolean;
  /** Index of the `id` column; -1 if there is none that names rows. */
  #id = -1;
  #hasProto = false;
  /** The names, if an object would reorder them. */
  #order: Pick<Row, 'columns'> | undefined;
  #rows = 0;

  constructor(ignoresIds: boolean) {
    this.#ignoresIds = ignoresIds;
  }

  begin(names: readonly string[]): null {
    this.#names = names;
    this.#id = this.#ignoresIds ? -1 : names.indexOf(ID_COLUMN);
    this.#hasProto = names.includes('__proto__');
    this.#order = names.some((name) => INDEX_LIKE.test(name)) ? { columns: names } : undefined;
    return null;
  }

  make(fields: Fields, source: RecordSource): Row {
    this.#rows++;
    const [vars, { line }] = [this.#vars(fields), source];
    if (this.#id < 0) return { id: String(this.#rows), hasOwnId: false, vars, line, ...this.#order };
    const id = fields[this.#id] ?? '';
    if (id.trim() === '') throw missingIdError(fieldPlace(source.recordText(), this.#id));
    return { id, hasOwnId: true, vars, line, ...this.#order };
  }

  #vars(fields: Fields): Row['vars'] {
    const names = this.#names;
    // Assigning to __proto__ would lose the cell; the slower way makes it a column like any other.
    if (this.#hasProto) return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
    const vars: Record<string, JsonValue> = {};
    for (let index = 0; index < names.length; index++) vars[names[index] ?? ''] = fields[index] ?? '';
    return vars;
  }
}
