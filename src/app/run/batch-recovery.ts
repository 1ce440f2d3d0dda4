import { type BatchStatus, isOver } from '../../core/batch.ts';
import { CallError } from '../../core/call-error.ts';
import type { AskedOf, Batches } from '../../core/provider.ts';
import type { BatchFile } from '../../store/batch-file.ts';
import type { BatchIntent } from '../../store/batch-lines.ts';
import type { BatchPhase } from './batch-context.ts';

/** A batch that an API has; its id is null if the API has none like it. */
export interface FoundBatch {
  readonly id: string | null;
  /** False if only its number of requests speaks for it: it may be somebody else's. */
  readonly isProven: boolean;
}

/** Where a batch is looked for. */
interface Search {
  readonly batches: Batches;
  readonly file: BatchFile;
  /** True for a batch that is another one of this run, or somebody else's. */
  readonly isTaken: (id: string) => boolean;
  /** Makes a call that the user can end. */
  readonly ask: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly phase: Pick<BatchPhase, 'clock' | 'control'>;
}

/**
 * Pauses before the looks at the list, 15 s in all. The request that creates a batch may be on its way while the process
 * that sent it is gone, and no API says how soon its list is complete. A batch that is found for sure ends the search.
 */
const PAUSES_MS = [2000, 3000, 5000, 5000] as const;
/** Clocks of this machine and the API may differ by this much. */
const SKEW_MS = 600_000;

/**
 * Finds out whether a batch was created: by our id in its metadata, else among the batches since then that have as many
 * requests. One that is over is ours if its results are. If none of them is, a single one that is not over is taken for
 * ours without proof, and so is one whose results are gone. A batch that no look finds was never created.
 * @returns null if that cannot be told; the run is then stopped, and nothing is created
 * @throws CallError if the batches cannot be listed
 */
export async function findCreated(intent: BatchIntent, search: Search): Promise<FoundBatch | null> {
  const { clock, control } = search.phase;
  let [running, gone]: [readonly string[], readonly string[]] = [[], []];
  for (const pauseMs of PAUSES_MS) {
    await clock.sleep(pauseMs, control.draining);
    if (control.isDraining) return null;
    const listed = await findListed(intent, search);
    if (listed.id !== null) return { id: listed.id, isProven: true };
    ({ running, gone } = listed);
  }
  if (running.length <= 1) return { id: running[0] ?? gone[0] ?? null, isProven: false };
  const message = `it cannot be told yet which of these batches is this run's: ${running.join(', ')}`;
  control.stop({ kind: 'batch', message: `${message}; nothing was submitted` });
  return null;
}

/** HTTP statuses that say that something is not there any more. */
const GONE: ReadonlySet<number> = new Set([404, 410]);

/** True if the API itself says that a batch or its results are not there any more. */
export function isGone(error: unknown): error is CallError {
  return error instanceof CallError && error.isApiError && GONE.has(error.httpStatus ?? 0);
}

/** What a look at the list shows. */
interface Listed {
  /** Of our batch, for sure; null if it is not there. */
  readonly id: string | null;
  /** Batches that may be ours, which is not known before they are over. */
  readonly running: readonly string[];
  /** Batches that may be ours, which nobody can say any more. */
  readonly gone: readonly string[];
}

async function findListed(intent: BatchIntent, search: Search): Promise<Listed> {
  const { batches, file, isTaken, ask } = search;
  const listed = await ask((signal) => batches.list(Date.parse(intent.at) - SKEW_MS, signal));
  const others = listed.filter(({ id }) => !file.hasId(id) && !isTaken(id));
  if (batches.keepsIntent) {
    return { id: others.find((batch) => batch.intent === intent.intent)?.id ?? null, running: [], gone: [] };
  }
  const alike = others.filter(({ requests, state }) => requests === intent.requests && state !== 'failed');
  const [running, gone]: [string[], string[]] = [[], []];
  for (const batch of alike) {
    if (!isOver(batch.state)) running.push(batch.id);
    else {
      const isOwn = await isOurs(batch, intent, search).catch(isUnknown);
      if (isOwn === true) return { id: batch.id, running: [], gone: [] };
      if (isOwn === null) gone.push(batch.id);
    }
  }
  return { id: null, running, gone };
}

/** null for results that are gone. @throws any other error */
function isUnknown(error: unknown): null {
  if (isGone(error)) return null;
  throw error;
}

/**
 * True if a batch that is over is ours, as its results show: all of them are of one run.
 * @throws CallError if they cannot be read, or there are none yet
 */
export async function isOurs(
  batch: BatchStatus,
  intent: BatchIntent,
  { batches, file, ask }: Pick<Search, 'batches' | 'file' | 'ask'>,
): Promise<boolean> {
  const ids = new Set<string>();
  for await (const { trialId } of file.requestsOf(intent)) ids.add(trialId);
  const asked: AskedOf = (customId) => (ids.has(customId) ? { model: '', params: {} } : undefined);
  return ask(async (signal) => {
    for await (const { customId, outcome } of batches.results(batch, asked, signal)) {
      if (customId !== null) return outcome !== undefined;
    }
    throw new CallError('invalid_response', `the results of the batch ${batch.id} do not show whose they are`);
  });
}
