import { type ModelEncoding, modelEncoding } from './encodings.ts';
import { OWN_FACTORS, TOKENIZER_FAMILIES, UNKNOWN_FACTORS } from './token-families.ts';
import { type PromptCount, TOKEN_KINDS } from './token-kinds.ts';

/** Tokens of a prompt for a model: integers, `low` ≤ `expected` ≤ `high`. */
export interface TokenRange {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** Number of tokens that a model makes of a prompt, as far as known before the call. */
interface ModelTokens extends ModelEncoding {
  /** The family whose factors are used: `Claude`, `Gemini` and so on; null if none are needed or nothing is known. */
  readonly family: string | null;
  /**
   * The model's tokens for a prompt, or for a sum of prompts, counted in `encoding`. All three are the count itself if
   * `isExact`. The factor is linear: once there are answers, `reported / count.tokens` is more accurate.
   */
  readonly range: (count: PromptCount) => TokenRange;
}

/**
 * What is known about a model's tokens.
 * @param model the id as the API takes it; one that is not OpenAI's uses `o200k_base` times a factor for each kind of
 * token (see `TOKENIZER_FAMILIES`), and an unknown one uses the widest range
 */
export function modelTokens(model: string): ModelTokens {
  const encoding = modelEncoding(model);
  if (encoding.isExact) return { ...encoding, family: null, range: (count) => rangeOf(OWN_FACTORS, count) };
  const id = model.toLowerCase();
  const family = TOKENIZER_FAMILIES.find(({ models }) => models.test(id));
  const factors = family?.factors ?? UNKNOWN_FACTORS;
  return { ...encoding, family: family?.name ?? null, range: (count) => rangeOf(factors, count) };
}

function rangeOf(factors: typeof UNKNOWN_FACTORS, count: PromptCount): TokenRange {
  const sums = [0, 1, 2].map((end) =>
    TOKEN_KINDS.reduce((sum, kind) => sum + count.byKind[kind] * (factors[kind][end] ?? 1), 0),
  );
  const [low = 0, expected = 0, high = 0] = sums;
  return { low: Math.floor(low), expected: Math.round(expected), high: Math.ceil(high) };
}
