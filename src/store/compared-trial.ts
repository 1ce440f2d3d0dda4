import { hash } from 'node:crypto';
import type { VariantName } from '../core/comparison.ts';
import { ResultsError } from '../core/errors.ts';
import { givenText, type JsonObject, type JsonValue, numberOf, textOf, textOr } from '../core/json.ts';
import { CUT_KEY } from './saved-changes.ts';
import { storedScore } from './stored-score.ts';

/** What a comparison needs from a trial. */
export interface ComparedTrial {
  readonly variant: VariantName;
  /** From 1. */
  readonly repeat: number;
  readonly status: 'completed' | 'errored' | 'skipped';
  /** By the requested scorers; null if the answer could not be scored. */
  readonly scores: readonly (number | null)[];
  /** null if nothing could be scored. */
  readonly passed: boolean | null;
  readonly tokens: number | null;
  /** Its cost; null if unknown, and for a cached answer. */
  readonly cost: number | null;
  readonly currency: string | null;
  /** null if it was not stored, and for a cached answer. */
  readonly latencyMs: number | null;
  /** True for an answer from the response cache, which cost nothing and took no time. */
  readonly isCached: boolean;
  readonly errorCode: string | null;
  /** 52 bits of the answer's digest; 0 if there is no answer, NaN if it is not known whole. */
  readonly answer: number;
}

/** The columns that `readComparedTrial` reads, besides those of the scorers. */
export const COMPARED_COLUMNS: readonly string[] = [
  'prompt',
  'model',
  'temperature',
  'repeat',
  'status',
  'output',
  'answer',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'total_cost',
  'currency',
  'latency_ms',
  'cached',
  'passed',
  'error_code',
  'label',
];

/**
 * Parses the cells of a record. A record without a status comes from a baseline, which omits the usual values.
 * @param scoreColumns columns of the requested scorers, `score.<name>`
 * @throws ResultsError if a record is not a result, or has a score that is none
 */
export function readComparedTrial(
  value: JsonObject,
  scoreColumns: readonly string[],
  place: TrialPlace,
): ComparedTrial {
  const { prompt, model, temperature, label, status = 'completed' } = value;
  const isCached = value['cached'] === true;
  if (typeof prompt !== 'string' || typeof model !== 'string' || !isStatus(status)) throw noResult(place);
  const isAnswered = status === 'completed';
  // Written field by field, without spreads: this runs once per trial.
  return {
    variant: { prompt, model, label: givenText(label), temperature: numberOf(temperature) },
    repeat: numberOf(value['repeat']) ?? 1,
    status,
    scores: scoreColumns.map((column) => (isAnswered ? storedScore(value, column, place) : null)),
    passed: isAnswered && typeof value['passed'] === 'boolean' ? value['passed'] : null,
    tokens: isAnswered ? tokensOf(value) : null,
    cost: isAnswered && !isCached ? costOf(value['total_cost']) : null,
    currency: textOf(value['currency']) ?? place.currency,
    latencyMs: isAnswered && !isCached ? numberOf(value['latency_ms']) : null,
    isCached: isAnswered && isCached,
    errorCode: textOf(value['error_code']),
    answer: isAnswered ? answerDigest(value) : 0,
  };
}

/** Where a record is, and what its file says about all records. */
export interface TrialPlace {
  readonly file: string;
  readonly line: number;
  readonly currency: string | null;
}

const DIGEST_HEX_DIGITS = 13;

/** The first 13 hexadecimal digits of an answer's SHA-256. */
export function answerKey(output: string): string {
  return hash('sha256', output, 'hex').slice(0, DIGEST_HEX_DIGITS);
}

function answerDigest(value: JsonObject): number {
  // Equal to no other, not even to itself.
  if (value[CUT_KEY] === true) return Number.NaN;
  const kept = value['answer'];
  return Number.parseInt(typeof kept === 'string' ? kept : answerKey(textOr(value['output'], '')), 16);
}

function isStatus(status: JsonValue | undefined): status is ComparedTrial['status'] {
  return status === 'completed' || status === 'errored' || status === 'skipped';
}

function tokensOf(value: JsonObject): number | null {
  const [prompt, completion] = [numberOf(value['prompt_tokens']), numberOf(value['completion_tokens'])];
  const sum = prompt === null || completion === null ? null : prompt + completion;
  return numberOf(value['total_tokens']) ?? sum;
}

/** An amount as a float, precise enough for comparisons. */
function costOf(total: JsonValue | undefined): number | null {
  return typeof total === 'string' && total !== '' ? numberOf(Number(total)) : null;
}

function noResult({ file, line }: TrialPlace): ResultsError {
  return new ResultsError({ file, line }, 'is not a result: it needs row_id, prompt and model', {
    hint: 'name files that promptgrid wrote; the run command writes them again from the journal',
  });
}
