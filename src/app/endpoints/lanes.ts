import { BATCH_TIER } from '../../core/batch.ts';
import { keysOf } from '../../core/credential.ts';
import { UsageError } from '../../core/errors.ts';
import { type Price, priceShare } from '../../core/price.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { isSameTier, isUsualTier } from '../../core/request-fields.ts';
import type { Gateway } from '../../gateway/index.ts';
import { didYouMean } from '../../io/nearest.ts';
import { openProgram, type ProgramProvider, traitsOf } from '../../providers/index.ts';
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
import { AdmittedProgram } from '../trust/admitted-program.ts';
import { accountId, programAccountId } from './account-id.ts';
import { findPrices } from './lane-prices.ts';
import { keepModelList, type ListContext, listWarnings, readModelList } from './model-lists.ts';
import { describedModels, offeredAs } from './offered.ts';
import { openEndpoint } from './open-endpoint.ts';
import { untakenWarnings } from './untaken-fields.ts';

/** One endpoint of a run, with the models that it serves. */
export interface Lane {
  readonly provider: Provider;
  /** The account of the calls; see `accountId`. */
  readonly account: string;
  /** Ids in the API's form, including those of judges. */
  readonly models: readonly string[];
  /** Those of `models` that the provider's list describes, including a list saved earlier. */
  readonly known: readonly ModelInfo[];
  /**
   * From the provider's list, else --price, else the packaged table, as `source` says; null if unknown. At a service
   * tier with its own prices, only --price applies; the tier of batches has the model's usual price, less what the
   * provider takes off.
   * @param asked the tier that the request asks for, which --price is for; default the usual one
   * @param answered the tier that the answer names, which counts; default `asked`
   */
  readonly priceOf: (model: string, asked?: string, answered?: string) => Price | null;
  /** The account's currency; null if unknown. */
  readonly currency: string | null;
}

/** Every endpoint of a run, open. */
export interface Lanes {
  readonly lanes: readonly Lane[];
  /** Saves the price lists that were read, for later use; call it once nothing can be refused any more. */
  readonly keepLists: () => Promise<void>;
  /** Warnings about the calls that were made, one line each. */
  readonly callWarnings: () => readonly string[];
  /** May be called again. */
  readonly close: () => Promise<void>;
}

/** What determines which endpoints are used, and how. */
type LaneConfig = AccessConfig & GridConfig & CallConfig & MoneyConfig & Pick<ScoringConfig, 'judge'>;

/** How lanes are opened when some information is unavailable. */
interface LaneOptions {
  /** True if no request will be made to the models: then an unreachable address is not an error. */
  readonly mayBeUnreachable?: boolean;
  /** Where price lists are saved for use when they cannot be read; default `.promptgrid/prices`. */
  readonly keptFolder?: string;
}

/** Next to the default folder of the response cache. */
const DEFAULT_KEPT_FOLDER = '.promptgrid/prices';

/**
 * Opens the run's endpoints and looks up its models. Nothing is paid here. Warns of prices that may differ from what
 * the user expects.
 * @throws TrustError if secrets would go to an address from a project file without consent
 * @throws UsageError for a model that the provider's list lacks
 * @throws ProviderError if an address is unreachable, unless that is allowed
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
  // A simulated list does not belong to a provider.
  const lists = { mayBeUnreachable, keptFolder: gateway === null ? keptFolder : null, now: () => clock.date() };
  try {
    const described: DescribedLane[] = [];
    const endpoints = gateway === null ? config.endpoints : simulatedEndpoints(config, gateway);
    const { admitted, programs } = await admitAll({ ...config, endpoints }, environment);
    for (const endpoint of admitted) {
      const provider = openLane(endpoint, config, environment);
      opened.push(provider);
      const context = { ...lists, provider, signal: control.draining };
      described.push(await describeLane(config, accountId(endpoint.config), context));
    }
    for (const program of programs) {
      const provider = await openProgramLane(program, config, environment);
      opened.push(provider);
      // It has no list of prices.
      const context = { ...lists, keptFolder: null, provider, signal: control.draining };
      described.push(await describeLane(config, programAccountId(program.config), context));
      if (!mayBeUnreachable) await provider.start();
    }
    for (const warning of described.flatMap(({ warnings }) => warnings)) events.onWarning?.(warning);
    const keepLists = async (): Promise<void> => {
      for (const { keep } of described) {
        const notice = await keep();
        if (notice !== null) events.onWarning?.(notice);
      }
    };
    const callWarnings = (): readonly string[] => scriptWarnings(config.simulation, gateway);
    return { lanes: described.map(({ lane }) => lane), keepLists, callWarnings, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What may be called. */
interface Admitted {
  readonly admitted: readonly AdmittedEndpoint[];
  readonly programs: readonly AdmittedProgram[];
}

/** All or none: nothing is called before all of it is admitted. */
async function admitAll(
  config: Pick<AccessConfig, 'endpoints' | 'programs' | 'trustsProject'>,
  { clock, events, stateFolder }: RunEnvironment,
): Promise<Admitted> {
  const trust = { trustsProject: config.trustsProject, stateFolder, now: () => clock.date(), events };
  const admitted: AdmittedEndpoint[] = [];
  for (const endpoint of config.endpoints) admitted.push(await AdmittedEndpoint.admit(endpoint, trust));
  const programs: AdmittedProgram[] = [];
  for (const program of config.programs) programs.push(await AdmittedProgram.admit(program, trust));
  return { admitted, programs };
}

