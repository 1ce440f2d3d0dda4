import { UsageError } from '../core/errors.ts';
import type { UnnamedScore } from '../core/scorer.ts';

import { defineScorer, NOTHING_EXPECTED, unscored, verdict } from './definition.ts';
import { lastNumber, type NumberFound, type Quantity } from './last-number.ts';
import { areEqual, distance, isAtMost, parsePlain, productOf, quotientOf, type Rational } from './rational.ts';

/** 1 if the last number of the answer equals the expected one, within a tolerance. */
export const numeric = defineScorer({
  name: 'numeric',
  title: 'the last number of the answer is the expected one; numeric:0.01 and numeric:1% allow a difference',
  argument: 'tolerance',
  options: (z) => ({
    tolerance: z
      .union([z.string().min(1), z.number().min(0)])
      .optional()
      .describe('most that it may differ: a number, or a share of the expected one such as 1%; default 0'),
    decimal: z
      .enum(['point', 'comma'])
      .optional()
      .describe('what 1,234 means: 1234 with a point before decimals (default), 1.234 with a comma'),
    whole: z.boolean().optional().describe('the answer must be the number and nothing else but its sign and unit'),
  }),
  withoutOptions: {},
  create({ tolerance = 0, decimal = 'point', whole = false }, { label }) {
    const allowed = readTolerance(String(tolerance), label);
    return {
      needsExpected: true,
      expects: 'one',
      score({ output, expected }): UnnamedScore {
        if (expected === null) return NOTHING_EXPECTED;
        const wanted = lastNumber(expected, decimal);
        if (typeof wanted === 'string') return unscored('the expected answer has no number');
        const found = whole && !isOneNumber(output.trim()) ? 'none' : lastNumber(output, decimal);
        return scoreNumber(found, wanted, allowed);
      },
    };
  },
});

/** A number, with a currency sign before it or a percent sign after it. */
const ONE_NUMBER =
  /^[-+\u2212]?\p{Sc}?\s?[\d.,'’_\s/½¼¾]*\d[\d.,'’_\s/eE+-]*[%\p{Sc}]?$|^[-+\u2212]?\d*\s?[\u00bc-\u00be\u2150-\u215e]$/u;

/** Longest answer that can be one number. */
const MAX_NUMBER = 200;

function isOneNumber(text: string): boolean {
  return text.length <= MAX_NUMBER && ONE_NUMBER.test(text);
}

/** The score of an answer without a number: 0, including with an inverted score. */
const NO_NUMBER: UnnamedScore = { ...verdict(false, 'the answer has no number'), isVoid: true };

function scoreNumber(found: NumberFound, wanted: Quantity, allowed: Tolerance | null): UnnamedScore {
  if (found === 'none') return NO_NUMBER;
  if (found === 'too long') return verdict(false, 'the last number of the answer has too many digits');
  if (found.isOfPi !== wanted.isOfPi) return verdict(false);
  return verdict(readingsOf(found, wanted).some((value) => isNear(value, wanted.value, allowed)));
}

const HUNDRED: Rational = { numerator: 100n, denominator: 1n };

/** 50% is 50 %, and 0.5 if no percent sign is expected; 0.5 is 50 % if one is. */
function readingsOf(found: Quantity, wanted: Quantity): readonly Rational[] {
  const { value } = found;
  if (found.isPercent === wanted.isPercent) return [value];
  const other = found.isPercent ? quotientOf(value, HUNDRED) : { ...value, numerator: value.numerator * 100n };
  return other === null ? [value] : [value, other];
}

interface Tolerance {
  readonly amount: Rational;
  /** True if the amount is a share of the expected number. */
  readonly isRelative: boolean;
}

function readTolerance(text: string, label: string): Tolerance | null {
  const isRelative = text.endsWith('%');
  const amount = parsePlain((isRelative ? text.slice(0, -1) : text).trim());
  if (amount === null || amount.numerator < 0n) {
    throw new UsageError(`${label}: "${text}" is not a tolerance`, {
      hint: 'give a number from 0 such as 0.01, or a share such as 1%',
    });
  }
  if (amount.numerator === 0n) return null;
  return { amount: isRelative ? { ...amount, denominator: amount.denominator * 100n } : amount, isRelative };
}

function isNear(found: Rational, wanted: Rational, allowed: Tolerance | null): boolean {
  if (areEqual(found, wanted)) return true;
  if (allowed === null) return false;
  const most = allowed.isRelative ? productOf(allowed.amount, wanted) : allowed.amount;
  return isAtMost(distance(found, wanted), most);
}
