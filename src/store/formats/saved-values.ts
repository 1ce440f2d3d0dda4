import type { JsonValue } from '../../core/json.ts';
import { formatDecimal, parseDecimal } from '../../core/money.ts';
import { jsonText, plainJson } from '../../core/written-json.ts';
import type { ColumnKind } from './column-kinds.ts';

/** A number with a decimal point or comma, as spreadsheets save it. */
const NUMBER = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:E[+-]?\d+)?$/i;

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

/**
 * The text of a cell that is not empty, as the value that results.jsonl has; null for one that has no meaning. A score
 * that is not a number stays a text: whoever reads it as unscored would compare fewer answers than there are.
 */
export function savedValue(kind: ColumnKind, text: string): JsonValue {
  switch (kind) {
    case 'small':
    case 'count':
    case 'number':
      return readNumber(text);
    case 'score':
      return text.trim() === '' ? null : (readNumber(text) ?? text);
    case 'cost':
      return readCost(text);
    case 'truth':
      return readTruth(text);
    case 'text':
    case 'data':
      return text;
  }
}

/**
 * A cell of a format with types, which other programs may have changed (1 to 1.0, a number to a text), as the value that
 * results.jsonl has. Data of the dataset stay as they are, to the last digit.
 */
export function typedValue(kind: ColumnKind, cell: JsonValue): JsonValue {
  if (kind === 'data' || cell === null || typeof cell === 'boolean') return cell;
  if (typeof cell === 'string') return cell === '' && kind !== 'text' ? null : savedValue(kind, cell);
  return kind === 'cost' || kind === 'truth' ? savedValue(kind, jsonText(cell)) : plainJson(cell);
}