/** Loaded on demand: it includes a tokenizer. */
async function openGateway(simulation: SimulationConfig | null): Promise<Gateway | null> {
  if (simulation === null) return null;
  const { startGateway } = await import('../../gateway/index.ts');
  return startGateway(simulation);
}

/** A file of answers that does not fit the prompts would only show in the figures. */
function scriptWarnings(simulation: SimulationConfig | null, gateway: Gateway | null): readonly string[] {
  const file = simulation?.answersFile ?? null;
  if (file === null || gateway === null) return [];
  const { scripted, madeUp } = gateway.stats();
  if (madeUp === 0) return [];
  const count = scripted + madeUp;
  const all = count === 1 ? '1 request' : `${count} requests`;
  if (scripted === 0) return [`none of ${all} had a scripted answer in ${file}: all answers were made up`];
  return [`${madeUp} of ${all} had no scripted answer in ${file}: their answers were made up`];
}

function simulatedEndpoints(config: LaneConfig, gateway: Gateway): readonly EndpointConfig[] {
  const names = [...new Set(askedModels(config).map(({ provider }) => provider))];
  return names.map((provider) => ({
    provider,
    kind: config.kinds[provider] ?? provider,
    baseUrl: gateway.url,
    search: NO_QUERY,
    query: [],
    headers: [],
    auth: 'bare',
    apiKey: null,
    proxy: null,
    certificates: [],
    account: null,
    tokens: null,
    destinations: [],
  }));
}

const NO_QUERY = new Secret('');

function openLane(endpoint: AdmittedEndpoint, config: LaneConfig, { clock, events }: RunEnvironment): Provider {
  return openEndpoint(endpoint, {
    connections: config.concurrency,
    useWalletBalance: config.params['useWalletBalance'] === true,
    isStreaming: config.isStreaming,
    isSimulated: config.simulation !== null,
    knowsModels: config.checkModels,
    onNotice: (text) => events.onWarning?.(text),
    now: () => clock.date(),
    elapsedMs: () => clock.elapsedMs(),
  });
}

function openProgramLane(
  { config: program }: AdmittedProgram,
  { currency }: LaneConfig,
  { clock, events }: RunEnvironment,
): Promise<ProgramProvider> {
  const { provider: name, kind, target, digest } = program;
  const environment = program.environment();
  return openProgram({
    name,
    kind,
    target,
    digest,
    environment,
    secrets: keysOf(environment),
    currency,
    now: () => clock.date().getTime(),
    onWarning: (text) => events.onWarning?.(text),
  });
}

interface DescribedLane {
  readonly lane: Lane;
  /** One line each. */
  readonly warnings: readonly string[];
  /** Saves the provider's list if it was read just now. */
  readonly keep: () => Promise<string | null>;
}

async function describeLane(config: LaneConfig, account: string, context: ListContext): Promise<DescribedLane> {
  const { provider, now } = context;
  const models = askedModels(config).flatMap((ref) => (ref.provider === provider.name ? [ref.model] : []));
  const list = await readModelList(context);
  if (list.isLive && config.checkModels) checkOffered(provider, models, list.models);
  const known = describedModels(models, list.models, finderOf(provider));
  const ofGrid = config.models.filter(({ ref }) => ref.provider === provider.name);
  const untaken = config.checkModels ? untakenWarnings(provider, { ...config, models: ofGrid }, known) : [];
  const priced = { provider, config, models, known, now: now() };
  const { prices, given, ungiven, currency, warnings } = await findPrices(priced);
  const priceOf: Lane['priceOf'] = (model, asked, answered = asked) => {
    if (answered === BATCH_TIER) return batchPrice(provider, prices.get(model));
    const isUsual = isUsualTier(answered);
    if (isSameTier(asked, answered)) return (isUsual ? prices : given).get(model) ?? null;
    return isUsual ? (ungiven.get(model) ?? null) : null;
  };
  const isMissed = context.mayBeUnreachable && models.some((model) => !prices.has(model));
  return {
    lane: {
      provider,
      account,
      models,
      known,
      currency,
      priceOf,
    },
    warnings: [...listWarnings(context, list, isMissed), ...untaken, ...warnings],
    keep: () => keepModelList(context, list),
  };
}

/** How a model is found in a list of the provider. */
function finderOf({ kind }: Provider): typeof offeredAs {
  const { findListed } = traitsOf(kind);
  return (model, offered) => findListed?.(offered, model) ?? offeredAs(model, offered);
}

/** @param price the usual one; undefined if it is unknown. @returns null if it is unknown, or nothing is batched */
function batchPrice({ kind }: Provider, price: Price | undefined): Price | null {
  const { batches } = traitsOf(kind);
  if (price === undefined || batches === undefined) return null;
  const { pricePercent, cachedPricePercent } = batches;
  return { ...priceShare(price, pricePercent, cachedPricePercent), source: `${price.source}, in batches` };
}

/** The same lane with the prices of requests in batches. */
export function batchPriced(lane: Lane): Lane {
  return { ...lane, priceOf: (model) => lane.priceOf(model, undefined, BATCH_TIER) };
}

function checkOffered(provider: Provider, models: readonly string[], offered: readonly ModelInfo[]): void {
  const ids = offered.map(({ id }) => id);
  const find = finderOf(provider);
  const unknown = models.find((model) => find(model, offered) === undefined);
  if (unknown === undefined || ids.length === 0) return;
  throw new UsageError(`${provider.name} does not offer the model "${unknown}"`, {
    hint: `promptgrid models lists what it offers, --no-model-check runs it all the same${didYouMean(unknown, ids)}`,
  });
}
