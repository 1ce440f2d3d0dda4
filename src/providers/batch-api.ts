import type { BatchInput, BatchLimits, BatchStatus } from '../core/batch.ts';
import type { JsonObject, JsonValue } from '../core/json.ts';
import { saysAnything } from './error-in.ts';

/** A body that is sent piece by piece. */
export interface StreamedBody {
  readonly contentType: string;
  /** Its exact length. */
  readonly bytes: number;
  readonly pieces: AsyncIterable<string>;
  /** Besides those of every request, names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks an API where a file is to be sent. */
export interface UploadOpening {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** The header of its answer that has the address. */
  readonly addressIn: string;
}

/** Where a request goes: behind the address, or from the root of its server. */
export type BatchPath = string | { readonly fromRoot: string };

/** Requests to the API of batches, with address, key and headers. Each throws CallError unless the answer is JSON. */
export interface BatchClient {
  /** Path of the address, without a slash at its end. */
  readonly basePath: string;
  readonly get: (path: BatchPath, signal: AbortSignal) => Promise<JsonObject>;
  readonly post: (path: BatchPath, body: JsonObject, signal: AbortSignal) => Promise<JsonObject>;
  readonly upload: (path: BatchPath, body: StreamedBody, signal: AbortSignal) => Promise<JsonObject>;
  /** @returns path and query of the address in the answer. Its server is not used: the key stays where it was given */
  readonly openUpload: (path: BatchPath, opening: UploadOpening, signal: AbortSignal) => Promise<BatchPath>;
  /** Removes what is at a path. An answer without a body is fine. */
  readonly remove: (path: BatchPath, signal: AbortSignal) => Promise<void>;
}

/** What the line of a result says: an answer's body, an error with its HTTP status, or that nothing was done. */
export type LineOutcome =
  | { readonly kind: 'answered'; readonly body: JsonObject }
  | { readonly kind: 'failed'; readonly httpStatus: number; readonly body: unknown }
  | { readonly kind: 'open' };

/** What a line with an answer says. @param error of the line, which counts as one within the answer does */
export function answered(body: JsonObject, error: JsonValue | undefined): LineOutcome {
  return { kind: 'answered', body: error !== undefined && saysAnything(error) ? { ...body, error } : body };
}

/** How an API takes requests in batches: all differences between the APIs. Everything but its calls is pure. */
export interface BatchApi {
  readonly limits: BatchLimits;
  /** Price of a request in a batch, in percent of its usual price. */
  readonly pricePercent: number;
  /** The same of prompt tokens that are read from the provider's cache. */
  readonly cachedPricePercent: number;
  /** How long it keeps results, in words; null if it does not say. */
  readonly keepsResultsFor: string | null;
  /** True if its batches keep our own id. */
  readonly keepsIntent: boolean;
  /** True if a batch may have requests to several models. */
  readonly mixesModels: boolean;
  /** @param body JSON text of the request */
  readonly line: (customId: string, body: string) => string;
  readonly submit: (client: BatchClient, input: BatchInput, signal: AbortSignal) => Promise<BatchStatus>;
  readonly status: (client: BatchClient, id: string, signal: AbortSignal) => Promise<BatchStatus>;
  readonly list: (client: BatchClient, sinceMs: number, signal: AbortSignal) => Promise<readonly BatchStatus[]>;
  readonly cancel: (client: BatchClient, id: string, signal: AbortSignal) => Promise<void>;
  /** One line of the results; null if it is none. */
  readonly readLine: (line: JsonObject) => { readonly customId: string; readonly outcome: LineOutcome } | null;
}
