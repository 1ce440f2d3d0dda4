import { canonicalJson } from '../../core/json.ts';
import type { Provider } from '../../core/provider.ts';
import { openProvider, simulated } from '../../providers/index.ts';
import { requireProvider } from '../config/endpoints.ts';
import { endpointSecrets, partsIdentity } from '../config/request-parts.ts';
import type { EndpointConfig } from '../config/run-config.ts';
import type { AdmittedEndpoint } from '../trust/admitted-endpoint.ts';

/** How an endpoint is used. */
interface EndpointUse {
  /** Maximum connections at once. */
  readonly connections: number;
  /** Query the wallet's balance instead of the organisation's. */
  readonly useWalletBalance: boolean;
  /** Request answers as event streams. */
  readonly isStreaming: boolean;
  /** True if the embedded gateway answers in the provider's place. */
  readonly isSimulated: boolean;
  /** True if what is known of models decides what is sent to them. */
  readonly knowsModels: boolean;
  /** Receives what is learned about models from refusals, one line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
}

/** Opens an endpoint. Makes no call by itself. */
export function openEndpoint({ config: endpoint }: AdmittedEndpoint, use: EndpointUse): Provider {
  const { kind, baseUrl, search, headers, auth, apiKey } = endpoint;
  const { connections, useWalletBalance, isStreaming, isSimulated, knowsModels, onNotice, now, elapsedMs } = use;
  const authorization = endpoint.proxy?.authorization?.reveal() ?? null;
  return openProvider(isSimulated ? simulated(requireProvider(kind)) : requireProvider(kind), {
    name: endpoint.provider,
    baseUrl: `${baseUrl}${search.reveal()}`,
    apiKey: apiKey?.reveal() ?? null,
    auth,
    headers: Object.fromEntries(headers.map(({ name, value }) => [name, value.reveal()])),
    secrets: endpointSecrets(endpoint),
    distinction: distinctionOf(endpoint),
    proxy: endpoint.proxy === null ? null : { ...endpoint.proxy, authorization },
    connections,
    useWalletBalance,
    isStreaming,
    knowsModels,
    onNotice,
    now: () => now().getTime(),
    elapsedMs,
  });
}

/**
 * The parts of query and headers that distinguish an endpoint's answers from others at its address; empty for nothing.
 */
function distinctionOf(endpoint: EndpointConfig): string {
  const query = partsIdentity(endpoint.query);
  const headers = partsIdentity(endpoint.headers);
  const isPlain = Object.keys(query).length + Object.keys(headers).length === 0;
  return isPlain ? '' : ` ${canonicalJson({ query, headers })}`;
}
