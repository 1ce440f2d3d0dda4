import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../core/json.ts';
import type { Usage } from '../core/usage.ts';
import { vectorText } from '../io/vector-text.ts';
import type { ProviderDefinition } from './definition.ts';
import { classifyErrorBody } from './error-body.ts';
import { errorIn } from './error-in.ts';
import { firstOf, readText } from './read.ts';
import { figuresOf, readBill } from './read-usage.ts';

/**
 * Reads a response as the embedding of one text, as OpenAI's API returns it.
 * @throws CallError for anything else, such as an error under HTTP 200, or a vector that is empty or has other members
 * than finite numbers
 */
export function readEmbedding(answer: unknown, definition: ProviderDefinition, simulated: boolean): Completion {
  if (!isJsonObject(answer)) throw new CallError('invalid_response', 'the answer is not a JSON object');
  const first = firstOf(answer['data']);
  if (first === null || errorIn(answer) !== null) throw classifyErrorBody(answer, 200);
  try {
    const output = vectorText(vectorOf(first));
    const { usage, cost } = readBill(answer, definition, false);
    return { id: readText(answer['id']), output, finishReason: null, usage: ofPrompt(usage), cost, simulated };
  } catch (error) {
    throw error instanceof CallError ? error.with({ figures: figuresOf(answer) }) : error;
  }
}

/** The largest number that a 32-bit float holds. */
const MOST = 3.4028234663852886e38;

function vectorOf({ embedding }: JsonObject): readonly number[] {
  if (embedding === undefined || !isJsonArray(embedding) || embedding.length === 0) {
    throw new CallError('invalid_response', 'the answer has no embedding, or an empty one');
  }
  return embedding.map((value) => {
    if (typeof value === 'number' && Math.abs(value) <= MOST) return value;
    throw new CallError('invalid_response', 'the embedding has a member that is not a finite number');
  });
}

/** An embedding has no completion, and some APIs report a total alone. */
function ofPrompt(usage: Usage): Usage {
  const promptTokens = usage.promptTokens ?? usage.totalTokens;
  return promptTokens === null ? usage : { ...usage, promptTokens, completionTokens: 0, totalTokens: promptTokens };
}
