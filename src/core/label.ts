import type { JsonValue } from './json.ts';
import { WrittenNumber } from './written-number.ts';

const GOOD = new Set([
  'true',
  'pass',
  'passed',
  'yes',
  'y',
  'good',
  'correct',
  'right',
  '+',
  'да',
  'верно',
  'правильно',
]);
const BAD = new Set(['false', 'fail', 'failed', 'no', 'n', 'bad', 'incorrect', 'wrong', '-', 'нет', 'неверно', 'ложь']);

/** From here on a number from 0 to 1 means a good answer. */
const GOOD_FROM = 0.5;

/**
 * A human verdict on an answer: true for a good one. Accepts words in English and Russian in any case, true and false,
 * and numbers from 0 to 1, good from 0.5 on.
 * @returns null for an empty value, undefined for one that is not a verdict
 */
export function readLabel(value: JsonValue | undefined): boolean | null | undefined {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'number' || value instanceof WrittenNumber ? String(value) : value;
  if (text === undefined || text === null) return null;
  if (typeof text !== 'string') return undefined;
  const word = text.trim().toLowerCase();
  if (word === '') return null;
  if (GOOD.has(word)) return true;
  if (BAD.has(word)) return false;
  const share = /^[01](?:[.,]\d+)?$|^[.,]\d+$/.test(word) ? Number(word.replace(',', '.')) : Number.NaN;
  return share >= 0 && share <= 1 ? share >= GOOD_FROM : undefined;
}
