import { DatasetError, type SourcePlace } from '../core/errors.ts';
import { isDeeperThan, isJsonObject, type JsonObject, MAX_LEVELS, objectOf } from '../core/json.ts';
import type { Row } from '../core/row.ts';
import { withWritten } from '../core/written-json.ts';
import { WrittenNumber } from '../core/written-number.ts';
import { each } from '../io/each.ts';
import { lineBatches, type TextLine } from '../io/lines.ts';
import { EmptyRows, isEmptyRow } from './empty-rows.ts';
import type { DatasetFile, DatasetFormat } from './format.ts';
import { emptyFileError } from './format-errors.ts';
import { describeJsonFault } from './json-fault.ts';
import { ID_COLUMN, missingIdError } from './row-id.ts';

const OBJECT_HINT = 'write one JSON object per line, such as {"prompt": "…"}';

/** JSON Lines: one object per line; blank lines are skipped. Values keep their JSON types. */
export const jsonlFormat: DatasetFormat = {
  name: 'jsonl',
  extensions: ['.jsonl', '.ndjson'],
  read: (file) => each(readBatches(file)),
};

async function* readBatches(file: DatasetFile): AsyncGenerator<Iterable<Row>, void, undefined> {
  const rows = new JsonRows(file);
  for await (const lines of lineBatches(file.text)) yield rows.read(lines);
  if (rows.count === 0) throw emptyFileError(file.path);
  const note = rows.empty.note();
  if (note !== null) file.onNotice?.(`${file.path}: ${note}`);
}

class JsonRows {
  readonly #file: string;
  readonly #ignoresIds: boolean;
  #hasIds = false;
  count = 0;
  readonly empty = new EmptyRows();

  constructor({ path, ignoresIds = false }: DatasetFile) {
    this.#file = path;
    this.#ignoresIds = ignoresIds;
  }

  *read(lines: readonly TextLine[]): Generator<Row, void, undefined> {
    for (const line of lines) {
      if (line.text.trim() === '') continue;
      const vars = parseObject(this.#file, line);
      if (isEmptyRow(vars)) this.empty.add(line.line);
      else yield this.#row(vars, line);
    }
  }

  #row(vars: JsonObject, line: TextLine): Row {
    this.count++;
    if (this.count === 1) this.#hasIds = !this.#ignoresIds && Object.hasOwn(vars, ID_COLUMN);
    const id = this.#hasIds ? idText(vars, { file: this.#file, line: line.line }) : String(this.count);
    return { id, hasOwnId: this.#hasIds, vars, line: line.line };
  }
}

function parseObject(file: string, { text, line }: TextLine): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw syntaxError(file, { text, line }, error);
  }
  if (isJsonObject(value)) {
    if (text.length < 2 * MAX_LEVELS || !isDeeperThan(value, MAX_LEVELS)) return objectOf(withWritten(value, text));
    throw new DatasetError({ file, line }, `the line is nested more than ${MAX_LEVELS} levels deep`, {
      hint: 'give the deeper part as a text',
    });
  }
  const column = text.search(/\S/) + 1;
  throw new DatasetError({ file, line, column }, `expected an object, found ${kindOf(value)}`, { hint: OBJECT_HINT });
}

function syntaxError(file: string, { text, line }: TextLine, cause: unknown): DatasetError {
  const fault = describeJsonFault(text, 'line');
  if (fault === null) return new DatasetError({ file, line }, 'the line is not JSON', { hint: OBJECT_HINT, cause });
  return new DatasetError({ file, line, column: fault.offset + 1 }, fault.what, { hint: OBJECT_HINT, cause });
}

/** `a list`, `a number` and so on. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** The id of a row whose dataset has ids. @throws DatasetError if it has none, or it is not a text or a number */
export function idText(vars: JsonObject, place: SourcePlace): string {
  const id = Object.hasOwn(vars, ID_COLUMN) ? vars[ID_COLUMN] : null;
  if (typeof id === 'string' && id.trim() !== '') return id;
  if (typeof id === 'number' || id instanceof WrittenNumber) return String(id);
  if (id === undefined || id === null || typeof id === 'string') throw missingIdError(place);
  throw new DatasetError(place, `the id is ${kindOf(id)}`, { hint: 'write the id as a text or a number' });
}
