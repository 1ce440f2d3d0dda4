import { CallError } from '../../core/call-error.ts';
import { ProviderError } from '../../core/errors.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { keepList, type ListPlace, readKeptList } from '../../pricing/kept-prices.ts';

const MODEL_LIST_TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;

/** How a provider's list of models is obtained. */
export interface ListContext {
  readonly provider: Provider;
  /** Where lists are saved; null neither saves nor reads any. */
  readonly keptFolder: string | null;
  /** True if a saved list, or none, is acceptable when the address is unreachable. */
  readonly mayBeUnreachable: boolean;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** A provider's list of models. */
interface ModelList {
  readonly models: readonly ModelInfo[];
  /** Read just now; otherwise it was saved earlier, or is empty. */
  readonly isLive: boolean;
  /** Why it is not live, in words; null if it is, or if the run ends before it could be read. */
  readonly fault: string | null;
  /** When it was read, ISO 8601; null if there is none. */
  readonly date: string | null;
}

/**
 * The provider's list, else the saved one, else an empty one.
 * @throws ProviderError if the address is unreachable and that is not allowed
 */
export async function readModelList(context: ListContext): Promise<ModelList> {
  const { provider, mayBeUnreachable, now, signal } = context;
  const timeout = AbortSignal.timeout(MODEL_LIST_TIMEOUT_MS);
  try {
    const models = await provider.models(AbortSignal.any([signal, timeout]));
    return { models, isLive: true, fault: null, date: now().toISOString() };
  } catch (error) {
    if (signal.aborted) return { models: [], isLive: false, fault: null, date: null };
    if (!(error instanceof CallError) && !timeout.aborted) throw error;
    const fault = error instanceof CallError ? error.message : `no answer within ${MODEL_LIST_TIMEOUT_MS / 1000} s`;
    // Any other response means that a server is there; the first call will show more.
    if (error instanceof CallError && error.kind === 'network' && !mayBeUnreachable) throw unreachable(provider, error);
    const place = placeOf(context);
    const kept = place === null ? null : await readKeptList(place);
    return { models: kept?.models ?? [], isLive: false, fault, date: kept?.date ?? null };
  }
}

function unreachable({ endpoint }: Provider, cause: CallError): ProviderError {
  return new ProviderError(`${endpoint}: ${cause.message}`, {
    hint: cause.hint ?? 'check the address (--base-url) and the network; nothing was paid',
    cause,
  });
}

/** Saves a live list for later use. @returns a warning about the folder; null for none */
export async function keepModelList(context: ListContext, { models, isLive, date }: ModelList): Promise<string | null> {
  const place = placeOf(context);
  return place !== null && isLive && date !== null ? keepList(place, { date, models }) : null;
}

function placeOf({ provider: { name, identity }, keptFolder }: ListContext): ListPlace | null {
  return keptFolder === null ? null : { folder: keptFolder, provider: name, endpoint: identity };
}

/** A warning about a list that is not live, if any. @param isMissed true if a model has no price */
export function listWarnings({ provider, now }: ListContext, list: ModelList, isMissed: boolean): readonly string[] {
  const { fault, date } = list;
  if (fault === null) return [];
  const why = `${provider.endpoint} gives none now: ${fault}`;
  if (date !== null) {
    return [`price list of ${provider.name} from ${date.slice(0, 10)} (${describeAge(date, now())}); ${why}`];
  }
  return isMissed ? [`no price list of ${provider.name}, and none was kept; ${why}`] : [];
}

function describeAge(date: string, now: Date): string {
  const days = Math.floor((now.getTime() - Date.parse(date)) / DAY_MS);
  if (days < 1) return 'less than a day old';
  return days === 1 ? '1 day old' : `${days} days old`;
}
