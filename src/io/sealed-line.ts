import { crc32 } from 'node:zlib';

/** Version 2 of the format; text of version 1 has neither version nor checksum. */
const MEMBERS = ',"v":2,"crc":"';
const CRC_DIGITS = 8;
const TAIL_UNITS = MEMBERS.length + CRC_DIGITS + '"}'.length;

/**
 * The text of a JSON object with two more members at its end: `v`, the version of the format, and `crc`, the CRC-32 (as
 * in zlib) of the UTF-8 bytes before both, in 8 hexadecimal digits.
 * @param json an object with at least one member, as `JSON.stringify` writes it
 * @param key the key the text is stored under; the checksum covers it, so text found under another key counts as broken
 */
export function sealJson(json: string, key = ''): string {
  const body = json.slice(0, -1);
  return `${body}${MEMBERS}${crcOf(body, key).toString(16).padStart(CRC_DIGITS, '0')}"}`;
}

const NO_CHECKSUM = '0'.repeat(CRC_DIGITS);
const LINE_TAIL = Buffer.from(`${MEMBERS}${NO_CHECKSUM}"}\n`, 'latin1');
const LINE_TAIL_BYTES = LINE_TAIL.length;
/** A UTF-16 code unit takes at most this many bytes. */
const MOST_UNIT_BYTES = 3;

/** Room for usual batches; a larger one is for a single line. */
const ROOM_BYTES = 128 * 1024;

/**
 * The bytes of lines with sealed JSON objects and `\n`, as `sealJson` seals them: a text is encoded once, for the
 * checksum and for the file. All lines share one buffer: one for each costs more than to fill it.
 */
export class SealedLines {
  #buffer = Buffer.allocUnsafeSlow(ROOM_BYTES);
  #end = 0;

  /** What was added; valid until `clear`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#end);
  }

  /**
   * Adds a line. @param members the object's JSON text without its last brace
   * @returns its bytes; 0 if there is no room for it before `clear`
   */
  add(members: string): number {
    const start = this.#end;
    const mostBytes = members.length * MOST_UNIT_BYTES + LINE_TAIL_BYTES;
    if (start + mostBytes > this.#buffer.length) {
      if (start > 0) return 0;
      this.#buffer = Buffer.allocUnsafeSlow(mostBytes);
    }
    const buffer = this.#buffer;
    const end = start + buffer.write(members, start);
    buffer.set(LINE_TAIL, end);
    const crc = crc32(buffer.subarray(start, end));
    for (let place = 0; place < CRC_DIGITS; place++) buffer[end + MEMBERS.length + place] = digitOf(crc, place);
    this.#end = end + LINE_TAIL_BYTES;
    return this.#end - start;
  }

  /** Drops what was added. */
  clear(): void {
    this.#end = 0;
    if (this.#buffer.length > ROOM_BYTES) this.#buffer = Buffer.allocUnsafeSlow(ROOM_BYTES);
  }
}

/** `broken`: the checksum differs. `none`: the text has none, which is valid for version 1 only. */
type Seal = 'sound' | 'broken' | 'none';

/**
 * Compares a text, or its UTF-8 bytes, with its checksum. Bytes that are not UTF-8 count as broken: no text has them, and
 * decoded to replacement characters they are others.
 */
export function sealOf(text: string | Buffer, key = ''): Seal {
  const at = text.length - TAIL_UNITS;
  const tail = at < 1 ? '' : typeof text === 'string' ? text.slice(at) : text.toString('latin1', at);
  if (!tail.startsWith(MEMBERS)) return 'none';
  const body = typeof text === 'string' ? text.slice(0, at) : text.subarray(0, at);
  return tail.endsWith('"}') && isWritten(crcOf(body, key), tail) ? 'sound' : 'broken';
}

/** Digit by digit: to make the text of every line's checksum takes longer than to compute it. */
function isWritten(crc: number, tail: string): boolean {
  for (let place = 0; place < CRC_DIGITS; place++) {
    if (tail.charCodeAt(MEMBERS.length + place) !== digitOf(crc, place)) return false;
  }
  return true;
}

/** True for an object marked as sealed: without a valid checksum it is damaged. */
export function claimsSeal(value: object): boolean {
  return Object.hasOwn(value, 'v') || Object.hasOwn(value, 'crc');
}

function crcOf(body: string | Uint8Array, key: string): number {
  return crc32(body, key === '' ? 0 : crc32(key));
}

const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1');
const BITS_A_DIGIT = 4;

/** The code of one of its eight hexadecimal digits. @param place from 0, the first one */
function digitOf(crc: number, place: number): number {
  return HEX_DIGITS[(crc >>> (BITS_A_DIGIT * (CRC_DIGITS - 1 - place))) & 0xf] ?? 0;
}
