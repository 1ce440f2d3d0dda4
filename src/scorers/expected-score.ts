import { isJsonObject, type JsonValue, listOf, numberOf, objectOf, textOf, textOr } from '../core/json.ts';

const SCORE_KEY = /"score"\s*:\s*/g;

/**
 * The mean of the scores that a judge might have given, each weighted by its probability: G-Eval's formula, Σ p(s) · s
 * (Y. Liu et al., G-Eval: NLG Evaluation using GPT-4 with Better Human Alignment, EMNLP 2023, equation 1). The
 * probabilities are those of the alternatives to the score's token, divided by their sum.
 * @param logprobs of the reply's tokens, as OpenAI's API returns them
 * @param given the score in the reply
 * @returns null if the tokens do not say, for example because the score is written with several
 */
export function expectedScore(
  logprobs: JsonValue | undefined,
  given: number,
  [least, most]: readonly [number, number],
): number | null {
  const tokens = listOf(objectOf(logprobs)['content']).map(objectOf);
  const text = tokens.map(({ token }) => textOr(token, '')).join('');
  const key = [...text.matchAll(SCORE_KEY)].at(-1);
  if (key === undefined) return null;
  let end = 0;
  const found = tokens.find(({ token }) => (end += textOr(token, '').length) > key.index + key[0].length);
  if (found === undefined || !isNear(scoreOf(found['token']), given)) return null;
  const others = listOf(found['top_logprobs']).filter(isJsonObject);
  let [sum, weighted] = [0, 0];
  for (const { token, logprob } of others) {
    const score = scoreOf(token);
    const share = Math.exp(numberOf(logprob) ?? -Infinity);
    if (score === null || score < least || score > most) continue;
    sum += share;
    weighted += share * score;
  }
  return sum > 0 && Number.isFinite(weighted) ? weighted / sum : null;
}

/** The whole number that a token is, white space aside. */
function scoreOf(token: JsonValue | undefined): number | null {
  const digits = textOf(token)?.trim() ?? '';
  return /^\d{1,3}$/.test(digits) ? Number(digits) : null;
}

/** The score given was computed back from its share of the scale. */
function isNear(score: number | null, given: number): boolean {
  return score !== null && Math.abs(score - given) < 1e-9;
}
