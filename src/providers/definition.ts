import type { JsonObject } from '../core/json.ts';
import type { ModelInfo } from '../core/provider.ts';
import type { Cost } from '../core/usage.ts';

/** How the key is sent: `Authorization: Bearer <key>` or `Authorization: <key>`. */
export type AuthScheme = 'bearer' | 'bare';

/** Everything in which one OpenAI-compatible provider differs from another. */
export interface ProviderDefinition {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Address up to and with `/v1`; null where the user must give it. */
  readonly baseUrl: string | null;
  /** Environment variable that holds the key. */
  readonly keyVariable: string;
  readonly auth: AuthScheme;
  /** ISO 4217 code of what the account pays in; null where it is not known. */
  readonly currency: string | null;
  /** Range of `temperature`, both ends allowed. */
  readonly temperature: { readonly min: number; readonly max: number };
  /** Documented ceiling of `max_tokens`; more is only warned of. null where there is none. */
  readonly documentedMaxTokens: number | null;
  /** True where model ids themselves contain `/`. */
  readonly modelIdsHaveSlashes: boolean;
  /** True where GET /balance tells what is left. */
  readonly hasBalance: boolean;
  /** The cost that an answer's `usage` tells; null where it tells none. */
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
