import { amountOrNull, decimalOrNull } from '../core/completion-record.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  numberOf,
  parseJson,
  textOf,
} from '../core/json.ts';
import type { Picounits } from '../core/money.ts';
import { sealJson, sealOf } from '../io/sealed-line.ts';

/** A request of a batch: what its result is made from, besides the answer. */
export interface BatchedTrial {
  /** The trial's id, which is the request's id too. */
  readonly trialId: string;
  readonly rowId: string;
  /** Place of its variant in the grid. */
  readonly variant: number;
  /** From 1. */
  readonly repeat: number;
  /** Where its answer is cached; null if it is not. */
  readonly cacheKey: string | null;
  /** The most that it may cost; null if nothing bounds it. */
  readonly most: Picounits | null;
}

/** A batch that was or may have been bought. */
export interface BatchIntent {
  /** Our own id of it. */
  readonly intent: string;
  /** Name of the provider in the run. */
  readonly provider: string;
  readonly requests: number;
  /** The most that it may cost; null if nothing bounds it. */
  readonly most: Picounits | null;
  /** ISO 4217 code; empty if it is unknown. */
  readonly currency: string;
  /** When it was written, ISO 8601. */
  readonly at: string;
}

/**
 * How a batch ended for this run: its results are in the journal, the API took none of it, it was never created, or what
 * is missing of its results counts as lost.
 */
export type BatchEnd = (typeof BATCH_ENDS)[number];

const BATCH_ENDS = ['collected', 'refused', 'never created', 'given up'] as const;

/** A line of batches.jsonl. */
export type BatchLine =
  /** Some requests of the batch whose intent follows. */
  | { readonly kind: 'requests'; readonly intent: string; readonly trials: readonly BatchedTrial[] }
  /** The batch is about to be created. */
  | ({ readonly kind: 'intent' } & BatchIntent)
  /** The API has created it. */
  | { readonly kind: 'created'; readonly intent: string; readonly id: string }
  | { readonly kind: 'over'; readonly intent: string; readonly end: BatchEnd };

/** The line's text, with its checksum and `\n`. */
export function batchLine(line: BatchLine): string {
  return `${sealJson(JSON.stringify(recordOf(line)))}\n`;
}

function recordOf(line: BatchLine): JsonObject {
  switch (line.kind) {
    case 'requests':
      return {
        requests_of: line.intent,
        trials: line.trials.map(({ trialId, rowId, variant, repeat, cacheKey, most }) => [
          trialId,
          rowId,
          variant,
          repeat,
          cacheKey,
          decimalOrNull(most),
        ]),
      };
    case 'intent': {
      const { intent, provider, requests, most, currency, at } = line;
      return { intent, provider, requests, most_cost: decimalOrNull(most), currency, at };
    }
    case 'created':
      return { created: line.intent, id: line.id };
    case 'over':
      return { over: line.intent, as: line.end };
  }
}

/** Parses a line; null if it is damaged or not ours. */
export function parseBatchLine(text: string): BatchLine | null {
  const value = sealOf(text) === 'sound' ? parseJson(text) : undefined;
  if (!isJsonObject(value)) return null;
  const { requests_of: requestsOf, intent, created, over } = value;
  if (typeof requestsOf === 'string') {
    return { kind: 'requests', intent: requestsOf, trials: listOf(value['trials']).flatMap(readTrial) };
  }
  if (typeof created === 'string') return { kind: 'created', intent: created, id: textOf(value['id']) ?? '' };
  if (typeof over === 'string') {
    const end = BATCH_ENDS.find((each) => each === value['as']);
    return end === undefined ? null : { kind: 'over', intent: over, end };
  }
  if (typeof intent !== 'string') return null;
  return {
    kind: 'intent',
    intent,
    provider: textOf(value['provider']) ?? '',
    requests: numberOf(value['requests']) ?? 0,
    most: amountOrNull(value['most_cost']),
    currency: textOf(value['currency']) ?? '',
    at: textOf(value['at']) ?? '',
  };
}

function readTrial(value: JsonValue): readonly BatchedTrial[] {
  if (!isJsonArray(value)) return [];
  const [trialId, rowId, variant, repeat, cacheKey, most] = value;
  if (typeof trialId !== 'string' || typeof rowId !== 'string') return [];
  if (typeof variant !== 'number' || typeof repeat !== 'number') return [];
  return [{ trialId, rowId, variant, repeat, cacheKey: textOf(cacheKey), most: amountOrNull(most) }];
}
