import { CallError } from '../../core/call-error.ts';
import type { Completion } from '../../core/completion.ts';
import type { Provider } from '../../core/provider.ts';
import type { Clock } from '../../io/clock.ts';
import type { CallOutcome, TakenCall } from '../../queue/call-worker.ts';
import type { QueuedCall } from '../../queue/protocol.ts';
import type { RunControl } from '../environment.ts';
import type { OpenedProvider, RunProviders } from './run-providers.ts';

/** What making a call depends on. */
export interface CallMaker {
  readonly providers: RunProviders;
  /** Its `kill` ends calls in flight. */
  readonly control: RunControl;
  readonly clock: Clock;
  /** How errors name this worker. */
  readonly place: string;
}

/** Makes a call within its run's time limit. An error of promptgrid itself is an error of the call too. */
export function makeCall(maker: CallMaker, { run, sheet, call }: TakenCall): Promise<CallOutcome> {
  return maker.providers.use(run, sheet, call.provider, async (opened) => {
    if (opened instanceof CallError) return { outcome: opened, latencyMs: 0, notices: [] };
    const { clock } = maker;
    const startedMs = clock.elapsedMs();
    const outcome = await outcomeOf(maker, opened, call);
    const latencyMs = Math.round(clock.elapsedMs() - startedMs);
    return { outcome, latencyMs, notices: opened.takeNotices() };
  });
}

async function outcomeOf(
  { control, place }: CallMaker,
  { provider, timeoutMs }: OpenedProvider,
  call: QueuedCall,
): Promise<Completion | CallError> {
  if (control.killed) return ended(place).with({ isUnsent: true });
  const attempt = control.begin(timeoutMs);
  try {
    return await send(provider, call, attempt.signal);
  } catch (error) {
    const cause = attempt.failure(error);
    if (!(cause instanceof CallError)) throw cause;
    return cause.kind === 'cancelled' ? ended(place) : cause;
  } finally {
    attempt.end();
  }
}

function send(provider: Provider, call: QueuedCall, signal: AbortSignal): Promise<Completion> {
  const { model, messages, messagesJson, text, temperature, params, task } = call;
  if (task === 'embedding') return provider.embed({ model, text, params }, signal);
  return provider.complete({ model, messages, messagesJson, temperature, params }, signal);
}

/** For its planner the call is like one of a worker that is gone: another one may make it again. */
function ended(place: string): CallError {
  return new CallError('network', `the worker ${place} was ended during this call`);
}
