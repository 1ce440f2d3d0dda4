import { UsageError } from '../core/errors.ts';
import { isJsonObject, numberOf, parseJson, textOr } from '../core/json.ts';
import type { ScorerInput, UnnamedScore } from '../core/scorer.ts';
import { defineScorer, NOTHING_EXPECTED, type ScorerParts, unscored, verdict } from './definition.ts';
import { asksOf } from './judge-options.ts';

/** As in promptfoo. */
export const LEAST_SIMILAR = 0.75;

const BLANK = 'an empty text has no embedding';

/** How alike answer and expected answer are, by the cosine similarity of their embeddings. */
export const similar = defineScorer({
  name: 'similar',
  title: 'the answer is the expected text; else the cosine similarity of their embeddings, of --embedding-model',
  argument: 'value',
  options: (z) => ({
    value: z.string().min(1).optional().describe('the text to compare with, instead of the expected answer'),
    model: z
      .string()
      .min(1)
      .optional()
      .describe('model that makes embeddings, provider/model or a plain id; default --embedding-model'),
    params: z
      .record(z.string(), z.json())
      .optional()
      .describe('other request fields, as the API names them, such as {dimensions: 256}'),
  }),
  withoutOptions: {},
  asksModel: true,
  threshold: LEAST_SIMILAR,
  task: 'similarity',
  create({ value, model = null, params = {} }, { label }): ScorerParts {
    if (value !== undefined && faultOf(value) !== null) {
      throw new UsageError(`${label}: ${BLANK}`, { hint: 'give the text that answers are compared with' });
    }
    const request = { model, temperature: null, params, task: 'similarity' } as const;
    const compare = async ({ output, expected, ask }: ScorerInput): Promise<UnnamedScore> => {
      const wanted = value ?? expected;
      if (wanted === null) return NOTHING_EXPECTED;
      if (faultOf(wanted) !== null) return unscored(BLANK);
      if (output === wanted) return verdict(true);
      const messages = [output, wanted].map((content) => ({ role: 'user', content }));
      const reply = await ask({ ...request, messages });
      if (output.trim() === '') return verdict(false, 'the answer is empty');
      return reply.kind === 'failed' ? unscored(reply.reason) : readSimilarity(reply.output);
    };
    return {
      needsExpected: value === undefined,
      expects: 'one',
      faultOf,
      score: compare,
      asks: asksOf(request, []),
    };
  },
});

function faultOf(text: string): string | null {
  return text.trim() === '' ? BLANK : null;
}

/** Texts that point away from each other are as different as can be: a score is not below 0. */
function readSimilarity(output: string): UnnamedScore {
  const read = parseJson(output);
  const { similarity, fault } = isJsonObject(read) ? read : {};
  const value = numberOf(similarity);
  if (value === null) return unscored(textOr(fault, 'it was not compared'));
  return { value: Math.max(0, Math.min(1, value)), explanation: null };
}
