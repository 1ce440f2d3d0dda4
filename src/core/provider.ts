import type { BatchAnswer, BatchInput, BatchLimits, BatchStatus, StrayLine } from './batch.ts';
import type { Completion } from './completion.ts';
import type { JsonObject } from './json.ts';
import type { Picounits } from './money.ts';
import type { Price } from './price.ts';
import type { Message } from './prompt.ts';

/** A request for one completion. */
export interface CompletionRequest {
  /** The id as the API takes it. */
  readonly model: string;
  readonly messages: readonly Message[];
  /** The JSON text of `messages`, if the caller has it. */
  readonly messagesJson?: string | undefined;
  /** null leaves the field out. */
  readonly temperature: number | null;
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
}

/** A request for the embedding of a text. */
export interface EmbeddingRequest {
  /** The id as the API takes it. */
  readonly model: string;
  readonly text: string;
  /** Other request fields, as the API names them. */
  readonly params: JsonObject;
}

/** A model that a provider offers. */
export interface ModelInfo {
  readonly id: string;
  readonly title: string | null;
  /** Maximum of prompt and completion tokens together; null if the provider does not say. */
  readonly maxCapacity: number | null;
  /** Maximum of completion tokens; absent or null if the provider does not say. */
  readonly maxCompletion?: number | null | undefined;
  /** null if the provider does not say. */
  readonly price: Price | null;
  /**
   * The content of the provider's list in place of a price (`prompt -1`), if it is not a price; absent if it has a
   * price or nothing.
   */
  readonly unusablePrice?: string | undefined;
  /** Names of the request fields that it takes; absent if the provider does not say. */
  readonly takes?: readonly string[] | undefined;
}

/** Remaining balance of an account. */
export interface Balance {
  readonly orgId: string | null;
  readonly balance: Picounits;
  /** How far below zero the account may go; null if the provider does not say. */
  readonly creditLimit: Picounits | null;
  readonly currency: string;
}

/** What the answer to a request of a batch is read with; undefined for one that is not ours. */
export type AskedOf = (customId: string) => Pick<CompletionRequest, 'model' | 'params'> | undefined;

/** The batches of one endpoint. Every method throws CallError if the endpoint gives no usable answer. */
export interface Batches {
  readonly limits: BatchLimits;
  /** How long results are kept, in words; null if the provider does not say. */
  readonly keepsResultsFor: string | null;
  /** True if its batches keep our own id. */
  readonly keepsIntent: boolean;
  /** True if a batch may have requests to several models. */
  readonly mixesModels: boolean;
  /** The line of a request. @param customId 1 to 64 of `A-Za-z0-9_-` */
  line(customId: string, request: CompletionRequest): string;
  submit(input: BatchInput, signal: AbortSignal): Promise<BatchStatus>;
  status(id: string, signal: AbortSignal): Promise<BatchStatus>;
  /** The batches that were created since then. @param sinceMs milliseconds since the epoch */
  list(sinceMs: number, signal: AbortSignal): Promise<readonly BatchStatus[]>;
  /** Asks for the end of a batch that is running. What it has answered by then stays. */
  cancel(id: string, signal: AbortSignal): Promise<void>;
  /** Removes the files that the API keeps for a batch. They are gone for good. */
  removeFiles(batch: BatchStatus, signal: AbortSignal): Promise<void>;
  /** What the results of a batch that is over say, line by line, in any order. */
  results(batch: BatchStatus, asked: AskedOf, signal: AbortSignal): AsyncIterable<BatchAnswer | StrayLine>;
}

/** A transport to one endpoint with one key. Every method throws CallError if the endpoint gives no usable answer. */
export interface Provider {
  /** Its name in the run; see `ModelRef`. */
  readonly name: string;
  /** The name of its definition, which is its name too unless the user gave it another. */
  readonly kind: string;
  /** False if its API makes no embeddings, or none that promptgrid reads. */
  readonly hasEmbeddings: boolean;
  /** Address up to and including `/v1`, without a key and without a query. */
  readonly endpoint: string;
  /**
   * What distinguishes its answers from those of others: the address, and parts of headers and query that may change an
   * answer, but no secret. If there is only the address, it equals `endpoint`.
   */
  readonly identity: string;
  complete(request: CompletionRequest, signal: AbortSignal): Promise<Completion>;
  /** The output is the vector, as `vectorText` writes it; there are no completion tokens. */
  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<Completion>;
  models(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  balance(signal: AbortSignal): Promise<Balance>;
  /** How it takes requests in batches; absent if it does not. */
  readonly batches?: Batches | undefined;
  /** Closes open connections. */
  close(): Promise<void>;
}
