import type { Encoding, ParquetType } from 'hyparquet';
import { alpDecode } from 'hyparquet/src/alp.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { byteStreamSplit, readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import type { JsonValue } from '../../core/json.ts';
import { DamagedError } from './errors.ts';
import { HybridNumbers } from './hybrid.ts';
import { type PageBytes, tooFewValues, uint32, WholeBytes } from './page-bytes.ts';
import type { Converter } from './values.ts';

/** The values of a page, taken in order. Texts are decoded when they are taken: a page may hold a million. */
export interface StoredValues {
  next(): JsonValue;
}

/** The encoded values of a page, without its levels. */
export interface EncodedValues {
  readonly bytes: PageBytes;
  readonly encoding: Encoding;
  readonly type: ParquetType;
  /** Bytes of each value, if all have the same. */
  readonly typeLength: number | undefined;
  readonly count: number;
}

/** Opens the values of a page. @throws DamagedError or a RangeError if they are not as they should be */
export function openValues(
  encoded: EncodedValues,
  convert: Converter,
  dictionary: readonly JsonValue[] | null,
): StoredValues {
  const { bytes, encoding, count } = encoded;
  if (count === 0) return listed([], convert);
  if (encoding === 'PLAIN') return openPlain(encoded, convert);
  return openWhole({ ...encoded, bytes: bytes.take(bytes.left) }, convert, dictionary);
}

/** Values whose encoding is read as a whole: it packs them, or puts their parts in different places. */
function openWhole(
  encoded: Omit<EncodedValues, 'bytes'> & { readonly bytes: Uint8Array },
  convert: Converter,
  dictionary: readonly JsonValue[] | null,
): StoredValues {
  const { bytes, encoding, type, count } = encoded;
  switch (encoding) {
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      return indexed(openIndexes(bytes), dictionary);
    case 'RLE': {
      // Only booleans are stored so, behind the length of their runs in pages of both versions.
      const runs = new Uint8Array(count);
      readRleBitPackedHybrid(readerOf(bytes), 1, runs);
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
  switch (type) {
    case 'BYTE_ARRAY':
      return new PlainByteArrays(bytes, convert);
    case 'FIXED_LEN_BYTE_ARRAY':
      return new FixedByteArrays(bytes, typeLength ?? 0, convert);
    case 'BOOLEAN':
      return listed(readPlain(readerOf(bytes.take(Math.ceil(count / 8))), type, count, undefined), convert);
    default:
      return new PlainNumbers(bytes, type, count, convert);
  }
}

function openIndexes(bytes: Uint8Array): HybridNumbers {
  const width = bytes[0] ?? 0;
  if (width > 32) throw new DamagedError('the width of its indexes is damaged');
  return new HybridNumbers(bytes.subarray(1), width);
}

function listed(stored: ArrayLike<unknown>, convert: Converter): StoredValues {
  let at = 0;
  return {
    next: () => {
      if (at >= stored.length) throw tooFewValues();
      return convert(stored[at++]);
    },
  };
}

function indexed(indexes: HybridNumbers, dictionary: readonly JsonValue[] | null): StoredValues {
  return {
    next: () => {
      const value = dictionary?.[indexes.next()];
      if (value === undefined) throw new DamagedError('a value is not in its dictionary');
      return value;
    },
  };
}

type NumberType = Exclude<ParquetType, 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY' | 'BOOLEAN'>;

const NUMBER_BYTES: Readonly<Record<NumberType, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };
/** Numbers that are decoded at once. */
const MOST_NUMBERS = 1024;

class PlainNumbers implements StoredValues {
  readonly #bytes: PageBytes;
  readonly #type: NumberType;
  readonly #convert: Converter;
  #left: number;
  #some: StoredValues = {
    next: () => {
      throw tooFewValues();
    },
  };
  #someLeft = 0;

  constructor(bytes: PageBytes, type: NumberType, count: number, convert: Converter) {
    this.#bytes = bytes;
    this.#type = type;
    this.#left = count;
    this.#convert = convert;
  }

  next(): JsonValue {
    if (this.#someLeft === 0) this.#decode();
    this.#someLeft--;
    return this.#some.next();
  }

  #decode(): void {
    const count = Math.min(this.#left, MOST_NUMBERS);
    if (count === 0) throw tooFewValues();
    const bytes = this.#bytes.take(count * NUMBER_BYTES[this.#type]);
    this.#some = listed(readPlain(readerOf(bytes), this.#type, count, undefined), this.#convert);
    this.#someLeft = count;
    this.#left -= count;
  }
}

class PlainByteArrays implements StoredValues {
  readonly #bytes: PageBytes;
  readonly #convert: Converter;

  constructor(bytes: PageBytes, convert: Converter) {
    this.#bytes = bytes;
    this.#convert = convert;
  }

  next(): JsonValue {
    return this.#convert(this.#bytes.take(uint32(this.#bytes.take(4))));
  }
}

class FixedByteArrays implements StoredValues {
  readonly #bytes: PageBytes;
  readonly #length: number;
  readonly #convert: Converter;

  constructor(bytes: PageBytes, length: number, convert: Converter) {
    this.#bytes = bytes;
    this.#length = length;
    this.#convert = convert;
  }

  next(): JsonValue {
    return this.#convert(this.#bytes.take(this.#length));
  }
}

class DeltaLengthValues implements StoredValues {
  readonly #bytes: PageBytes;
  readonly #lengths: Int32Array;
  readonly #convert: Converter;
  #index = 0;

  constructor(bytes: Uint8Array, count: number, convert: Converter) {
    const reader = readerOf(bytes);
    this.#lengths = new Int32Array(count);
    deltaBinaryUnpack(reader, count, this.#lengths);
    this.#bytes = new WholeBytes(bytes.subarray(reader.offset));
    this.#convert = convert;
  }

  next(): JsonValue {
    return this.#convert(this.#bytes.take(this.#lengths[this.#index++] ?? -1));
  }
}

/** Each value begins with a part of the one before. */
class DeltaValues implements StoredValues {
  readonly #bytes: PageBytes;
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
    this.#bytes = new WholeBytes(bytes.subarray(reader.offset));
    this.#convert = convert;
  }

  next(): JsonValue {
    const prefix = this.#prefixes[this.#index] ?? 0;
    const suffix = this.#bytes.take(this.#suffixes[this.#index] ?? -1);
    this.#index++;
    if (prefix < 0 || prefix > this.#previous.length) throw new DamagedError('a prefix is longer than its value');
    const value = new Uint8Array(prefix + suffix.length);
    value.set(this.#previous.subarray(0, prefix));
    value.set(suffix, prefix);
    this.#previous = value;
    return this.#convert(value);
  }
}
