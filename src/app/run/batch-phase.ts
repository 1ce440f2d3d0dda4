import type { Lane } from '../endpoints/lanes.ts';
import type { Plan } from '../plan/plan-stream.ts';
import type { BatchPhase } from './batch-context.ts';
import { BatchLane } from './batch-lane.ts';
import type { PlanExecutor } from './plan-executor.ts';

/** Asks trials in batches, which are bought whole and answered within a day. */
export function batchExecutor(phase: BatchPhase): PlanExecutor {
  const { lanes, control, events, batch, live: liveExecutor } = phase;
  return {
    make: async (plan, live) => {
      const work = lanes.flatMap((lane) => openLane(phase, plan, lane));
      for (const outcome of await Promise.allSettled(work.map((lane) => lane.carryOut()))) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
      const open = work.flatMap((lane) => lane.openBatches);
      const faults = work.flatMap((lane) => lane.faults);
      if (batch.cancels) {
        reportCancelled(phase, work);
        return;
      }
      if (control.isDraining) {
        const names = open.join(', ');
        if (open.length > 0) {
          const text = `these batches go on, and the same command collects them: ${names}`;
          events.onWarning?.(`${text}; with --cancel-batches it cancels them`);
        }
        for (const fault of faults) events.onWarning?.(fault);
        return;
      }
      const wayOut = 'with --cancel-batches what is missing counts as lost, and can be asked again';
      const broken = faults.length === 0 ? [] : [...faults, wayOut];
      const why = [...(open.length === 0 ? [] : [`not over yet: ${open.join(', ')}`]), ...broken];
      if (why.length > 0) control.stop({ kind: 'batch', message: why.join('; ') });
      else if (batch.thenLive) await liveExecutor.make(plan, live);
    },
  };
}

/** Ends the session: its trials stay open, and the same command without the flag would buy their answers. */
function reportCancelled({ control, events }: BatchPhase, lanes: readonly BatchLane[]): void {
  const ended = lanes.flatMap((lane) => lane.cancelledBatches);
  const cancelling = lanes.flatMap((lane) => lane.cancellingBatches);
  const unproven = lanes.flatMap((lane) => lane.unprovenBatches);
  const named = new Set([...cancelling, ...unproven]);
  const others = lanes.flatMap((lane) => lane.openBatches).filter((name) => !named.has(name));
  const closed = lanes.flatMap((lane) => [...lane.faults, ...lane.givenUp]);
  const later = 'collected by the same command later';
  const texts = [
    ...listed('cancelled, with answers kept and billed', ended),
    ...listed(`being cancelled, ${later}`, cancelling),
    ...(cancelling.length === 0 ? [] : ['what the provider answers until then is billed']),
    ...listed("not cancelled, as it may be somebody else's and only its results will show that", unproven),
    ...(unproven.length === 0 ? [] : ["cancel it at the provider if you know that it is this run's"]),
    ...listed('not cancelled', others),
    ...closed,
  ];
  const text = texts.length === 0 ? 'no batch of this run is open, so none was cancelled' : texts.join('; ');
  const message = `${text}; nothing was submitted`;
  if (control.isDraining) events.onWarning?.(message);
  else control.stop({ kind: 'batch', message });
}

function listed(what: string, names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}`];
}

/** An endpoint that only judges has no batches. */
function openLane(phase: BatchPhase, plan: Plan, lane: Lane): readonly BatchLane[] {
  const { provider } = lane;
  const executor = phase.executors.get(provider.name);
  const isAsked = plan.grid.variants.some(({ model }) => model.provider === provider.name);
  if (!isAsked || executor === undefined || provider.batches === undefined) return [];
  return [new BatchLane(phase, { plan, lane, executor, batches: provider.batches })];
}
