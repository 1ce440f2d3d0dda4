import { isJsonObject, type JsonObject, type JsonValue, textOf } from '../../core/json.ts';
import { formatDecimal, parseDecimal } from '../../core/money.ts';
import { jsonText, plainJson } from '../../core/written-json.ts';
import type { ColumnKind } from './column-kinds.ts';
import type { DecimalSign } from './format.ts';

/** A number with a decimal point or comma, as spreadsheets save it. */
const NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:E[+-]?\d+)?$/i;

/** A count such as 1,234, whose sign may separate thousands: read as a decimal sign it would be a thousandth. */
const MAY_BE_THOUSANDS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** What spreadsheets of other languages make of true and false. */
const TRUE = words('true 1 1.0 1,0 истина wahr vrai verdadero vero verdadeiro waar prawda pravda sant sand igaz doğru');
const FALSE = words('false 0 0.0 0,0 ложь falsch faux falso onwaar fałsz nepravda falskt falsk usann hamis yanlış');

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

/** True or false as any program saves them; null for anything else. */
export function readTruth(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (TRUE.has(word)) return true;
  return FALSE.has(word) ? false : null;
}

function decimalText(text: string): string | null {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? trimmed.replace(',', '.') : null;
}

/** A number as any program saves it; null for anything else. */
function readNumber(text: string): number | null {
  const decimal = decimalText(text);
  return decimal === null ? null : Number(decimal);
}

/** A cost as any program saves it, as a decimal text; null for anything else. */
export function readCost(text: string): string | null {
  const decimal = decimalText(text);
  if (decimal === null || !/e/i.test(decimal)) return decimal;
  const amount = parseDecimal(decimal);
  return amount === null ? null : formatDecimal(amount);
}

/** A cell that is not the number its column should have. */
export interface UnreadCell {
  /** The cell as it is in the file. */
  readonly text: string;
  /** True for a number whose decimal sign is not that of the costs and scores before it. */
  readonly hasOtherSign: boolean;
}

/** The cell that could not be read and stands for this value; null for any other value. */
export function unreadCell(value: JsonValue): UnreadCell | null {
  if (!isJsonObject(value)) return null;
  const text = textOf(value['unread']);
  return text === null ? null : { text, hasOtherSign: value['has_other_sign'] === true };
}

/** Not a text, which could be taken for a cost. */
function unread(text: string, hasOtherSign = false): JsonObject {
  return { unread: text, has_other_sign: hasOtherSign };
}

/** Such as `n/a` and `###`: what has a digit is a value, and to take it for unknown would hide it. */
function unknownOrUnread(text: string): JsonValue {
  return /\d/.test(text) ? unread(text) : null;
}

/**
 * Reads the cells of one file. A cell that is not what its column should have becomes one that `unreadCell` knows, so
 * that whoever needs it refuses it; as unknown, it would leave fewer answers to compare.
 */
export class SavedValues {
  /** Of the first cost or score that has one. A spreadsheet writes all with the same sign, and thousands with the other. */
  #sign: DecimalSign | null = null;

  /** The text of a cell that is not empty, as the value that results.jsonl has; null for one that has no meaning. */
  ofText(kind: ColumnKind, text: string): JsonValue {
    switch (kind) {
      case 'small':
      case 'count':
        return MAY_BE_THOUSANDS.test(text.trim()) ? unread(text) : (readNumber(text) ?? unknownOrUnread(text));
      case 'number':
        return readNumber(text);
      case 'score':
        if (text.trim() === '') return null;
        return this.#hasOtherSign(text) ? unread(text, true) : (readNumber(text) ?? unread(text));
      case 'cost':
        return this.#hasOtherSign(text) ? unread(text, true) : (readCost(text) ?? unknownOrUnread(text));
      case 'truth':
        return readTruth(text);
      case 'text':
      case 'data':
        return text;
    }
  }

  /**
   * A cell of a format with types, which other programs may have changed (1 to 1.0, a number to a text), as the value
   * that results.jsonl has. Data of the dataset stay as they are, to the last digit.
   */
  ofTyped(kind: ColumnKind, cell: JsonValue): JsonValue {
    if (kind === 'data' || cell === null || typeof cell === 'boolean') return cell;
    if (typeof cell === 'string') return cell === '' && kind !== 'text' ? null : this.ofText(kind, cell);
    if (kind === 'cost') return readCost(jsonText(cell));
    return kind === 'truth' ? readTruth(jsonText(cell)) : plainJson(cell);
  }

  #hasOtherSign(text: string): boolean {
    const sign = text.includes(',') ? ',' : text.includes('.') ? '.' : null;
    if (sign === null || sign === this.#sign || !NUMBER.test(text.trim())) return false;
    this.#sign ??= sign;
    return sign !== this.#sign;
  }
}
