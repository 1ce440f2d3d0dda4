import { type JsonValue, MAX_LEVELS, TOO_DEEP } from '../core/json.ts';
import type { UnnamedScore } from '../core/scorer.ts';
import { unscored, verdict, type Zod } from './definition.ts';
import { findJson, repairJson, wholeJson } from './find-json.ts';

/** The options of scorers that look for JSON in an answer. */
export function jsonOptions(z: Zod) {
  return {
    whole: z.boolean().optional().describe('the whole answer must be JSON, without a code fence or other text'),
    repair: z.boolean().optional().describe('mend JSON that is almost JSON: quotes, commas, comments, a missing end'),
  };
}

/** Where JSON is looked for. */
interface JsonOptions {
  readonly whole?: boolean | undefined;
  readonly repair?: boolean | undefined;
}

const NO_JSON: UnnamedScore = verdict(false, 'the answer has no JSON');
const NESTED: UnnamedScore = unscored(`the JSON of the answer is nested more than ${MAX_LEVELS} levels deep`);

/**
 * Finds the JSON of an answer, with numbers as written, and scores it. An answer without JSON scores 0; one with JSON that is nested too deeply
 * is not scored.
 */
export function scoreJson(
  output: string,
  { whole = false, repair = false }: JsonOptions,
  score: (value: JsonValue) => UnnamedScore,
): UnnamedScore {
  const value = whole ? wholeJson(output) : findJson(output);
  if (value === TOO_DEEP) return NESTED;
  if (value !== undefined) return score(value);
  if (!repair || whole) return NO_JSON;
  const mended = repairJson(output);
  return mended === undefined ? NO_JSON : score(mended);
}
