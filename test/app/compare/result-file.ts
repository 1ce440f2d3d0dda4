import type { JsonObject, JsonValue } from '../../../src/core/json.ts';

/** A trial of a result file; omitted fields have usual values. */
export interface GivenTrial {
  readonly row: string;
  readonly prompt?: string;
  readonly model?: string;
  readonly repeat?: number;
  /** By scorer; null could not be scored. */
  readonly scores?: Readonly<Record<string, number | null>>;
  /** Kind of the error; such a trial has no answer. */
  readonly error?: string;
  /** True for a trial that was skipped. */
  readonly isSkipped?: boolean;
  readonly output?: string;
  readonly cost?: string | null;
  readonly currency?: string;
  readonly tokens?: number;
  readonly latencyMs?: number;
  readonly isCached?: boolean;
  /** The dataset's columns besides id. */
  readonly columns?: Readonly<Record<string, JsonValue>>;
  /** False leaves the dataset without ids. */
  readonly hasId?: boolean;
}

/** Columns and values of a trial as in results.jsonl. */
export function resultRecord(trial: GivenTrial): JsonObject {
  const { row, prompt = 'prompt', model = 'gpt-4o', repeat = 1, scores = { exact: 1 }, error, hasId = true } = trial;
  const { columns = { prompt: `What is ${row}?` }, cost = '0.01', currency = 'RUB', tokens = 20 } = trial;
  const isSkipped = trial.isSkipped === true;
  const isAnswered = error === undefined && !isSkipped;
  const judged = Object.values(scores).filter((score) => score !== null);
  const answered = (value: JsonValue): JsonValue => (isAnswered ? value : null);
  return {
    trial_id: `${row}-${prompt}-${model}-${repeat}`,
    row_id: row,
    ...(hasId ? { 'row.id': row } : {}),
    ...Object.fromEntries(Object.entries(columns).map(([name, value]) => [`row.${name}`, value])),
    prompt,
    model,
    temperature: 0,
    repeat,
    status: isSkipped ? 'skipped' : isAnswered ? 'completed' : 'errored',
    output: answered(trial.output ?? `answer to ${row} by ${JSON.stringify(scores)}`),
    finish_reason: answered('stop'),
    prompt_tokens: answered(tokens - 5),
    completion_tokens: answered(5),
    total_tokens: answered(tokens),
    prompt_cost: null,
    completion_cost: null,
    total_cost: answered(cost),
    currency: answered(currency),
    cost_source: answered('provider'),
    latency_ms: trial.latencyMs ?? 100,
    attempts: 1,
    cached: trial.isCached === true,
    ...Object.fromEntries(Object.entries(scores).map(([name, score]) => [`score.${name}`, answered(score)])),
    passed: isAnswered && judged.length > 0 ? judged.every((score) => score >= 1) : null,
    error_code: error ?? null,
    error_message: error === undefined ? null : 'HTTP 429',
    response_id: answered('x'),
  };
}

/** The text of a results.jsonl. */
export function resultsJsonl(trials: readonly GivenTrial[]): string {
  return trials.map((trial) => `${JSON.stringify(resultRecord(trial))}\n`).join('');
}

/** This many rows, of which the first `passed` pass by `exact`. */
export function passing(rows: number, passed: number, more: Partial<GivenTrial> = {}): readonly GivenTrial[] {
  return Array.from({ length: rows }, (_, index) => ({
    row: `r${index + 1}`,
    scores: { exact: index < passed ? 1 : 0 },
    ...more,
  }));
}
