import { type BatchStatus, isOver } from '../../core/batch.ts';
import type { AskedOf, Batches } from '../../core/provider.ts';
import type { BatchFile } from '../../store/batch-file.ts';
import type { BatchIntent } from '../../store/batch-lines.ts';
import type { BatchPhase } from './batch-context.ts';

/** A batch that an API has; its id is null if the API has none like it. */
export interface FoundBatch {
  readonly id: string | null;
}

/** Where a batch is looked for. */
interface Search {
  readonly batches: Batches;
  readonly file: BatchFile;
  /** Makes a call that the user can end. */
  readonly ask: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly phase: Pick<BatchPhase, 'clock' | 'control'>;
}

/**
 * Pauses before the looks at the list, 15 s in all. The request that creates a batch may be on its way while the process
 * that sent it is gone, and no API says how soon its list is complete. A batch that is found ends the search.
 */
const PAUSES_MS = [2000, 3000, 5000, 5000] as const;
/** Clocks of this machine and the API may differ by this much. */
const SKEW_MS = 600_000;

/**
 * Finds out whether a batch was created: by our id in its metadata, else among the batches since then that have as many
 * requests. One that is over is ours if its first result is; a single one that is not over is taken for ours, which its
 * results show later. A batch that no look finds was never created.
 * @returns null if that cannot be told; the run is then stopped, and nothing is created
 * @throws CallError if the batches cannot be listed
 */
export async function findCreated(intent: BatchIntent, search: Search): Promise<FoundBatch | null> {
  const { clock, control } = search.phase;
  for (const pauseMs of PAUSES_MS) {
    await clock.sleep(pauseMs, control.draining);
    if (control.isDraining) return null;
    const found = await findListed(intent, search);
    if (found === null || found.id !== null) return found;
  }
  return { id: null };
}

async function findListed(intent: BatchIntent, search: Search): Promise<FoundBatch | null> {
  const { batches, file, ask, phase } = search;
  const { control } = phase;
  const listed = await ask((signal) => batches.list(Date.parse(intent.at) - SKEW_MS, signal));
  const others = listed.filter(({ id }) => !file.hasId(id));
  if (batches.keepsIntent) return { id: others.find((batch) => batch.intent === intent.intent)?.id ?? null };
  const alike = others.filter(({ requests, state }) => requests === intent.requests && state !== 'failed');
  const running: BatchStatus[] = [];
  for (const batch of alike) {
    if (!isOver(batch.state)) running.push(batch);
    else if (await isOurs(batch, intent, search)) return { id: batch.id };
  }
  if (running.length <= 1) return { id: running[0]?.id ?? null };
  const names = running.map(({ id }) => id).join(', ');
  const message = `it cannot be told yet which of these batches is this run's: ${names}; nothing was submitted`;
  control.stop({ kind: 'batch', message });
  return null;
}

async function isOurs(batch: BatchStatus, intent: BatchIntent, { batches, file, ask }: Search): Promise<boolean> {
  const ids = new Set<string>();
  for await (const { trialId } of file.requestsOf(intent)) ids.add(trialId);
  const asked: AskedOf = (customId) => (ids.has(customId) ? { model: '', params: {} } : undefined);
  return ask(async (signal) => {
    for await (const { outcome } of batches.results(batch, asked, signal)) return outcome !== undefined;
    return false;
  });
}
