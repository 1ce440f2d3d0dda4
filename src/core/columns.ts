import { type JsonValue, parseOutsideJson, TOO_DEEP } from './json.ts';
import { formatDecimal, type Picounits, withPoint } from './money.ts';
import type { CompletedResult, Result } from './result.ts';
import { isAtLeast } from './rounding.ts';
import { columnValue, type Row } from './row.ts';
import type { Score } from './scorer.ts';
import { Tally } from './totals.ts';
import { withWritten } from './written-json.ts';

/** A value in a result file; texts are verbatim, null is an empty cell. */
export type Cell = JsonValue;

/** A result with its row's data in the result files. */
export interface ScoredResult {
  readonly row: Row;
  readonly result: Result;
  /** One per scorer that applied, in the order of the run's scorers; empty if the trial did not complete. */
  readonly scores: readonly Score[];
  /** True if the request asked for an answer in JSON. */
  readonly isJson?: boolean | undefined;
}

/** Which columns the result files of a run have. */
export interface ColumnSet {
  /** The dataset's columns, in its order. */
  readonly dataset: readonly string[];
  /** Names of the scorers, in the run's order. */
  readonly scorers: readonly string[];
  /** Scorers whose explanations have a column. */
  readonly explained?: readonly string[] | undefined;
  /** Scorers that send requests to models. */
  readonly asking?: readonly string[] | undefined;
}

/** Column names of the result files, in order. */
export function resultColumns(set: ColumnSet): readonly string[] {
  return [
    'trial_id',
    'row_id',
    ...set.dataset.map((name) => `row.${name}`),
    'prompt',
    'model',
    'temperature',
    'repeat',
    'status',
    'output',
    'finish_reason',
    'prompt_tokens',
    'completion_tokens',
    'total_tokens',
    'prompt_cost',
    'completion_cost',
    'total_cost',
    'currency',
    'cost_source',
    'latency_ms',
    'attempts',
    'cached',
    ...set.scorers.map((name) => `score.${name}`),
    'passed',
    'error_code',
    'error_message',
    'response_id',
    ...(set.explained ?? []).map((name) => `reason.${name}`),
    ...(set.asking ?? []).flatMap((name) => JUDGE_FIELDS.map((field) => `judge.${name}.${field}`)),
    // New columns are added at the end, so that scripts that use column positions keep working.
    'reasoning_tokens',
    'cached_tokens',
    'ttft_ms',
    'label',
  ];
}

/** Keys that only results.jsonl has, after the columns, and only in lines of results that have a value for them. */
export const SPARSE_KEYS = ['reasoning', 'refusal', 'answered_model', 'logprobs', 'json'] as const;

const JUDGE_FIELDS = ['prompt_tokens', 'completion_tokens', 'cost', 'currency'] as const;

/** Values of one result, parallel to `resultColumns(set)`, followed by those of `SPARSE_KEYS` if it has any. */
export function resultCells(set: ColumnSet, { row, result, scores, isJson }: ScoredResult): readonly Cell[] {
  // Uses push instead of spread: this runs once per trial.
  const cells: Cell[] = [result.trialId, result.rowId];
  for (const name of set.dataset) cells.push(columnValue(row, name) ?? null);
  cells.push(result.prompt, result.model, result.temperature, result.repeat, result.status);
  if (result.status === 'completed') pushCompletion(cells, result);
  else cells.push(...NO_COMPLETION);
  cells.push(result.latencyMs, result.attempts, result.status === 'completed' && result.cached);
  for (const name of set.scorers) cells.push(scores.find((score) => score.name === name)?.value ?? null);
  cells.push(hasPassed(scores), ...reasonCells(result));
  cells.push(result.status === 'completed' ? result.completion.id : null);
  const find = (name: string): Score | undefined => scores.find((score) => score.name === name);
  for (const name of set.explained ?? []) cells.push(find(name)?.explanation ?? null);
  for (const name of set.asking ?? []) cells.push(...judgeCells(find(name)?.asked));
  if (result.status === 'completed') pushLater(cells, result, isJson === true ? jsonOf(result) : null);
  else cells.push(null, null, null, result.label ?? null);
  return cells;
}

/** Total spending of the calls for one score; empty if there were none, or a figure is unknown. */
function judgeCells(asked: readonly Result[] | undefined): readonly Cell[] {
  if (asked === undefined || asked.length === 0) return JUDGE_FIELDS.map(() => null);
  const tally = new Tally();
  for (const result of asked) tally.addSpent(result);
  const { tokens, unknownTokens, costs, unknownCosts } = tally.totals();
  const [cost] = unknownCosts === 0 && costs.length === 1 ? costs : [];
  const counted = unknownTokens === 0 ? [tokens.prompt, tokens.completion] : [null, null];
  return [...counted, cost === undefined ? null : withPoint(cost.total), cost?.currency ?? null];
}

const NO_COMPLETION: readonly Cell[] = Array.from({ length: 10 }, () => null);

function pushCompletion(cells: Cell[], { completion }: CompletedResult): void {
  const { usage, cost } = completion;
  cells.push(completion.output, completion.finishReason);
  cells.push(usage.promptTokens, usage.completionTokens, usage.totalTokens);
  cells.push(amount(cost.prompt), amount(cost.completion), amount(cost.total));
  cells.push(cost.currency, cost.source);
}

function pushLater(cells: Cell[], { completion, label }: CompletedResult, json: Cell): void {
  const { usage, ttftMs, reasoning, refusal, answeredModel, logprobs } = completion;
  cells.push(usage.reasoningTokens ?? null, usage.cachedPromptTokens, ttftMs ?? null, label ?? null);
  const sparse = [reasoning ?? null, refusal ?? null, answeredModel ?? null, logprobs ?? null, json];
  if (sparse.some((cell) => cell !== null)) cells.push(...sparse);
}

/** The value of an answer that is JSON as a whole; null for any other. */
function jsonOf({ completion: { output } }: CompletedResult): Cell {
  const value = parseOutsideJson(output);
  return value === undefined || value === TOO_DEEP ? null : withWritten(value, output);
}

function amount(picounits: Picounits | null): Cell {
  return picounits === null ? null : withPoint(formatDecimal(picounits));
}

function reasonCells(result: Result): readonly Cell[] {
  switch (result.status) {
    case 'completed':
      return [null, null];
    case 'errored':
      return [result.errorCode, result.errorMessage];
    case 'skipped':
      return ['skipped', result.reason];
  }
}

/**
 * Whether an answer passed: every score that could be scored reaches its threshold, and every other one still might.
 * @returns null if there are no scores, or none of them could be scored or is known to fail
 */
export function hasPassed(scores: readonly Score[]): boolean | null {
  if (scores.some(({ value, most = 1, threshold = 1 }) => value === null && !isAtLeast(most, threshold))) return false;
  const scored = scores.filter((score) => score.value !== null);
  return scored.length === 0 ? null : scored.every(reachesThreshold);
}

/** Whether a score reaches its threshold, which is 1 by default. False if it was not scored. */
export function reachesThreshold({ value, threshold = 1 }: Score): boolean {
  return value !== null && isAtLeast(value, threshold);
}
