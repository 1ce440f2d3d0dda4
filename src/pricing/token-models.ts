import { type ModelEncoding, modelEncoding } from './encodings.ts';
import { OWN_FACTORS, TOKENIZER_FAMILIES, UNKNOWN_FACTORS } from './token-families.ts';
import { type PromptCount, TOKEN_KINDS } from './token-kinds.ts';

/** Tokens that a prompt has for a model: whole numbers, `low` ≤ `expected` ≤ `high`. */
export interface TokenRange {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

/** How many tokens a model makes of a prompt, as far as is known before asking it. */
interface ModelTokens extends ModelEncoding {
  /** Whose factors are used: `Claude`, `Gemini` and so on; null where none are needed or nothing is known. */
  readonly family: string | null;
  /**
   * The model's tokens for a prompt, or for a sum of prompts, that was counted in `encoding`. All three are the count
   * itself where `isExact`. The factor is linear: `reported / count.tokens` of earlier answers is better, once there
   * are any.
   */
  readonly range: (count: PromptCount) => TokenRange;
}

/**
 * What is known of a model's tokens.
 * @param model the id as the API takes it; one that is not OpenAI's has `o200k_base` times a factor for each kind of
 * token (see `TOKENIZER_FAMILIES`), and an unknown one the widest range
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
