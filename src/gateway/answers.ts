import type { JsonObject, JsonValue } from '../core/json.ts';
import { unitInterval } from './seeded.ts';

/** An answer before it is truncated and billed. */
export interface Answer {
  /** The text; null for a call without one. */
  readonly content: string | null;
  /** `function_call` and `tool_calls`, as in the API; empty for none. */
  readonly calls: JsonObject;
  readonly finishReason: string;
  /** Tokens to bill whatever the texts are; null to count them. */
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** A recorded answer to one prompt. */
export interface ScriptedAnswer extends Answer {
  /** The text of the last user message, compared exactly; null for any. */
  readonly prompt: string | null;
  /** A text that the last user message contains; null for any. */
  readonly contains: string | null;
  /** null for any. */
  readonly model: string | null;
  /** null for any. */
  readonly temperature: number | null;
}

/** What an answer is looked up by. */
export interface AnswerQuery {
  readonly prompt: string;
  readonly model: string;
  /** null if the request has none. */
  readonly temperature: number | null;
}

/** Recorded answers by prompt. */
export class AnswerBook {
  readonly #byPrompt = new Map<string, ScriptedAnswer[]>();
  /** Answers that match a part of the message, or any message. */
  readonly #others: ScriptedAnswer[] = [];
  readonly #models = new Set<string>();

  /** Adds a recorded answer; of two equally specific ones the first is used. */
  add(answer: ScriptedAnswer): void {
    this.#listFor(answer.prompt).push(answer);
    if (answer.model !== null) this.#models.add(answer.model);
  }

  /** Every model that an answer names. */
  get models(): Iterable<string> {
    return this.#models;
  }

  #listFor(prompt: string | null): ScriptedAnswer[] {
    if (prompt === null) return this.#others;
    const known = this.#byPrompt.get(prompt) ?? [];
    this.#byPrompt.set(prompt, known);
    return known;
  }

  /**
   * The most specific match. The whole message precedes a part of it, and that any message; then model and temperature
   * precede model alone, temperature alone, and any. undefined for no match.
   */
  find(query: AnswerQuery): ScriptedAnswer | undefined {
    return mostSpecific(this.#byPrompt.get(query.prompt) ?? [], query) ?? mostSpecific(this.#others, query);
  }
}

function mostSpecific(answers: readonly ScriptedAnswer[], query: AnswerQuery): ScriptedAnswer | undefined {
  let best: ScriptedAnswer | undefined;
  for (const answer of answers) {
    const fits = isAnyOr(answer.model, query.model) && isAnyOr(answer.temperature, query.temperature);
    const hasPart = answer.contains === null || query.prompt.includes(answer.contains);
    if (fits && hasPart && (best === undefined || specificity(answer) > specificity(best))) best = answer;
  }
  return best;
}

function isAnyOr<Value>(wanted: Value | null, value: Value | null): boolean {
  return wanted === null || wanted === value;
}

function specificity(answer: ScriptedAnswer): number {
  return (answer.contains === null ? 0 : 4) + (answer.model === null ? 0 : 2) + (answer.temperature === null ? 0 : 1);
}

const MOST_FILLER_SENTENCES = 16;

/** The answer if none is recorded: a text that says so, the same for the same prompt and model. */
export function simulatedAnswer({ model, prompt }: AnswerQuery): Answer {
  const fillers = Math.floor(unitInterval(`${model} ${prompt}`) * MOST_FILLER_SENTENCES);
  const sentences = [
    'Simulated answer: it was made by the embedded promptgrid gateway, and no model was asked.',
    `The request named ${model}; its last user message has ${prompt.length} characters.`,
    ...Array.from({ length: fillers }, (_, index) => `Sentence ${index + 1} of ${fillers} only gives it a length.`),
  ];
  const content = sentences.join(' ');
  return { content, calls: {}, finishReason: 'stop', promptTokens: null, completionTokens: null };
}

/** A made-up answer that is JSON. */
export function jsonAnswer(value: JsonValue): Answer {
  return {
    content: JSON.stringify(value),
    calls: {},
    finishReason: 'stop',
    promptTokens: null,
    completionTokens: null,
  };
}
