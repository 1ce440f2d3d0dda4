import { z } from 'zod';
import { UsageError } from '../core/errors.ts';
import type { Judgement } from '../core/scorer.ts';
import { areEqual, type Decimal, distance, isAtMost, parsePlain, productOf } from './decimal.ts';
import { defineScorer, NOTHING_EXPECTED, unjudged, verdict } from './definition.ts';
import { lastNumber } from './last-number.ts';

/** 1 where the last number of the answer is the expected one, within a tolerance. */
export const numeric = defineScorer({
  name: 'numeric',
  title: 'the last number of the answer is the expected one; numeric:0.01 and numeric:1% allow a difference',
  argument: 'tolerance',
  options: {
    tolerance: z
      .union([z.string().min(1), z.number().min(0)])
      .optional()
      .describe('most that it may differ: a number, or a share of the expected one such as 1%; default 0'),
    decimal: z
      .enum(['point', 'comma'])
      .optional()
      .describe('what 1,234 means: 1234 with a point before decimals (default), 1.234 with a comma'),
  },
  create({ tolerance = 0, decimal = 'point' }, { label }) {
    const allowed = readTolerance(String(tolerance), label);
    return {
      needsExpected: true,
      expects: 'one',
      judge({ output, expected }): Judgement {
        if (expected === null) return NOTHING_EXPECTED;
        const wanted = lastNumber(expected, decimal);
        if (typeof wanted === 'string') return unjudged('the expected answer has no number');
        const found = lastNumber(output, decimal);
        if (found === 'none') return verdict(false, 'the answer has no number');
        if (found === 'too long') return verdict(false, 'the last number of the answer has too many digits');
        return verdict(isNear(found, wanted, allowed));
      },
    };
  },
});

interface Tolerance {
  readonly amount: Decimal;
  /** True where the amount is a share of the expected number. */
  readonly isRelative: boolean;
}

const PERCENT_SCALE = 2;

function readTolerance(text: string, label: string): Tolerance | null {
  const isRelative = text.endsWith('%');
  const amount = parsePlain((isRelative ? text.slice(0, -1) : text).trim());
  if (amount === null || amount.digits < 0n) {
    throw new UsageError(`${label}: "${text}" is no tolerance`, {
      hint: 'give a number from 0 such as 0.01, or a share such as 1%',
    });
  }
  if (amount.digits === 0n) return null;
  return { amount: isRelative ? { ...amount, scale: amount.scale + PERCENT_SCALE } : amount, isRelative };
}

function isNear(found: Decimal, wanted: Decimal, allowed: Tolerance | null): boolean {
  if (areEqual(found, wanted)) return true;
  if (allowed === null) return false;
  const most = allowed.isRelative ? productOf(allowed.amount, wanted) : allowed.amount;
  return isAtMost(distance(found, wanted), most);
}
