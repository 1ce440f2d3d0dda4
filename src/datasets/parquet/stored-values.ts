import type { Encoding, ParquetType } from 'hyparquet';
import { alpDecode } from 'hyparquet/src/alp.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { byteStreamSplit, readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import type { JsonValue } from '../../core/json.ts';
import { DamagedError } from './errors.ts';
import type { Converter } from './values.ts';

/** The values of a page, taken in order. Texts are decoded when they are taken: a page may hold a million. */
export interface StoredValues {
  next(): JsonValue;
}

/** The encoded values of a page, without its levels. */
export interface EncodedValues {
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  readonly type: ParquetType;
  /** Bytes of each value, if all have the same. */
  readonly typeLength: number | undefined;
  readonly count: number;
  /** True if a length stands in front of run lengths of booleans, as in pages of the first version. */
  readonly hasLength: boolean;
}

/** Opens the values of a page. @throws DamagedError or a RangeError if they are not as they should be */
export function openValues(
  encoded: EncodedValues,
  convert: Converter,
  dictionary: readonly JsonValue[] | null,
): StoredValues {
  const { bytes, encoding, type, count } = encoded;
  if (count === 0) return listed([], convert);
  switch (encoding) {
    case 'PLAIN':
      return openPlain(encoded, convert);
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      return indexed(readIndexes(bytes, count), dictionary);
    case 'RLE': {
      const runs = new Uint8Array(count);
      readRleBitPackedHybrid(readerOf(bytes), 1, runs, encoded.hasLength ? undefined : bytes.length);
      return listed(runs, (stored) => convert(stored === 1));
    }
    case 'DELTA_BINARY_PACKED': {
      const numbers = type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(readerOf(bytes), count, numbers);
      return listed(numbers, convert);
    }
    case 'DELTA_LENGTH_BYTE_ARRAY':
      return new DeltaLengthValues(bytes, count, convert);
    case 'DELTA_BYTE_ARRAY':
      return new DeltaValues(bytes, count, convert);
    case 'BYTE_STREAM_SPLIT':
      return listed(byteStreamSplit(readerOf(bytes), count, type, encoded.typeLength), convert);
    case 'ALP':
      return listed(alpDecode(readerOf(bytes), count, type), convert);
    default:
      throw new DamagedError(`the encoding ${encoding} is not known`);
  }
}

type Reader = Parameters<typeof readPlain>[0];

function readerOf(bytes: Uint8Array): Reader {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

function openPlain({ bytes, type, typeLength, count }: EncodedValues, convert: Converter): StoredValues {
  if (type === 'BYTE_ARRAY') return new PlainByteArrays(bytes, convert);
  if (type === 'FIXED_LEN_BYTE_ARRAY') return new FixedByteArrays(bytes, typeLength ?? 0, convert);
  return listed(readPlain(readerOf(bytes), type, count, typeLength), convert);
}

function readIndexes(bytes: Uint8Array, count: number): Uint32Array {
  const indexes = new Uint32Array(count);
  const width = bytes[0] ?? 0;
  if (width > 32) throw new DamagedError('the width of its indexes is damaged');
  if (width > 0) readRleBitPackedHybrid(readerOf(bytes.subarray(1)), width, indexes, bytes.length - 1);
  return indexes;
}

function listed(stored: ArrayLike<unknown>, convert: Converter): StoredValues {
  let at = 0;
  return {
    next: () => {
      if (at >= stored.length) throw tooFew();
      return convert(stored[at++]);
    },
  };
}

function indexed(indexes: Uint32Array, dictionary: readonly JsonValue[] | null): StoredValues {
  let at = 0;
  return {
    next: () => {
      const value = dictionary?.[indexes[at++] ?? -1];
      if (value === undefined) throw new DamagedError('a value is not in its dictionary');
      return value;
    },
  };
}

function tooFew(): DamagedError {
  return new DamagedError('a page has fewer values than it says');
}

/** Byte arrays one after the other, from a position on. */
class ByteCursor {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw tooFew();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

class PlainByteArrays implements StoredValues {
  readonly #bytes: Buffer;
  readonly #convert: Converter;
  #at = 0;

  constructor(bytes: Uint8Array, convert: Converter) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#convert = convert;
  }

  next(): JsonValue {
    const start = this.#at + 4;
    const end = start + this.#bytes.readUInt32LE(this.#at);
    if (end > this.#bytes.length) throw tooFew();
    this.#at = end;
    return this.#convert(this.#bytes.subarray(start, end));
  }
}

class FixedByteArrays implements StoredValues {
  readonly #cursor: ByteCursor;
  readonly #length: number;
  readonly #convert: Converter;

  constructor(bytes: Uint8Array, length: number, convert: Converter) {
    this.#cursor = new ByteCursor(bytes);
    this.#length = length;
    this.#convert = convert;
  }

  next(): JsonValue {
    return this.#convert(this.#cursor.take(this.#length));
  }
}

class DeltaLengthValues implements StoredValues {
  readonly #cursor: ByteCursor;
  readonly #lengths: Int32Array;
  readonly #convert: Converter;
  #index = 0;

  constructor(bytes: Uint8Array, count: number, convert: Converter) {
    const reader = readerOf(bytes);
    this.#lengths = new Int32Array(count);
    deltaBinaryUnpack(reader, count, this.#lengths);
    this.#cursor = new ByteCursor(bytes, reader.offset);
    this.#convert = convert;
  }

  next(): JsonValue {
    return this.#convert(this.#cursor.take(this.#lengths[this.#index++] ?? -1));
  }
}

/** Each value begins with a part of the one before. */
class DeltaValues implements StoredValues {
  readonly #cursor: ByteCursor;
  readonly #prefixes: Int32Array;
  readonly #suffixes: Int32Array;
  readonly #convert: Converter;
  #index = 0;
  #previous = new Uint8Array(0);

  constructor(bytes: Uint8Array, count: number, convert: Converter) {
    const reader = readerOf(bytes);
    this.#prefixes = new Int32Array(count);
    deltaBinaryUnpack(reader, count, this.#prefixes);
    this.#suffixes = new Int32Array(count);
    deltaBinaryUnpack(reader, count, this.#suffixes);
    this.#cursor = new ByteCursor(bytes, reader.offset);
    this.#convert = convert;
  }

  next(): JsonValue {
    const prefix = this.#prefixes[this.#index] ?? 0;
    const suffix = this.#cursor.take(this.#suffixes[this.#index] ?? -1);
    this.#index++;
    if (prefix < 0 || prefix > this.#previous.length) throw new DamagedError('a prefix is longer than its value');
    const value = new Uint8Array(prefix + suffix.length);
    value.set(this.#previous.subarray(0, prefix));
    value.set(suffix, prefix);
    this.#previous = value;
    return this.#convert(value);
  }
}
