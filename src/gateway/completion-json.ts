import type { JsonObject } from '../core/json.ts';
import { formatDecimal, type Picounits } from '../core/money.ts';
import type { Answer } from './answers.ts';

/** An answer with its billing. */
export interface Completion {
  readonly model: string;
  readonly answer: Answer;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly promptCost: Picounits;
  readonly completionCost: Picounits;
}

/** What identifies a completion. */
export interface Identity {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
}

/** The body of a completion. */
export function completionJson(completion: Completion, { id, created }: Identity): string {
  const { model, answer } = completion;
  const message = { role: 'assistant', content: answer.content, ...answer.calls };
  const choices = [{ index: 0, message, finish_reason: answer.finishReason }];
  const head = JSON.stringify({ id, object: 'chat.completion', created, model, choices });
  return `${head.slice(0, -1)},"usage":${usageJson(completion)}}`;
}

/**
 * The events of a streamed completion: its role, its text word by word, its calls, its finish reason, then `[DONE]`.
 * Joined they are a stream's body.
 * @param withUsage an event before the last reports what is billed
 */
export function completionEvents(completion: Completion, identity: Identity, withUsage: boolean): readonly string[] {
  const { model, answer } = completion;
  const { id, created } = identity;
  const frame = { id, object: 'chat.completion.chunk', created, model };
  const chunk = (delta: JsonObject, finishReason: string | null): string => {
    return event(JSON.stringify({ ...frame, choices: [{ index: 0, delta, finish_reason: finishReason }] }));
  };
  const words = answer.content?.split(/(?<=\s)(?=\S)/) ?? [];
  const usage = `${JSON.stringify({ ...frame, choices: [] }).slice(0, -1)},"usage":${usageJson(completion)}}`;
  return [
    chunk({ role: 'assistant', content: answer.content === null ? null : '' }, null),
    ...words.map((content) => chunk({ content }, null)),
    ...(Object.keys(answer.calls).length === 0 ? [] : [chunk(withPlaces(answer.calls), null)]),
    chunk({}, answer.finishReason),
    ...(withUsage ? [event(usage)] : []),
    event('[DONE]'),
  ];
}

/** In a stream each call has an index. */
function withPlaces(calls: JsonObject): JsonObject {
  const list = calls['tool_calls'];
  if (!Array.isArray(list)) return calls;
  return { ...calls, tool_calls: list.map((item: JsonObject, index) => ({ index, ...item })) };
}

function event(data: string): string {
  return `data: ${data}\n\n`;
}

/** Costs are written into the text directly: a JavaScript number could lose their last digits. */
function usageJson({ promptTokens, completionTokens, promptCost, completionCost }: Completion): string {
  const members = [
    `"prompt_tokens":${promptTokens}`,
    `"completion_tokens":${completionTokens}`,
    `"total_tokens":${promptTokens + completionTokens}`,
    `"prompt_cost":${formatDecimal(promptCost)}`,
    `"completion_cost":${formatDecimal(completionCost)}`,
    `"total_cost":${formatDecimal(promptCost + completionCost)}`,
  ];
  return `{${members.join(',')}}`;
}
