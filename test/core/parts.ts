import type { OccurrenceCounter } from '../../src/core/plan.ts';
import type { Message, Prompt } from '../../src/core/prompt.ts';
import type { CompletedResult, ErroredResult, SkippedResult, TrialKey } from '../../src/core/result.ts';
import { columnText, type Row } from '../../src/core/row.ts';
import { UNKNOWN_COST } from '../../src/core/usage.ts';
import type { Variant } from '../../src/core/variant.ts';

/** A row without an id of its own. */
export function row(vars: Row['vars'], position = 1): Row {
  return { id: String(position), hasOwnId: false, vars, line: position + 1 };
}

/** A row with an id of its own. */
export function rowWithId(id: string, vars: Row['vars'], position = 1): Row {
  return { id, hasOwnId: true, vars: { id, ...vars }, line: position + 1 };
}

/** A prompt that says what a row's column `q` says. */
export function prompt(name = 'p1', text: (row: Row) => string = ({ vars }) => columnText(vars['q'])): Prompt {
  const render = (from: Row): readonly Message[] => [{ role: 'user', content: text(from) }];
  return { name, template: '{{ q }}', variables: ['q'], render };
}

/** A column of a grid of one. */
export function variant(fields: Partial<Variant> = {}): Variant {
  return {
    index: 0,
    prompt: prompt(),
    model: { provider: 'gptunnel', model: 'gpt-4o' },
    temperature: 0,
    params: {},
    ...fields,
  };
}

/** Counts in a Map. */
export function counter(): OccurrenceCounter {
  const counts = new Map<string, number>();
  return {
    next(digest) {
      const count = counts.get(digest) ?? 0;
      counts.set(digest, count + 1);
      return count;
    },
  };
}

const PLACE: TrialKey = {
  trialId: '0123456789abcdef0123',
  rowId: 'q1',
  prompt: 'p1',
  model: 'gpt-4o',
  provider: 'gptunnel',
  temperature: 0.5,
  repeat: 1,
};

const MADE = { latencyMs: 340, attempts: 2, at: '2026-01-02T03:04:05.000Z' };

/** A completed trial of 10 + 2 tokens whose cost is not known. */
export function completed(
  completion: Partial<CompletedResult['completion']> = {},
  fields: Partial<Omit<CompletedResult, 'status' | 'completion'>> = {},
): CompletedResult {
  return {
    ...PLACE,
    ...MADE,
    status: 'completed',
    cached: false,
    completion: {
      id: 'chatcmpl-1',
      output: 'Paris',
      finishReason: 'stop',
      usage: { promptTokens: 10, completionTokens: 2, totalTokens: 12, cachedPromptTokens: null },
      cost: UNKNOWN_COST,
      simulated: false,
      ...completion,
    },
    ...fields,
  };
}

/** A trial that timed out. */
export function errored(fields: Partial<Omit<ErroredResult, 'status'>> = {}): ErroredResult {
  return { ...PLACE, ...MADE, status: 'errored', errorCode: 'timeout', errorMessage: 'no answer in time', ...fields };
}

/** A trial that was not asked. */
export function skipped(): SkippedResult {
  return { ...PLACE, latencyMs: 0, attempts: 0, at: MADE.at, status: 'skipped', reason: 'the budget is used up' };
}
