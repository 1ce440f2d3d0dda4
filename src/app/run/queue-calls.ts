import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { CallError } from '../../core/call-error.ts';
import { UNKNOWN_COST } from '../../core/usage.ts';
import { jsonText } from '../../core/written-json.ts';
import type { Courier } from '../../engine/courier.ts';
import type { CallQueue } from '../../queue/call-queue.ts';
import type { RunEnvironment } from '../environment.ts';
import { promptgridVersion } from '../version.ts';
import type { Prepared } from './prepare.ts';

/** How long Redis may be away if --stop-after-wait does not say. */
const AWAY_MS = 60_000;

/**
 * Opens the queue of a run; null if its calls are made from here. If Redis is gone for too long, or another planner takes
 * the run, the run stops.
 * @throws QueueError if Redis cannot be used, or another planner has the run
 */
export async function openQueue(
  { config, book }: Prepared,
  { control, events }: RunEnvironment,
): Promise<CallQueue | null> {
  if (config.queue === null) return null;
  const { url, shown, providers } = config.queue;
  const { timeoutMs, isStreaming, checkModels: knowsModels } = config;
  const version = promptgridVersion();
  // Few runs have one.
  const { CallQueue: Calls } = await import('../../queue/call-queue.ts');
  const queue = await Calls.open({
    address: { url: url.reveal(), shown },
    run: book.queueKey,
    me: { id: randomUUID(), version, host: hostname(), pid: process.pid },
    sheet: { version, timeoutMs, isStreaming, knowsModels, providers },
    awayMs: config.stopAfterWaitMs ?? AWAY_MS,
    onWarning: (text) => events.onWarning?.(text),
    onLost: (error) => control.stop({ kind: 'queue', message: `${error.message}; ${error.hint}` }),
  });
  const drain = (): void => void queue.drain();
  control.draining.addEventListener('abort', drain, { once: true });
  if (control.isDraining) drain();
  return queue;
}

/**
 * Has the calls to a provider made by workers.
 * @param provider its name in the run
 * @param currency of the account; a cost in another one, which no provider reports, counts as unknown
 */
export function courierOf(queue: CallQueue, provider: string, currency: string | null): Courier {
  return {
    send: ({ trialId, request, text }, signal) => {
      const { model, messages, messagesJson = jsonText(messages), temperature, params } = request;
      const asked = { provider, model, temperature, params };
      const call =
        text === null
          ? ({ ...asked, task: 'completion', messages, messagesJson, text: '' } as const)
          : ({ ...asked, task: 'embedding', messages: [], messagesJson: '[]', text } as const);
      return queue.send(trialId, call, signal).then(
        (completion) =>
          isOther(completion.cost.currency, currency) ? { ...completion, cost: UNKNOWN_COST } : completion,
        (error: unknown) => {
          const isForeign = error instanceof CallError && isOther(error.paid?.currency ?? null, currency);
          throw isForeign ? error.with({ paid: undefined }) : error;
        },
      );
    },
    tookMs: (trialId) => queue.tookMs(trialId),
    stored: (trialId) => queue.stored(trialId),
  };
}

function isOther(currency: string | null, expected: string | null): boolean {
  return currency !== null && expected !== null && currency !== expected;
}
