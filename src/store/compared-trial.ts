import { hash } from 'node:crypto';
import type { VariantName } from '../core/comparison.ts';
import { ResultsError } from '../core/errors.ts';
import { givenText, type JsonObject, numberOf, textOf, textOr } from '../core/json.ts';
import { CUT_KEY } from './saved-changes.ts';
import { storedCost, storedCount, storedScore, storedStatus } from './stored-cells.ts';

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
 * @throws ResultsError if a record is not a result, or has a status, score, cost or count that is none
 */
export function readComparedTrial(
  value: JsonObject,
  scoreColumns: readonly string[],
  place: TrialPlace,
): ComparedTrial {
  const { prompt, model, temperature, label } = value;
  const isCached = value['cached'] === true;
  if (typeof prompt !== 'string' || typeof model !== 'string') throw noResult(place);
  const status = value['status'] === undefined ? 'completed' : storedStatus(value, place);
  const isAnswered = status === 'completed';
  // Written field by field, without spreads: this runs once per trial.
  return {
    variant: { prompt, model, label: givenText(label), temperature: numberOf(temperature) },
    repeat: storedCount(value, 'repeat', place) ?? 1,
    status,
    scores: scoreColumns.map((column) => (isAnswered ? storedScore(value, column, place) : null)),
    passed: isAnswered && typeof value['passed'] === 'boolean' ? value['passed'] : null,
    tokens: isAnswered ? tokensOf(value, place) : null,
    cost: isAnswered && !isCached ? storedCost(value, 'total_cost', place) : null,
    currency: textOf(value['currency']) ?? place.currency,
    latencyMs: isAnswered && !isCached ? storedCount(value, 'latency_ms', place) : null,
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

function tokensOf(value: JsonObject, place: TrialPlace): number | null {
  const prompt = storedCount(value, 'prompt_tokens', place);
  const completion = storedCount(value, 'completion_tokens', place);
  const total = storedCount(value, 'total_tokens', place);
  return total ?? (prompt === null || completion === null ? null : prompt + completion);
}

function noResult({ file, line }: TrialPlace): ResultsError {
  return new ResultsError({ file, line }, 'is not a result: it needs row_id, prompt and model', {
    hint: 'name files that promptgrid wrote; the run command writes them again from the journal',
  });
}
