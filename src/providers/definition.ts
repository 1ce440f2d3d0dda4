import type { JsonObject } from '../core/json.ts';
import type { ModelInfo } from '../core/provider.ts';
import type { Cost } from '../core/usage.ts';
import { readLine } from './read.ts';
import { CHAT_WIRE, type Wire } from './wire.ts';

/** Every way to send a key: in Authorization after a word or bare, or in a header of its own. */
export const AUTH_SCHEMES = ['bare', 'bearer', 'api-key', 'x-api-key', 'x-goog-api-key', 'api-key-scheme'] as const;

/**
 * How the key is sent. `bearer`: `Authorization: Bearer <key>`, `bare`: `Authorization: <key>`, `api-key-scheme`:
 * `Authorization: Api-Key <key>`; the others are the names of headers.
 */
export type AuthScheme = (typeof AUTH_SCHEMES)[number];

/** The header that carries a key. */
export function keyHeader(scheme: AuthScheme, key: string): readonly [name: string, value: string] {
  switch (scheme) {
    case 'bare':
      return ['authorization', key];
    case 'bearer':
      return ['authorization', `Bearer ${key}`];
    case 'api-key-scheme':
      return ['authorization', `Api-Key ${key}`];
    case 'api-key':
    case 'x-api-key':
    case 'x-goog-api-key':
      return [scheme, key];
  }
}

/** All differences between providers. */
export interface ProviderDefinition {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Address up to and including `/v1`; null if the user must give it. */
  readonly baseUrl: string | null;
  /** Environment variable that holds the key. */
  readonly keyVariable: string;
  readonly auth: AuthScheme;
  /** The form of its requests and answers. */
  readonly wire: Wire;
  /** Sent with every request, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 4217 code of the account's currency; null if unknown. */
  readonly currency: string | null;
  /** Range of `temperature`, both ends included. */
  readonly temperature: { readonly min: number; readonly max: number };
  /** Documented maximum of `max_tokens`; a higher value only causes a warning. null if there is none. */
  readonly documentedMaxTokens: number | null;
  /** True if it takes the limit of reasoning models' answers as `max_completion_tokens` only. */
  readonly limitsCompletion: boolean;
  /** `max_tokens` of a request that sets no bound, for an API that requires one; absent if it does not. */
  readonly defaultMaxTokens?: number;
  /** Its id in the packaged table of prices; absent if that is its name. */
  readonly priceTableId?: string;
  /** True if model ids themselves contain `/`. */
  readonly modelIdsHaveSlashes: boolean;
  /** True if GET /balance returns the remaining balance. */
  readonly hasBalance: boolean;
  /** The cost reported in an answer's `usage`; null if none is. */
  readonly readCost: (usage: JsonObject) => Cost | null;
  /** The id of an entry of the list of models, as a request takes it; null if it has none. */
  readonly readModelId: (entry: JsonObject) => string | null;
  /** One entry of the list of models. @param date when the list was read, ISO 8601 */
  readonly readModel: (entry: JsonObject, date: string) => Omit<ModelInfo, 'id'>;
}

/** What most OpenAI-compatible endpoints have in common. */
export const OPENAI_SHAPE = {
  auth: 'bearer',
  wire: CHAT_WIRE,
  headers: {},
  temperature: { min: 0, max: 2 },
  documentedMaxTokens: null,
  limitsCompletion: false,
  hasBalance: false,
  readCost: () => null,
  readModelId: (entry) => readLine(entry['id']),
  readModel: () => ({ title: null, maxCapacity: null, price: null }),
} as const satisfies Partial<ProviderDefinition>;

/** A provider as promptgrid's own gateway answers for it: OpenAI's chat completions, with the costs of the provider. */
export function simulated(definition: ProviderDefinition): ProviderDefinition {
  const { wire, headers, readModelId } = OPENAI_SHAPE;
  return { ...definition, wire, headers, readModelId };
}
