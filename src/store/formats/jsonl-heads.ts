import { ResultsError } from '../../core/errors.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { type ByteLine, byteLineBatches } from '../../io/byte-lines.ts';
import { readBlocks } from '../../io/bytes.ts';
import type { StoredRecord } from './format.ts';
import { JsonlRecords } from './jsonl-record.ts';

/** The heads of a results.jsonl that is as it was written, in batches. @throws ResultsError with file and line */
export async function* headBatches(path: string): AsyncGenerator<Iterable<StoredRecord>> {
  const heads = new HeadReader();
  for await (const lines of byteLineBatches(readBlocks(path))) yield headsOf(path, lines, heads);
}

function* headsOf(path: string, lines: Iterable<ByteLine>, heads: HeadReader): Generator<StoredRecord> {
  for (const { bytes, line } of lines) {
    const value = heads.read(bytes);
    if (value === undefined) throw damagedLine(path, line);
    yield { value, locator: line, line };
  }
}

const BEFORE_ID = '{"trial_id":"';
const QUOTE = 0x22;
/** In JSON a quote behind a comma begins a key: inside a text it has a backslash before it. */
const BEFORE_VARIANT = ',"prompt":';
const BEHIND_HEAD = ',"repeat":';

/** A variant, and its bytes in a line up to the number of the repeat. */
interface VariantHead {
  readonly bytes: Buffer;
  readonly cells: VariantCells;
}

/** Names and values of its columns. */
type VariantCells = readonly (readonly [name: string, value: JsonValue])[];

/**
 * Reads the heads of lines as they were written: a row that repeats the one above is read once, as is a variant, and
 * only their bytes are compared. A value is valid only until the next one is read.
 */
class HeadReader {
  readonly #records = new JsonlRecords();
  /** The bytes of the last row's cells, with the beginning of the variant behind them. */
  #row: Buffer = Buffer.alloc(0);
  #value: Record<string, JsonValue> = {};
  readonly #variants: VariantHead[] = [];
  #lastVariant = 0;

  /** @returns undefined if the line is not one that was written */
  read(line: Buffer): JsonObject | undefined {
    const idEnd = line.indexOf(QUOTE, BEFORE_ID.length);
    if (idEnd < 0 || (!hasAt(line, idEnd, this.#row) && !this.#readRow(line, idEnd))) return undefined;
    const variant = this.#variant(line, idEnd + this.#row.length - BEFORE_VARIANT.length);
    if (variant === undefined) return undefined;
    this.#value['trial_id'] = line.toString('latin1', BEFORE_ID.length, idEnd);
    // One by one: `Object.assign` takes as long as all else here.
    for (const [name, cell] of variant) this.#value[name] = cell;
    return this.#value;
  }

  /** Values of a row may have keys of that name too, where the text so far is no JSON. */
  #readRow(line: Buffer, idEnd: number): boolean {
    for (let end = line.indexOf(BEFORE_VARIANT, idEnd); end >= 0; end = line.indexOf(BEFORE_VARIANT, end + 1)) {
      const row = this.#records.read(`${line.toString('utf8', 0, end)}}`);
      if (row === undefined) continue;
      this.#value = { ...row };
      this.#row = Buffer.from(line.subarray(idEnd, end + BEFORE_VARIANT.length));
      return true;
    }
    return false;
  }

  #variant(line: Buffer, start: number): VariantCells | undefined {
    const variants = this.#variants;
    for (let tried = 0; tried < variants.length; tried++) {
      // Lines are in plan order: most are of the variant after that of the last line, or of the same.
      const place = (this.#lastVariant + (tried === 0 ? 1 : tried === 1 ? 0 : tried)) % variants.length;
      const variant = variants[place];
      if (variant === undefined || !hasAt(line, start, variant.bytes)) continue;
      this.#lastVariant = place;
      return variant.cells;
    }
    return this.#readVariant(line, start);
  }

  #readVariant(line: Buffer, start: number): VariantCells | undefined {
    const end = line.indexOf(BEHIND_HEAD, start);
    const value = this.#records.read(`{${line.toString('utf8', start + 1, end)}}`);
    if (end < 0 || value === undefined) return undefined;
    this.#lastVariant = this.#variants.length;
    const cells = Object.entries(value);
    this.#variants.push({ bytes: Buffer.from(line.subarray(start, end + BEHIND_HEAD.length)), cells });
    return cells;
  }
}

/** True if the line has these bytes at an offset. */
function hasAt(line: Buffer, start: number, bytes: Buffer): boolean {
  const end = start + bytes.length;
  return bytes.length > 0 && end <= line.length && line.compare(bytes, 0, bytes.length, start, end) === 0;
}

/** For a line of a JSONL file that cannot be read. */
export function damagedLine(file: string, line: number): ResultsError {
  return new ResultsError({ file, line }, 'is not a JSON object', {
    hint: 'the file is cut off or was edited; restore it with the run command, which pays nothing twice',
  });
}
