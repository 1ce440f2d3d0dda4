import type { BatchInput, BatchLimits, BatchStatus } from '../core/batch.ts';
import type { JsonObject } from '../core/json.ts';

/** A body that is sent piece by piece. */
export interface StreamedBody {
  readonly contentType: string;
  /** Its exact length. */
  readonly bytes: number;
  readonly pieces: AsyncIterable<string>;
}

/** Requests to the API of batches, with address, key and headers. Each throws CallError unless the answer is JSON. */
export interface BatchClient {
  readonly get: (path: string, signal: AbortSignal) => Promise<JsonObject>;
  readonly post: (path: string, body: JsonObject, signal: AbortSignal) => Promise<JsonObject>;
  readonly upload: (path: string, body: StreamedBody, signal: AbortSignal) => Promise<JsonObject>;
}

/** What the line of a result says: an answer's body, an error with its HTTP status, or that nothing was done. */
export type LineOutcome =
  | { readonly kind: 'answered'; readonly body: JsonObject }
  | { readonly kind: 'failed'; readonly httpStatus: number; readonly body: unknown }
  | { readonly kind: 'open' };

/** How an API takes requests in batches: all differences between the APIs. Everything but its calls is pure. */
export interface BatchApi {
  readonly limits: BatchLimits;
  /** Price of a request in a batch, in percent of its usual price. */
  readonly pricePercent: number;
  /** True if its batches keep our own id. */
  readonly keepsIntent: boolean;
  /** @param body JSON text of the request */
  readonly line: (customId: string, body: string) => string;
  readonly submit: (client: BatchClient, input: BatchInput, signal: AbortSignal) => Promise<BatchStatus>;
  readonly status: (client: BatchClient, id: string, signal: AbortSignal) => Promise<BatchStatus>;
  readonly list: (client: BatchClient, sinceMs: number, signal: AbortSignal) => Promise<readonly BatchStatus[]>;
  /** One line of the results; null if it is none. */
  readonly readLine: (line: JsonObject) => { readonly customId: string; readonly outcome: LineOutcome } | null;
}
