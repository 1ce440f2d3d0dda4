import type { AuthScheme } from './definition.ts';
import type { ProxyRoute } from './route.ts';

/** How to reach one endpoint. */
export interface ProviderSettings {
  /** Name of the provider in the run; default that of its definition. */
  readonly name?: string | undefined;
  /** Address up to and including `/v1`; a query after it is sent with every request. */
  readonly baseUrl: string;
  /** null sends no Authorization header. */
  readonly apiKey: string | null;
  readonly auth: AuthScheme;
  /** Maximum number of connections. */
  readonly connections: number;
  /** Request the wallet's balance instead of the organisation's. */
  readonly useWalletBalance: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Monotonic milliseconds; default `now`. */
  readonly elapsedMs?: (() => number) | undefined;
  /** Sent with every request, replacing ours of the same name; names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Secrets besides the key that must not appear in anything shown or stored. */
  readonly secrets?: readonly string[] | undefined;
  /**
   * What distinguishes this endpoint's answers from those of others, besides the address without its query; default
   * nothing.
   */
  readonly distinction?: string | undefined;
  /** Request answers as event streams. */
  readonly isStreaming?: boolean | undefined;
  /** False sends requests as they are, whatever is known of their models; default true. */
  readonly knowsModels?: boolean | undefined;
  /** Receives what is learned about models from refusals, one line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Default: none. */
  readonly proxy?: ProxyRoute | null | undefined;
  /** Certificates that are trusted besides the machine's own, as PEM texts; default none. */
  readonly certificates?: readonly string[] | undefined;
  /** What the account needs besides the key; see `AccountWord`. Default: its fallback. */
  readonly account?: string | null | undefined;
  /** Where access tokens are requested; default the provider's own address. */
  readonly tokens?: { readonly url: string; readonly proxy: ProxyRoute | null } | undefined;
}
