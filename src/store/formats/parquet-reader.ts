import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  type ParquetParsers,
  parquetMetadataAsync,
  parquetReadObjects,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ResultsError } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { divideRounded, formatDecimal, withPoint } from '../../core/money.ts';
import { columnKind } from './column-kinds.ts';
import type { StoredRecord } from './format.ts';
import { COST_SCALE } from './parquet-columns.ts';
import { readCost, SavedValues } from './saved-values.ts';

/** Keeps a U+FEFF that begins a text; hyparquet takes it for a byte order mark. */
const TEXT_DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
const PARSERS: Partial<ParquetParsers> = { stringFromBytes: (bytes) => TEXT_DECODER.decode(bytes) };

/** The place of a row group. */
interface GroupExtent {
  /** Index of its first record. */
  readonly first: number;
  readonly rows: number;
}

/** The records of a Parquet file, one row group at a time. */
export class ParquetRecords {
  readonly #path: string;
  readonly #file: AsyncBuffer;
  readonly #metadata: FileMetaData;
  readonly #extents: readonly GroupExtent[];
  /** Decimal places of cost columns that are decimals. */
  readonly #scales: ReadonlyMap<string, number>;
  readonly #values = new SavedValues();

  private constructor(path: string, file: AsyncBuffer, metadata: FileMetaData) {
    this.#path = path;
    this.#file = file;
    const decimals = metadata.schema.filter(isDecimalCost);
    this.#scales = new Map(decimals.map(({ name, scale = 0 }) => [name, scale]));
    this.#metadata = { ...metadata, schema: metadata.schema.map(withoutDecimal) };
    let first = 0;
    this.#extents = metadata.row_groups.map(({ num_rows: count }) => {
      const extent = { first, rows: Number(count) };
      first += extent.rows;
      return extent;
    });
  }

  /** @throws ResultsError if the file is cut off or damaged */
  static async open(path: string): Promise<ParquetRecords> {
    const file = await asyncBufferFromFile(path);
    try {
      return new ParquetRecords(path, file, await parquetMetadataAsync(file));
    } catch (cause) {
      throw damaged(path, cause);
    }
  }

  /** Number of row groups. */
  get groups(): number {
    return this.#extents.length;
  }

  /** The place of a row group. */
  extent(group: number): GroupExtent {
    return this.#extents[group] ?? { first: 0, rows: 0 };
  }

  /** The records of a row group. @throws ResultsError if it is damaged */
  async group(group: number): Promise<readonly StoredRecord[]> {
    const { first, rows } = this.extent(group);
    const range = {
      file: this.#file,
      metadata: this.#metadata,
      rowStart: first,
      rowEnd: first + rows,
      parsers: PARSERS,
    };
    try {
      const found: readonly Readonly<Record<string, unknown>>[] = await parquetReadObjects({ ...range, compressors });
      return found.map((row, index) => ({ value: this.#record(row), locator: first + index, line: first + index + 1 }));
    } catch (cause) {
      throw damaged(this.#path, cause);
    }
  }

  #record(row: Readonly<Record<string, unknown>>): JsonObject {
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, this.#value(name, value)]));
  }

  #value(name: string, given: unknown): JsonValue {
    const kind = columnKind(name);
    if (given === null || given === undefined) return null;
    if (kind === 'cost') return this.#cost(name, given);
    const value = jsonOf(given);
    const isText = value === null || typeof value === 'string' || typeof value === 'boolean';
    return kind === 'text' && !isText ? JSON.stringify(value) : this.#values.ofTyped(kind, value);
  }

  /** Amounts come without their point, since a number with one would not be exact. */
  #cost(name: string, value: unknown): JsonValue {
    const scale = this.#scales.get(name);
    if (typeof value === 'string') return this.#values.ofTyped('cost', value);
    if (scale === undefined) return readCost(String(value));
    const unscaled = unscaledOf(value);
    const shift = COST_SCALE - scale;
    const amount = shift >= 0 ? unscaled * 10n ** BigInt(shift) : divideRounded(unscaled, 10n ** BigInt(-shift));
    return withPoint(formatDecimal(amount));
  }
}

function isDecimalCost({ name, converted_type: type }: SchemaElement): boolean {
  return type === 'DECIMAL' && columnKind(name) === 'cost';
}

function withoutDecimal(element: SchemaElement): SchemaElement {
  if (!isDecimalCost(element)) return element;
  const { converted_type: _type, logical_type: _logical, ...bare } = element;
  return bare;
}

/** Whole numbers of decimals are stored in 32 or 64 bits, or in bytes, the highest first. */
function unscaledOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint8Array)
    return BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex')}`));
  return BigInt(Number(value));
}

/** A value of another program's file as JSON; bytes and whatever JSON lacks become texts. */
function jsonOf(value: unknown): JsonValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

function damaged(file: string, cause: unknown): ResultsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ResultsError({ file }, `cannot be read as Parquet: ${reason}`, {
    hint: 'the file is cut off or damaged; restore it with the run command, which pays nothing twice',
    cause,
  });
}
