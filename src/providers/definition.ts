import type { JsonObject } from '../core/json.ts';
import type { ModelInfo } from '../core/provider.ts';
import type { Cost } from '../core/usage.ts';
import type { BatchApi } from './batch-api.ts';
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

/** What requests need of the account besides the key. */
export interface AccountWord {
  /** Its key in a section of promptgrid.yaml. */
  readonly name: 'folder' | 'scope';
  /** Environment variable that holds it, unless the section does. */
  readonly variable: string;
  /** Used if neither has one; null if it must be given. */
  readonly fallback: string | null;
  /** Headers of every request, names in lower case. */
  readonly headers: (word: string) => Readonly<Record<string, string>>;
  /** A model's id as requests take it. */
  readonly modelId: (model: string, word: string) => string;
}

/** An access token, which replaces the key in requests. */
export interface AccessToken {
  readonly token: string;
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

/** How a key is exchanged for access tokens that expire. */
export interface TokenScheme {
  /** The provider's own address for it. */
  readonly url: string;
  /** @param word the account's word */
  readonly request: (
    key: string,
    word: string,
  ) => { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** The token of an answer; null if it has none. */
  readonly read: (answer: JsonObject) => AccessToken | null;
  /** What to check if a token is refused, one clause. */
  readonly hint: string;
}

/** All differences between providers. */
export interface ProviderDefinition {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Address up to and including `/v1`; null if the user must give it. */
  readonly baseUrl: string | null;
  /** An address as people write it, for hints; only used without an address of its own. */
  readonly addressExample: string;
  /** Environment variable that holds the key. */
  readonly keyVariable: string;
  /** False for servers that usually need no key, wherever they are. */
  readonly needsKey: boolean;
  readonly auth: AuthScheme;
  /** How the key is exchanged for access tokens; null if requests carry the key itself. */
  readonly tokens: TokenScheme | null;
  /** null if the key says everything about the account. */
  readonly account: AccountWord | null;
  /** The form of its requests and answers. */
  readonly wire: Wire;
  /** Sent with every request, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 4217 code of the account's currency; null if unknown. */
  readonly currency: string | null;
  /** True if prompt tokens from the provider's cache cost nothing, so that a price needs no rate for them. */
  readonly hasFreeCache: boolean;
  /** Range of `temperature`, both ends included. */
  readonly temperature: { readonly min: number; readonly max: number };
  /** Documented maximum of `max_tokens`; a higher value only causes a warning. null if there is none. */
  readonly documentedMaxTokens: number | null;
  /** True if it takes the limit of reasoning models' answers as `max_completion_tokens` only. */
  readonly limitsCompletion: boolean;
  /** `max_tokens` of a request that sets no bound, for an API that requires one; absent if it does not. */
  readonly defaultMaxTokens?: number;
  /** How it takes requests in batches; absent if it does not. */
  readonly batches?: BatchApi;
  /**
   * Its id in the packaged table of prices; absent if that is its name. null if that table must not be used, because a
   * model's id does not say which model it is.
   */
  readonly priceTableId?: string | null;
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
  /** The entry of a list that a request for this model is answered by, if not that with its id. */
  readonly findListed?: (models: readonly ModelInfo[], model: string) => ModelInfo | undefined;
}

/** What usage and cost of an answer are read by. */
export type BillReader = Pick<ProviderDefinition, 'readCost' | 'currency'>;

/** What an answer is read by. */
export type AnswerReader = BillReader & Pick<ProviderDefinition, 'wire'>;

/** What is asked about any provider, an API or a program. */
export type ProviderTraits = Pick<
  ProviderDefinition,
  'currency' | 'hasBalance' | 'hasFreeCache' | 'wire' | 'defaultMaxTokens' | 'batches' | 'priceTableId' | 'findListed'
>;

/** What most OpenAI-compatible endpoints have in common. */
export const OPENAI_SHAPE = {
  addressExample: 'http://127.0.0.1:8000/v1',
  needsKey: true,
  auth: 'bearer',
  tokens: null,
  account: null,
  hasFreeCache: false,
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
  const { wire, headers, tokens, account, readModelId } = OPENAI_SHAPE;
  const { batches: _none, ...others } = definition;
  return { ...others, wire, headers, tokens, account, readModelId };
}
