import type { SchemaElement } from 'hyparquet';
import { parseFloat16 } from 'hyparquet/src/convert.js';
import { type JsonValue, parseOutsideJson, TOO_DEEP } from '../../core/json.ts';
import { dateText, type FractionDigits, intervalText, timestampText, timeText } from './times.ts';

/** Turns a stored value into that of a row. */
export type Converter = (stored: unknown) => JsonValue;

/** A text that is not UTF-8. */
export class BadTextError extends Error {}

const NANOS_PER_DAY = 86_400_000_000_000n;
/** Day number, in the Julian calendar's count, of 1 January 1970. */
const JULIAN_1970 = 2_440_588n;
const FRACTION_DIGITS: Readonly<Record<'MILLIS' | 'MICROS' | 'NANOS', FractionDigits>> = {
  MILLIS: 3,
  MICROS: 6,
  NANOS: 9,
};

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The converter for a column's stored values. Integers beyond 2^53 and decimals become texts, because a JSON number does
 * not keep their digits.
 */
export function converterOf(element: SchemaElement): Converter {
  switch (element.type) {
    case 'BOOLEAN':
      return (stored) => stored === true;
    case 'INT32':
      return int32Converter(element);
    case 'INT64':
      return int64Converter(element);
    case 'INT96':
      return (stored) => timestampText(int96Nanos(bigintOf(stored)), 9, false);
    case 'FLOAT':
      return (stored) => realValue(shortestFloat(Number(stored)));
    case 'DOUBLE':
      return (stored) => realValue(Number(stored));
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return bytesConverter(element);
    default:
      throw new TypeError(`the column ${element.name} has no type`);
  }
}

function int32Converter({ logical_type: logical, converted_type: converted, scale = 0 }: SchemaElement): Converter {
  if (logical?.type === 'DATE' || converted === 'DATE') return (stored) => dateText(Number(stored));
  if (logical?.type === 'TIME' || converted === 'TIME_MILLIS') return (stored) => timeText(bigintOf(stored), 3);
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') return (stored) => decimalText(bigintOf(stored), scale);
  const isUnsigned = (logical?.type === 'INTEGER' && !logical.isSigned) || (converted?.startsWith('UINT_') ?? false);
  return isUnsigned ? (stored) => Number(stored) >>> 0 : Number;
}

function int64Converter({ logical_type: logical, converted_type: converted, scale = 0 }: SchemaElement): Converter {
  if (logical?.type === 'TIMESTAMP') {
    const digits = FRACTION_DIGITS[logical.unit];
    return (stored) => timestampText(bigintOf(stored), digits, logical.isAdjustedToUTC);
  }
  if (logical?.type === 'TIME') {
    const digits = FRACTION_DIGITS[logical.unit];
    return (stored) => timeText(bigintOf(stored), digits);
  }
  if (logical?.type === 'DECIMAL') return (stored) => decimalText(bigintOf(stored), scale);
  if (logical?.type === 'INTEGER' && !logical.isSigned)
    return (stored) => integerValue(BigInt.asUintN(64, bigintOf(stored)));
  switch (converted) {
    case 'TIMESTAMP_MILLIS':
      return (stored) => timestampText(bigintOf(stored), 3, true);
    case 'TIMESTAMP_MICROS':
      return (stored) => timestampText(bigintOf(stored), 6, true);
    case 'TIME_MICROS':
      return (stored) => timeText(bigintOf(stored), 6);
    case 'DECIMAL':
      return (stored) => decimalText(bigintOf(stored), scale);
    case 'UINT_64':
      return (stored) => integerValue(BigInt.asUintN(64, bigintOf(stored)));
    default:
      return (stored) => integerValue(bigintOf(stored));
  }
}

function bytesConverter({ logical_type: logical, converted_type: converted, scale = 0 }: SchemaElement): Converter {
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') {
    return (stored) => decimalText(signedInteger(bytesOf(stored)), scale);
  }
  if (logical?.type === 'UUID') return (stored) => uuidText(bytesOf(stored));
  if (logical?.type === 'FLOAT16') return (stored) => realValue(parseFloat16(bytesOf(stored)) ?? Number.NaN);
  if (logical?.type === 'JSON' || converted === 'JSON') return (stored) => jsonValue(textOf(bytesOf(stored)));
  const isText = logical?.type === 'STRING' || logical?.type === 'ENUM' || converted === 'UTF8' || converted === 'ENUM';
  if (isText) return (stored) => textOf(bytesOf(stored));
  if (logical?.type === 'INTERVAL' || converted === 'INTERVAL') return (stored) => storedInterval(bytesOf(stored));
  return (stored) => textOrBase64(bytesOf(stored));
}

function bytesOf(stored: unknown): Uint8Array {
  if (stored instanceof Uint8Array) return stored;
  throw new TypeError('the stored value is not bytes');
}

function bigintOf(stored: unknown): bigint {
  if (typeof stored === 'bigint') return stored;
  if (typeof stored === 'number') return BigInt(stored);
  throw new TypeError('the stored value is not a number');
}

function integerValue(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** JSON has no infinities and no NaN. */
function realValue(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The number with the fewest digits that is stored as this one in 32 bits: 0.1, not 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 6; digits <= 8; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}

/** `12.50` of 1250 with a scale of 2. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled);
  if (scale <= 0) return `${sign}${digits}${unscaled === 0n ? '' : '0'.repeat(-scale)}`;
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** Two's complement, the most significant byte first. */
function signedInteger(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return BigInt.asIntN(Math.max(1, bytes.length * 8), value);
}

function int96Nanos(stored: bigint): bigint {
  return ((stored >> 64n) - JULIAN_1970) * NANOS_PER_DAY + BigInt.asUintN(64, stored);
}

function textOf(bytes: Uint8Array): string {
  const text = bufferOf(bytes).toString('utf8');
  // Decoding strictly takes several times as long.
  if (!text.includes('\uFFFD')) return text;
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new BadTextError('a text is not UTF-8');
  }
}

/** Nested deeper than external values may be, it stays a text. */
function jsonValue(text: string): JsonValue {
  const value = parseOutsideJson(text);
  return value === undefined || value === TOO_DEEP ? text : value;
}

/** Columns without a type are texts of old writers, or images and the like, which APIs take as base64. */
function textOrBase64(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return bufferOf(bytes).toString('base64');
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function uuidText(bytes: Uint8Array): string {
  const hex = bufferOf(bytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function storedInterval(bytes: Uint8Array): string {
  if (bytes.length !== 12) throw new TypeError('an interval does not have 12 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  return intervalText(view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true));
}
