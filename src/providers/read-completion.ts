import { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { CompletionRequest } from '../core/provider.ts';
import type { AnswerReader, BillReader } from './definition.ts';
import { firstOf, readText } from './read.ts';
import { readAnswer } from './read-answer.ts';
import { figuresOf, readBill } from './read-usage.ts';

/** The parts of the request that are needed to read its answer. */
export type Asked = Pick<CompletionRequest, 'model' | 'params'>;

/**
 * Reads a response as a completion: a choice with text, calls or a refusal, or an empty one with a reason.
 * @throws CallError for anything else, such as an error under HTTP 200
 */
export function readCompletion(
  answer: unknown,
  definition: AnswerReader,
  simulated: boolean,
  asked: Asked,
): Completion {
  if (!isJsonObject(answer)) throw new CallError('invalid_response', 'the answer is not a JSON object');
  const body = definition.wire.asChat(answer);
  try {
    const { output, finishReason, reasoning, thoughtTags, refusal } = readAnswer(body, figuresOf(body));
    const { usage, cost } = readBill(body, definition, output !== '' || reasoning !== undefined);
    return {
      id: readText(body['id']),
      output,
      finishReason,
      usage,
      cost,
      simulated,
      reasoning,
      thoughtTags,
      refusal,
      answeredModel: answeredModel(body, asked),
      logprobs: readLogprobs(body, asked),
    };
  } catch (error) {
    throw error instanceof CallError ? error.with({ figures: figuresOf(body) }) : error;
  }
}

function answeredModel({ model }: JsonObject, asked: Asked): string | undefined {
  return typeof model === 'string' && model !== '' && model !== asked.model ? model : undefined;
}

/** Read only if the request asked for them: some servers always send them, and they are larger than the answer. */
function readLogprobs({ choices }: JsonObject, { params }: Asked): JsonValue | undefined {
  const { logprobs: wanted = false, top_logprobs: top = 0 } = params;
  if (wanted === false && top === 0) return undefined;
  const choice = firstOf(choices);
  return choice?.['logprobs'] ?? undefined;
}

/** The error with the cost or usage from its body: an unusable answer may still be billed. */
export function withToldCost(error: CallError, definition: BillReader): CallError {
  if (error.figures === undefined) return error;
  const { usage, cost } = readBill({ usage: error.figures }, definition, false);
  const { total, currency } = cost;
  if (total !== null && currency !== null) return error.with({ paid: { amount: total, currency } });
  // Zeros next to an error are defaults and say nothing about the bill.
  return usage.totalTokens === null || usage.totalTokens === 0 ? error : error.with({ usage });
}
