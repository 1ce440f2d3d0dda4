import type { PromptTokens } from '../../core/estimate.ts';
import type { Population } from '../../core/stats/population.ts';
import { forecastPlannedTotal, forecastSampledTotal, type SampledTotal } from '../../core/stats/sampled-total.ts';
import { studentQuantile } from '../../core/stats/student.ts';
import type { TokenRange } from '../../pricing/token-models.ts';

/** A row whose prompt was counted here and by the provider. */
interface CountedPrompt {
  /** Our count. */
  readonly counted: number;
  /** The provider's. */
  readonly reported: number;
}

/** By how much the model's tokens are more than counted ones; 1 if it counts as we do. */
export interface TokenRatio {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
  /** True if it is certain: the model counts as we do, or was seen to count like that. */
  readonly isExact: boolean;
}

/**
 * The model's tokens for one of ours: from what the provider told where it told anything, else from what is known of
 * the model's tokenizer.
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
  /** Counted tokens of the rows that are to come, or of rows like them. */
  readonly population: Population;
  /** Rows of a planned volume; null if it is the population's own. */
  readonly planned: number | null;
  readonly repeats: number;
  readonly level: number;
}

/** Prompt tokens of rows to come. */
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
  // Of one row nothing can be said of how others differ.
  const expected = population.meanX * (planned ?? population.rows);
  return { low: 0, expected, high: expected };
}
