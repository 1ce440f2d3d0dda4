import { UsageError } from '../../core/errors.ts';
import type { Price } from '../../core/price.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { isUsualTier } from '../../core/request-fields.ts';
import type { ModelRef } from '../../core/variant.ts';
import type { Gateway } from '../../gateway/index.ts';
import type { Clock } from '../../io/clock.ts';
import { didYouMean } from '../../io/nearest.ts';
import { askedModels } from '../config/judges.ts';
import {
  type AccessConfig,
  type CallConfig,
  type EndpointConfig,
  type GridConfig,
  type MoneyConfig,
  type ScoringConfig,
  Secret,
  type SimulationConfig,
} from '../config/run-config.ts';
import type { RunEnvironment } from '../environment.ts';
import { AdmittedEndpoint } from '../trust/admitted-endpoint.ts';
import { accountId } from './account-id.ts';
import { findPrices } from './lane-prices.ts';
import { keepModelList, type ListContext, listWarnings, readModelList } from './model-lists.ts';
import { openEndpoint } from './open-endpoint.ts';

/** One endpoint of a run with the models that are asked there. */
export interface Lane {
  readonly provider: Provider;
  /** The account that the calls are made with; see `accountId`. */
  readonly account: string;
  /** Ids as the API takes them, those of judges among them. */
  readonly models: readonly string[];
  /** Those of `models` that the provider's list describes, be it the one kept from another time. */
  readonly known: readonly ModelInfo[];
  /**
   * From the provider's list, else --price, else the packaged table, as its `source` says; null where not known. At a
   * service tier that has prices of its own, only --price is known to be one.
   */
  readonly priceOf: (model: string, tier?: string) => Price | null;
  /** What the account pays in; null where it is not known. */
  readonly currency: string | null;
}

/** Every endpoint of a run, open. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  /** Keeps the price lists that were read, for another time; to be called once nothing is left to be refused. */
  readonly keepLists: () => Promise<void>;
  /** May be called again. */
  readonly close: () => Promise<void>;
}

/** What decides which endpoints are asked, and how. */
type LaneConfig = AccessConfig & GridConfig & CallConfig & MoneyConfig & Pick<ScoringConfig, 'judge'>;

/** How lanes are opened where not everything is to be had. */
interface LaneOptions {
  /** True where nothing is to be asked of the models: then it is no error that nobody answers at an address. */
  readonly mayBeUnreachable?: boolean;
  /** Where price lists are kept for the time when they cannot be read; default `.promptgrid/prices`. */
  readonly keptFolder?: string;
}

/** Beside the default folder of the response cache. */
const DEFAULT_KEPT_FOLDER = '.promptgrid/prices';

/**
 * Opens the run's endpoints and looks its models up. Nothing is paid here. Warns of prices that may not be what the
 * user takes them for.
 * @throws TrustError where secrets would go to an address of a project's file and nobody agreed to that
 * @throws UsageError for a model that the provider's list lacks
 * @throws ProviderError where nobody answers at the address, unless that is allowed for
 */
export async function openLanes(
  config: LaneConfig,
  environment: RunEnvironment,
  { mayBeUnreachable = false, keptFolder = DEFAULT_KEPT_FOLDER }: LaneOptions = {},
): Promise<Lanes> {
  const { clock, control, events } = environment;
  const gateway = await openGateway(config.simulation);
  const opened: Provider[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((provider) => provider.close()));
    await gateway?.close();
  };
  // A simulated list is no provider's.
  const lists = { mayBeUnreachable, keptFolder: gateway === null ? keptFolder : null, now: () => clock.date() };
  try {
    const described: DescribedLane[] = [];
    const endpoints = gateway === null ? config.endpoints : simulatedEndpoints(askedModels(config), gateway);
    for (const endpoint of await admitAll(endpoints, config.trustsProject, environment)) {
      const provider = openLane(endpoint, config, clock);
      opened.push(provider);
      const context = { ...lists, provider, signal: control.draining };
      described.push(await describeLane(config, accountId(endpoint.config), context));
    }
    for (const warning of described.flatMap(({ warnings }) => warnings)) events.onWarning?.(warning);
    const keepLists = async (): Promise<void> => {
      for (const { keep } of described) {
        const notice = await keep();
        if (notice !== null) events.onWarning?.(notice);
      }
    };
    return { lanes: described.map(({ lane }) => lane), keepLists, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** All of them or none: nobody is called before the last of them is let in. */
async function admitAll(
  endpoints: readonly EndpointConfig[],
  trustsProject: boolean,
  { clock, events, stateFolder }: RunEnvironment,
): Promise<readonly AdmittedEndpoint[]> {
  const trust = { trustsProject, stateFolder, now: () => clock.date(), events };
  const admitted: AdmittedEndpoint[] = [];
  for (const endpoint of endpoints) admitted.push(await AdmittedEndpoint.admit(endpoint, trust));
  return admitted;
}

/** Loaded only where it is asked for: it brings a tokenizer along. */
async function openGateway(simulation: SimulationConfig | null): Promise<Gateway | null> {
  if (simulation === null) return null;
  const { startGateway } = await import('../../gateway/index.ts');
  return startGateway(simulation);
}

function simulatedEndpoints(models: readonly ModelRef[], gateway: Gateway): readonly EndpointConfig[] {
  const names = [...new Set(models.map(({ provider }) => provider))];
  return names.map((provider) => ({
    provider,
    baseUrl: gateway.url,
    search: NO_QUERY,
    query: [],
    headers: [],
    auth: 'bare',
    apiKey: null,
    proxy: null,
    destinations: [],
  }));
}

const NO_QUERY = new Secret('');

function openLane(endpoint: AdmittedEndpoint, config: LaneConfig, clock: Clock): Provider {
  return openEndpoint(endpoint, {
    connections: config.concurrency,
    useWalletBalance: config.params['useWalletBalance'] === true,
    isStreaming: config.isStreaming,
    now: () => clock.date(),
    elapsedMs: () => clock.elapsedMs(),
  });
}

interface DescribedLane {
  readonly lane: Lane;
  /** A line each. */
  readonly warnings: readonly string[];
  /** Keeps the provider's list where it was read just now. */
  readonly keep: () => Promise<string | null>;
}

async function describeLane(config: LaneConfig, account: string, context: ListContext): Promise<DescribedLane> {
  const { provider, now } = context;
  const asked = askedModels(config).filter((ref) => ref.provider === provider.name);
  const models = asked.map(({ model }) => model);
  const list = await readModelList(context);
  if (list.isLive && config.checkModels) checkOffered(provider, models, list.models);
  const known = list.models.filter(({ id }) => models.includes(id));
  const priced = { provider, config, models, known, now: now() };
  const { prices, given, currency, warnings } = await findPrices(priced);
  const isMissed = context.mayBeUnreachable && models.some((model) => !prices.has(model));
  return {
    lane: {
      provider,
      account,
      models,
      known,
      currency,
      priceOf: (model, tier) => (isUsualTier(tier) ? prices : given).get(model) ?? null,
    },
    warnings: [...listWarnings(context, list, isMissed), ...warnings],
    keep: () => keepModelList(context, list),
  };
}

function checkOffered(provider: Provider, models: readonly string[], offered: readonly ModelInfo[]): void {
  const ids = offered.map(({ id }) => id);
  const unknown = models.find((model) => !ids.includes(model));
  if (unknown === undefined || ids.length === 0) return;
  throw new UsageError(`${provider.name} does not offer the model "${unknown}"`, {
    hint: `promptgrid models lists what it offers, --no-model-check runs it all the same${didYouMean(unknown, ids)}`,
  });
}
