import type { PromptTokens } from '../../core/estimate.ts';
import type { Population } from '../../core/stats/population.ts';
import { forecastPlannedTotal, forecastSampledTotal, type SampledTotal } from '../../core/stats/sampled-total.ts';
import { studentQuantile } from '../../core/stats/student.ts';
import type { TokenRange } from '../../pricing/token-models.ts';

/** A row whose prompt was counted by promptgrid and by the provider. */
interface CountedPrompt {
  /** Our count. */
  readonly counted: number;
  /** The provider's. */
  readonly reported: number;
}

/** Ratio of the model's tokens to counted ones; 1 if both counts agree. */
export interface TokenRatio {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
  /** True if exact: the model counts as we do, or its answers show that. */
  readonly isExact: boolean;
}

/**
 * The model's tokens per counted token: from the counts that the provider reported, else from what is known about the
 * model's tokenizer.
 * Ratio estimator and its variance: W. G. Cochran, Sampling Techniques (1977), 6.3 and 6.4.
 * @param range of the model's tokenizer for `tokens` counted tokens
 */
export function tokenRatio(
  seen: readonly CountedPrompt[],
  { range, tokens, level }: { readonly range: TokenRange; readonly tokens: number; readonly level: number },
): TokenRatio {
  const known = Math.max(1, tokens);
  const before = {
    low: range.low / known,
    expected: range.expected / known,
    high: range.high / known,
    isExact: range.low === range.high,
  };
  const counted = seen.reduce((sum, prompt) => sum + prompt.counted, 0);
  if (counted === 0) return tokens === 0 ? { low: 1, expected: 1, high: 1, isExact: true } : before;
  const expected = seen.reduce((sum, { reported }) => sum + reported, 0) / counted;
  const n = seen.length;
  const squares = seen.reduce((sum, prompt) => sum + (prompt.reported - expected * prompt.counted) ** 2, 0);
  if (n === 1) {
    const [low, high] = [Math.min(expected, before.low), Math.max(expected, before.high)];
    return { low, expected, high, isExact: low === high };
  }
  const margin = (studentQuantile((1 + level) / 2, n - 1) * Math.sqrt((squares * n) / (n - 1))) / counted;
  return { low: Math.max(0, expected - margin), expected, high: expected + margin, isExact: margin === 0 };
}

/** Which rows a prompt total is for. */
interface PromptRows {
  /** Counted tokens of the remaining rows, or of rows like them. */
  readonly population: Population;
  /** Rows of a planned volume; null for the population itself. */
  readonly planned: number | null;
  readonly repeats: number;
  readonly level: number;
}

/** Prompt tokens of the remaining rows. */
export function promptRange(rows: PromptRows, ratio: TokenRatio): PromptTokens {
  const { repeats, population } = rows;
  const counted = countedTotal(rows);
  const isWhole = rows.planned === null && population.observed === population.rows;
  return {
    low: Math.round(counted.low * ratio.low * repeats),
    expected: Math.round(counted.expected * ratio.expected * repeats),
    high: Math.round(counted.high * ratio.high * repeats),
    isExact: isWhole && ratio.isExact,
  };
}

function countedTotal({ population, planned, level }: PromptRows): SampledTotal {
  const total =
    planned === null
      ? forecastSampledTotal(population, population.rows, level)
      : forecastPlannedTotal(population, planned, level);
  if (total !== null) return total;
  // A single row says nothing about the variation of others.
  const expected = population.meanX * (planned ?? population.rows);
  return { low: 0, expected, high: expected };
}
