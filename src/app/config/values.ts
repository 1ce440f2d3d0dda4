import { UsageError } from '../../core/errors.ts';
import { type Picounits, parseDecimal } from '../../core/money.ts';
import { didYouMean } from '../../io/nearest.ts';

/**
 * Readers of the values that flags take. Every number is written alike, as in JSON and in promptgrid.yaml: `20`,
 * `0.25`, `.5`, `1e-1`; not `0x2`, `1_000` or `0,25`. All throw a UsageError that names the flag and gives an example.
 */

const NUMBER = /^[+-]?(?:\d{1,99}\.?\d{0,99}|\.\d{1,99})(?:e[+-]?\d{1,3})?$/i;

/** Reads a finite decimal number; null for anything else. */
export function parseNumber(text: string): number | null {
  const number = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** Reads a share: a number or a percentage, `0.1` or `10%`; null for anything else. */
export function parseShare(text: string): number | null {
  const trimmed = text.trim();
  if (!trimmed.endsWith('%')) return parseNumber(trimmed);
  const percent = parseNumber(trimmed.slice(0, -1));
  return percent === null ? null : percent / 100;
}

/** What a flag takes. */
interface FlagValue {
  /** As it is written on the command line, `--max-errored`. */
  readonly flag: string;
  readonly text: string;
  /** A right use of the flag, for the hint: `--max-errored 1%`. */
  readonly example: string;
}

/** A whole number from `least` to `most`, which by default is the largest safe integer. @throws UsageError */
export function readCount(value: FlagValue, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const count = parseNumber(value.text);
  if (count !== null && Number.isInteger(count) && count >= least && count <= most) return count;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw notA(value, `a whole number ${range}`);
}

/** Any number. @throws UsageError */
export function readNumber(value: FlagValue): number {
  const number = parseNumber(value.text);
  if (number !== null) return number;
  throw notA(value, 'a number');
}

/** A share from 0 to 1. @throws UsageError */
export function readShare(value: FlagValue): number {
  const share = parseShare(value.text);
  if (share !== null && share >= 0 && share <= 1) return share;
  throw notA(value, 'a share from 0 to 1');
}

/** A share between 0 and 1, neither of them included. @throws UsageError */
export function readInnerShare(value: FlagValue): number {
  const share = parseShare(value.text);
  if (share !== null && share > 0 && share < 1) return share;
  throw notA(value, 'a share between 0 and 1');
}

/** An increase as a share from 0, which may be above 1. @throws UsageError */
export function readIncrease(value: FlagValue): number {
  const share = parseShare(value.text);
  if (share !== null && share >= 0) return share;
  throw notA(value, 'a share from 0');
}

/** Percentage points, as people say them: `2`, `2%` and `2 points` are 0.02. @throws UsageError */
export function readPoints(value: FlagValue): number {
  const points = parseNumber(value.text.replace(/(?:%| ?points?)$/, ''));
  if (points !== null && points >= 0 && points < 100) return points / 100;
  throw notA(value, 'a number of points from 0 to 100');
}

/** An amount of money above 0. @throws UsageError */
export function readAmount(value: FlagValue): Picounits {
  const amount = parseDecimal(value.text);
  if (amount !== null && amount > 0n) return amount;
  throw notA(value, 'an amount above 0');
}

/** One of the choices. @throws UsageError that names the nearest one */
export function readChoice<Choice extends string>(flag: string, text: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`${flag} "${text}" is not known`, {
    hint: `it takes one of: ${choices.join(', ')}${didYouMean(text, choices)}`,
  });
}

function notA({ flag, text, example }: FlagValue, what: string): UsageError {
  return new UsageError(`${flag} "${text}" is not ${what}`, { hint: `give one, such as ${example}` });
}
