import { CallError } from '../../core/call-error.ts';
import { ProviderError, UsageError } from '../../core/errors.ts';
import type { Price } from '../../core/price.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import type { ModelRef } from '../../core/variant.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Gateway } from '../../gateway/index.ts';
import { didYouMean } from '../../io/nearest.ts';
import { openProvider } from '../../providers/chat-completions.ts';
import { requireProvider } from '../config/endpoints.ts';
import type { EndpointConfig, RunConfig } from '../config/run-config.ts';
import type { RunEnvironment } from './environment.ts';

/** One endpoint of a run with the models that are asked there. */
export interface Lane {
  readonly provider: Provider;
  /** Ids as the API takes them. */
  readonly models: readonly string[];
  /** Those of `models` that the provider's list describes. */
  readonly known: readonly ModelInfo[];
  /** The provider's own price, else the one given; null where neither is known. */
  readonly priceOf: (model: string) => Price | null;
  /** What the account pays in; null where it is not known. */
  readonly currency: string | null;
}

/** Every endpoint of a run, open. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  /** May be called again. */
  readonly close: () => Promise<void>;
}

const MODEL_LIST_TIMEOUT_MS = 10_000;

/**
 * Opens the run's endpoints and looks its models up. Nothing is paid here.
 * @throws UsageError for a model that the provider's list lacks, ProviderError where nobody answers at the address
 */
export async function openLanes(config: RunConfig, { clock, control }: RunEnvironment): Promise<Lanes> {
  const gateway = await openGateway(config);
  const opened: Provider[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((provider) => provider.close()));
    await gateway?.close();
  };
  try {
    const lanes: Lane[] = [];
    for (const endpoint of gateway === null ? config.endpoints : simulatedEndpoints(config.models, gateway)) {
      const provider = openEndpoint(endpoint, config, clock);
      opened.push(provider);
      lanes.push(await describeLane({ provider, config, clock, signal: control.draining }));
    }
    return { lanes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Loaded only where it is asked for: it brings a tokenizer along. */
async function openGateway({ simulation }: RunConfig): Promise<Gateway | null> {
  if (simulation === null) return null;
  const { startGateway } = await import('../../gateway/index.ts');
  return startGateway(simulation);
}

function simulatedEndpoints(models: readonly ModelRef[], gateway: Gateway): readonly EndpointConfig[] {
  const names = [...new Set(models.map(({ provider }) => provider))];
  return names.map((provider) => ({ provider, baseUrl: gateway.url, auth: 'bare', apiKey: null }));
}

function openEndpoint(endpoint: EndpointConfig, config: RunConfig, clock: Clock): Provider {
  const { provider, baseUrl, auth, apiKey } = endpoint;
  return openProvider(requireProvider(provider), {
    ...{ baseUrl, auth, apiKey: apiKey?.reveal() ?? null },
    connections: config.concurrency,
    useWalletBalance: config.params['useWalletBalance'] === true,
    now: () => clock.date().getTime(),
  });
}

interface LaneContext {
  readonly provider: Provider;
  readonly config: RunConfig;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function describeLane({ provider, config, clock, signal }: LaneContext): Promise<Lane> {
  const models = config.models.filter((ref) => ref.provider === provider.name).map(({ model }) => model);
  const offered = await listModels(provider, signal);
  if (offered !== null && config.checkModels) checkOffered(provider, models, offered);
  const known = (offered ?? []).filter(({ id }) => models.includes(id));
  const currency = requireProvider(provider.name).currency ?? config.currency;
  const given = givenPrices(config, currency, clock.date().toISOString());
  const prices = new Map(known.flatMap(({ id, price }) => (price === null ? [] : [[id, price] as const])));
  return { provider, models, known, currency, priceOf: (model) => prices.get(model) ?? given.get(model) ?? null };
}

function givenPrices({ prices }: RunConfig, currency: string | null, date: string): ReadonlyMap<string, Price> {
  const given = Object.entries(prices);
  if (currency === null && given.length > 0) {
    throw new UsageError('the currency of --price is not known', { hint: 'name it, such as --currency USD' });
  }
  return new Map(
    given.map(([model, price]) => [model, { ...price, currency: currency ?? '', source: '--price', date }]),
  );
}

/** The provider's list; null where it has none, or does not give it to us: the first call will tell more. */
async function listModels(provider: Provider, signal: AbortSignal): Promise<readonly ModelInfo[] | null> {
  try {
    return await provider.models(AbortSignal.any([signal, AbortSignal.timeout(MODEL_LIST_TIMEOUT_MS)]));
  } catch (error) {
    if (!(error instanceof CallError) || error.kind !== 'network') return null;
    throw new ProviderError(`${provider.endpoint}: ${error.message}`, {
      hint: 'check the address (--base-url) and the network; nothing was paid',
      cause: error,
    });
  }
}

function checkOffered(provider: Provider, models: readonly string[], offered: readonly ModelInfo[]): void {
  const ids = offered.map(({ id }) => id);
  const unknown = models.find((model) => !ids.includes(model));
  if (unknown === undefined || ids.length === 0) return;
  throw new UsageError(`${provider.name} does not offer the model "${unknown}"`, {
    hint: `promptgrid models lists what it offers, --no-model-check asks all the same${didYouMean(unknown, ids)}`,
  });
}
