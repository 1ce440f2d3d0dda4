import type { JsonObject } from '../core/json.ts';
import type { ModelInfo } from '../core/provider.ts';
import type { Cost } from '../core/usage.ts';

/** How the key is sent: `Authorization: Bearer <key>` or `Authorization: <key>`. */
export type AuthScheme = 'bearer' | 'bare';

/** All differences between OpenAI-compatible providers. */
export interface ProviderDefinition {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Address up to and including `/v1`; null if the user must give it. */
  readonly baseUrl: string | null;
  /** Environment variable that holds the key. */
  readonly keyVariable: string;
  readonly auth: AuthScheme;
  /** ISO 4217 code of the account's currency; null if unknown. */
  readonly currency: string | null;
  /** Range of `temperature`, both ends included. */
  readonly temperature: { readonly min: number; readonly max: number };
  /** Documented maximum of `max_tokens`; a higher value only causes a warning. null if there is none. */
  readonly documentedMaxTokens: number | null;
  /** True if model ids themselves contain `/`. */
  readonly modelIdsHaveSlashes: boolean;
  /** True if GET /balance returns the remaining balance. */
  readonly hasBalance: boolean;
  /** The cost reported in an answer's `usage`; null if none is. */
  readonly readCost: (usage: JsonObject) => Cost | null;
  /** One entry of GET /models. @param date when the list was read, ISO 8601 */
  readonly readModel: (entry: JsonObject, date: string) => Omit<ModelInfo, 'id'>;
}

/** What most OpenAI-compatible endpoints have in common. */
export const OPENAI_SHAPE = {
  auth: 'bearer',
  temperature: { min: 0, max: 2 },
  documentedMaxTokens: null,
  hasBalance: false,
  readCost: () => null,
  readModel: () => ({ title: null, maxCapacity: null, price: null }),
} as const satisfies Partial<ProviderDefinition>;
