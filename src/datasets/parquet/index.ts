import { type FileMetaData, parquetMetadataAsync, type SchemaTree } from 'hyparquet';
import { DatasetError } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Row } from '../../core/row.ts';
import type { SyncBytes } from '../../io/random-bytes.ts';
import { isBlankFile } from '../blank.ts';
import { EmptyRows, isEmptyRow } from '../empty-rows.ts';
import type { BinaryDataset } from '../format.ts';
import { emptyFileError } from '../format-errors.ts';
import { idText } from '../jsonl.ts';
import { ID_COLUMN } from '../row-id.ts';
import { DamagedError, TooLargeError } from './errors.ts';
import { countRows, readRowGroup } from './row-group.ts';
import { columnsOf } from './schema.ts';
import { BadTextError } from './values.ts';

/** Names that an object moves to its front: integers without a leading zero. */
const INDEX_LIKE = /^(?:0|[1-9]\d*)$/;

/** The rows of a Parquet file; a row's line is its number, from 1. @throws DatasetError if it cannot be read */
export async function* readParquetRows(file: BinaryDataset): AsyncGenerator<Row, void, undefined> {
  const { path, bytes, onNotice } = file;
  const metadata = await readMetadata(path, bytes);
  const columns = columnsOf(path, metadata);
  if (countRows(metadata) === 0) throw noRowsError(path);
  const make = rowMaker(file, columns);
  const empty = new EmptyRows('row');
  const open = { bytes, columns, unpackers: new Map() };
  let line = 0;
  for (const group of metadata.row_groups) {
    const batches = readRowGroup(open, group);
    while (true) {
      const batch = await batches.next().catch((error: unknown) => {
        throw explain(error, path, line);
      });
      if (batch.done === true) break;
      for (let index = 0; index < batch.value.rows; index++) {
        line++;
        const row = make(
          batch.value.columns.map((values) => values[index] ?? null),
          line,
        );
        if (row === null) empty.add(line);
        else yield row;
      }
    }
  }
  const note = empty.note();
  if (note !== null) onNotice?.(`${path}: ${note}`);
  if (empty.count === line) throw noRowsError(path);
}

function noRowsError(file: string): DatasetError {
  return new DatasetError({ file }, 'the file has columns but no rows', { hint: 'add at least one row' });
}

type RowMaker = (cells: readonly JsonValue[], line: number) => Row | null;

/** What makes a row of its cells; null for an empty one. */
function rowMaker({ path: file, ignoresIds = false }: BinaryDataset, columns: readonly SchemaTree[]): RowMaker {
  const names = columns.map(({ element }) => element.name);
  const hasOwnId = !ignoresIds && names.includes(ID_COLUMN);
  let rows = 0;
  const order = names.some((name) => INDEX_LIKE.test(name)) ? { columns: names } : undefined;
  return (cells, line) => {
    const vars = Object.fromEntries(names.map((name, index) => [name, cells[index] ?? null]));
    if (isEmptyRow(vars)) return null;
    rows++;
    const id = hasOwnId ? idText(vars, { file, line }) : String(rows);
    return { id, hasOwnId, vars, line, ...order };
  };
}

async function readMetadata(file: string, bytes: SyncBytes): Promise<FileMetaData> {
  if (bytes.size === 0) throw emptyFileError(file);
  const head = await bytes.read(0, 4);
  const tail = await bytes.read(Math.max(0, bytes.size - 4), bytes.size);
  const [start, end] = [head, tail].map((part) => Buffer.from(part).toString('latin1'));
  if (end === 'PARE') {
    throw new DatasetError({ file }, 'the Parquet file is encrypted', { hint: 'write it again without encryption' });
  }
  if (start !== 'PAR1' && (await isBlankFile(bytes))) throw emptyFileError(file);
  if (start !== 'PAR1' || end !== 'PAR1' || bytes.size < 12) {
    throw new DatasetError({ file }, 'the Parquet file is cut off: PAR1 is missing at its end', {
      hint: 'download it or write it again',
    });
  }
  const source = {
    byteLength: bytes.size,
    slice: async (from: number, to = bytes.size) => (await bytes.read(from, to)).buffer,
  };
  try {
    return await parquetMetadataAsync(source, { geoparquet: false });
  } catch (error) {
    throw explain(error, file, null);
  }
}

/** @param rows read before the error; null if it is in the file's description */
function explain(error: unknown, file: string, rows: number | null): unknown {
  if (error instanceof DatasetError || (error instanceof Error && 'syscall' in error)) return error;
  const after = rows === null ? 'its description' : `after row ${rows}`;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof TooLargeError) {
    const hint = 'write it again with smaller row groups and pages';
    return new DatasetError({ file }, `the Parquet file is too large in its parts (${after}): ${reason}`, {
      hint,
      cause: error,
    });
  }
  if (error instanceof BadTextError) {
    const hint = 'write the column as bytes, which are read as base64, or correct the text';
    return new DatasetError({ file }, `${reason} (${after})`, { hint, cause: error });
  }
  const what = error instanceof DamagedError ? 'is damaged' : 'cannot be read';
  return new DatasetError({ file }, `the Parquet file ${what} (${after}): ${reason}`, {
    hint: 'write it again, such as with DuckDB or pandas',
    cause: error,
  });
}
