import { UsageError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { fieldFault } from '../core/request-fields.ts';
import type { AskedRequest, AskingScorer } from '../core/scorer.ts';
import type { Zod } from './definition.ts';

/** Default maximum of tokens in a verdict: a reason of a few sentences, and room for brief reasoning. */
const DEFAULT_MAX_TOKENS = 512;

/** A verdict at or above the middle of the scale passes. */
export const DEFAULT_THRESHOLD = 0.5;

/** Options of every scorer that uses a judge. */
export function judgeOptions(z: Zod) {
  return {
    model: z
      .string()
      .min(1)
      .optional()
      .describe('model that judges, provider/model or a plain id; default --judge-model'),
    temperature: z.number().min(0).max(2).optional().describe('sampling temperature of the judge; default 0'),
    maxTokens: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe(`most tokens of a verdict; default ${DEFAULT_MAX_TOKENS}, more for models that think at length`),
    params: z.record(z.string(), z.json()).optional().describe('other request fields, as the API names them'),
  };
}

/** Those options with their values. */
interface JudgeOptions {
  readonly model?: string | undefined;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  readonly params?: JsonObject | undefined;
}

/** How requests to a judge are made, without the messages. */
export interface JudgeRequest {
  readonly model: string | null;
  readonly temperature: number;
  readonly params: JsonObject;
}

/**
 * The request built from the options.
 * @param label the scorer's name in errors
 * @throws UsageError for an invalid bound
 */
export function judgeRequest(
  { model, temperature = 0, maxTokens, params = {} }: JudgeOptions,
  label: string,
): JudgeRequest {
  const isBounded = (params['max_tokens'] ?? params['max_completion_tokens'] ?? null) !== null;
  const bound = maxTokens === undefined && isBounded ? {} : { max_tokens: maxTokens ?? DEFAULT_MAX_TOKENS };
  const fields = { ...params, ...bound };
  for (const [name, value] of Object.entries(fields)) {
    const fault = fieldFault(name, value);
    if (fault === null) continue;
    throw new UsageError(`${label}: ${name} ${JSON.stringify(value)} is not a bound: ${fault}`, {
      hint: 'give such a number, or leave it out',
    });
  }
  return { model: model ?? null, temperature, params: fields };
}

/** What is known about the requests of a scorer of single answers. @param variables columns that its templates name */
export function asksOf(request: AskedRequest, variables: readonly string[]): AskingScorer {
  return { requests: [request], compares: false, variables, skips: () => false, checkVariants: () => undefined };
}
