import type { FileMetaData, RowGroup, SchemaTree } from 'hyparquet';
import { assembleNested } from 'hyparquet/src/assemble.js';
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { isJsonArray, isJsonObject, type JsonValue } from '../../core/json.ts';
import type { SyncBytes } from '../../io/random-bytes.ts';
import { PageUnpacker } from './codecs.ts';
import { DamagedError } from './errors.ts';
import { LeafReader } from './leaf-reader.ts';

/** Rows that are put together at once: nested columns need some memory for each. */
const MOST_BATCH_ROWS = 1024;

/** Some rows, as the values of each column. */
interface Batch {
  readonly rows: number;
  /** In the order of the columns. */
  readonly columns: readonly (readonly JsonValue[])[];
}

/** A column with its leaves. */
interface ColumnReader {
  readonly column: SchemaTree;
  readonly leaves: readonly LeafReader[];
}

/** A file, its columns, and the memory for the pages of each leaf, by its path. */
export interface OpenParquet {
  readonly bytes: SyncBytes;
  readonly columns: readonly SchemaTree[];
  readonly unpackers: Map<string, PageUnpacker>;
}

/** The rows of a row group, in batches. @throws DamagedError if it does not hold what it says */
export async function* readRowGroup(file: OpenParquet, group: RowGroup): AsyncGenerator<Batch, void, undefined> {
  const readers = file.columns.map((column) => ({ column, leaves: leavesOf(file, group, column) }));
  const leaves = readers.flatMap((reader) => reader.leaves);
  for (let left = Number(group.num_rows); left > 0; ) {
    for (const leaf of leaves) await leaf.fill();
    const rows = Math.min(left, MOST_BATCH_ROWS, ...leaves.map(({ available }) => available));
    yield { rows, columns: readers.map((reader) => takeColumn(reader, rows)) };
    left -= rows;
  }
}

function leavesOf({ bytes, unpackers }: OpenParquet, group: RowGroup, column: SchemaTree): readonly LeafReader[] {
  const [name] = column.path;
  const chunks = group.columns.filter(({ meta_data: meta }) => meta?.path_in_schema[0] === name);
  const root = { element: { name: 'root' }, children: [column], count: 0, path: [] };
  return chunks.flatMap(({ meta_data: meta, file_path: path }) => {
    if (meta === undefined) return [];
    if (path !== undefined) throw new DamagedError(`${name}: its values are in another file`);
    const key = JSON.stringify(meta.path_in_schema);
    const unpacker = unpackers.get(key) ?? new PageUnpacker();
    unpackers.set(key, unpacker);
    return [new LeafReader(bytes, { meta, schemaPath: getTreePath(root, meta.path_in_schema), unpacker })];
  });
}

function takeColumn({ column, leaves }: ColumnReader, rows: number): readonly JsonValue[] {
  const [first] = leaves;
  const { name } = column.element;
  if (first === undefined) throw new DamagedError(`${name}: a row group lacks it`);
  if (column.children.length === 0 && column.element.repetition_type !== 'REPEATED') {
    return first.take(rows).map(jsonOf);
  }
  const values = new Map<string, unknown[]>(leaves.map((leaf) => [leaf.name, leaf.take(rows)]));
  if (column.children.length > 0) assembleNested(values, column, DEFAULT_PARSERS);
  const assembled = values.get(name);
  if (assembled?.length !== rows) throw new DamagedError(`${name}: its parts do not fit together`);
  return assembled.map(jsonOf);
}

/** Absent parts of nested values are undefined. */
function jsonOf(value: unknown): JsonValue {
  if (value === undefined || value === null) return null;
  if (isJsonArray(value)) return value.map(jsonOf);
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, jsonOf(part)]));
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new DamagedError('a value has an unknown type');
}

/** The rows of all row groups. */
export function countRows({ row_groups: groups }: FileMetaData): number {
  return groups.reduce((sum, { num_rows: rows }) => sum + Number(rows), 0);
}
