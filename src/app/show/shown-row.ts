import { type JsonObject, type JsonValue, numberOf, textOf, textOr } from '../../core/json.ts';
import { parseDecimal } from '../../core/money.ts';
import type { Row } from '../../core/row.ts';
import type { ShownAnswer, ShownQuestion, ShownScore } from '../../core/shown-row.ts';
import { jsonText } from '../../core/written-json.ts';
import type { StoredVariant } from '../../store/stored-variants.ts';
import type { StoredQuestions } from '../report/row-question.ts';

/** The answer of a trial from its record in a result file. @param scorers names of those with a column */
export function shownAnswer(cells: JsonObject, variant: StoredVariant, scorers: readonly string[]): ShownAnswer {
  const status = statusOf(cells['status']);
  const isAnswered = status === 'completed';
  const { passed } = cells;
  return {
    prompt: variant.prompt.name,
    model: variant.model.model,
    label: variant.label,
    provider: variant.model.provider,
    temperature: variant.temperature,
    repeat: numberOf(cells['repeat']) ?? 1,
    status,
    output: isAnswered ? textOr(cells['output'], '') : null,
    thoughts: textOf(cells['reasoning']),
    finishReason: textOf(cells['finish_reason']),
    passed: isAnswered && typeof passed === 'boolean' ? passed : null,
    scores: isAnswered ? scorers.map((name) => scoreOf(cells, name)) : [],
    tokens: { prompt: numberOf(cells['prompt_tokens']), completion: numberOf(cells['completion_tokens']) },
    cost: costOf(cells),
    latencyMs: numberOf(cells['latency_ms']),
    attempts: numberOf(cells['attempts']),
    cached: cells['cached'] === true,
    error: isAnswered
      ? null
      : { code: textOr(cells['error_code'], status), message: textOr(cells['error_message'], '') },
  };
}

function statusOf(value: JsonValue | undefined): ShownAnswer['status'] {
  return value === 'completed' || value === 'skipped' ? value : 'errored';
}

function scoreOf(cells: JsonObject, name: string): ShownScore {
  return { name, value: numberOf(cells[`score.${name}`]), explanation: textOf(cells[`reason.${name}`]) };
}

function costOf({ total_cost: total, currency }: JsonObject): ShownAnswer['cost'] {
  const isAmount = typeof total === 'string' || typeof total === 'number';
  if (!isAmount || parseDecimal(total) === null || typeof currency !== 'string') return null;
  return { total: String(total), currency };
}

/** What the prompts of some answers asked of a row: one entry for all that ask the same. */
export function shownQuestions(
  row: Row,
  prompts: readonly string[],
  questions: StoredQuestions,
): readonly ShownQuestion[] {
  const found = new Map<string, { prompts: string[]; messages: ShownQuestion['messages'] }>();
  for (const prompt of new Set(prompts)) {
    const messages = questions.messages(prompt, row);
    if (messages === null) continue;
    const key = jsonText(messages);
    const same = found.get(key);
    if (same === undefined) found.set(key, { prompts: [prompt], messages });
    else same.prompts.push(prompt);
  }
  return [...found.values()];
}
