import { CallError } from '../../core/call-error.ts';
import { ProviderError } from '../../core/errors.ts';
import type { ModelInfo, Provider } from '../../core/provider.ts';
import { keepList, type ListPlace, readKeptList } from '../../pricing/kept-prices.ts';

const MODEL_LIST_TIMEOUT_MS = 10_000;
const DAY_MS = 86_400_000;

/** How a provider's list of models is come by. */
export interface ListContext {
  readonly provider: Provider;
  /** Where lists are kept; null keeps none and goes back to none. */
  readonly keptFolder: string | null;
  /** True where a list will do that was read earlier, or none, although nobody answers at the address. */
  readonly mayBeUnreachable: boolean;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** A provider's list of models. */
interface ModelList {
  readonly models: readonly ModelInfo[];
  /** Read just now; else it was kept, or is empty. */
  readonly isLive: boolean;
  /** Why it is not live, in words; null where it is, or where the run ends before it could be. */
  readonly fault: string | null;
  /** When it was read, ISO 8601; null where there is none. */
  readonly date: string | null;
}

/**
 * The provider's list, else the one that was kept; an empty one where there is neither.
 * @throws ProviderError where nobody answers at the address and that is not allowed for
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
    // Whatever else it answers, somebody is there, and the first call will tell more.
    if (error instanceof CallError && error.kind === 'network' && !mayBeUnreachable) throw unreachable(provider, error);
    const place = placeOf(context);
    const kept = place === null ? null : await readKeptList(place);
    return { models: kept?.models ?? [], isLive: false, fault, date: kept?.date ?? null };
  }
}

function unreachable({ endpoint }: Provider, cause: CallError): ProviderError {
  return new ProviderError(`${endpoint}: ${cause.message}`, {
    hint: 'check the address (--base-url) and the network; nothing was paid',
    cause,
  });
}

/** Keeps a live list for another time. @returns what is to be said of the folder, a line; null for nothing */
export async function keepModelList(context: ListContext, { models, isLive, date }: ModelList): Promise<string | null> {
  const place = placeOf(context);
  return place !== null && isLive && date !== null ? keepList(place, { date, models }) : null;
}

function placeOf({ provider: { name, identity }, keptFolder }: ListContext): ListPlace | null {
  return keptFolder === null ? null : { folder: keptFolder, provider: name, endpoint: identity };
}

/** What is to be said of a list that is not live, a line or none. @param isMissed true where a model has no price */
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
