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
        reportCancelled(phase, {
          open,
          faults,
          givenUp: work.flatMap((lane) => lane.givenUp),
          ended: work.flatMap((lane) => lane.cancelledBatches),
        });
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

/** The batches of a session that cancels, in words. */
interface CancelledBatches {
  readonly open: readonly string[];
  /** What is wrong with those that are over, clauses. */
  readonly faults: readonly string[];
  /** Those that were closed without all of their results, clauses. */
  readonly givenUp: readonly string[];
  readonly ended: readonly string[];
}

/** Ends the session: its trials stay open, and the same command without the flag would buy their answers. */
function reportCancelled({ control, events }: BatchPhase, { open, faults, givenUp, ended }: CancelledBatches): void {
  const texts = [
    ...(ended.length === 0 ? [] : [`cancelled, with answers kept and billed: ${ended.join(', ')}`]),
    ...(open.length === 0 ? [] : [`being cancelled, collected by the same command later: ${open.join(', ')}`]),
    ...faults,
    ...givenUp,
    ...(ended.length + open.length + faults.length + givenUp.length === 0
      ? ['no batch of this run is open, so none was cancelled']
      : []),
    ...(open.length === 0 ? [] : ['what the provider answers until then is billed']),
  ];
  const message = `${texts.join('; ')}; nothing was submitted`;
  if (control.isDraining) events.onWarning?.(message);
  else control.stop({ kind: 'batch', message });
}

/** An endpoint that only judges has no batches. */
function openLane(phase: BatchPhase, plan: Plan, lane: Lane): readonly BatchLane[] {
  const { provider } = lane;
  const executor = phase.executors.get(provider.name);
  const isAsked = plan.grid.variants.some(({ model }) => model.provider === provider.name);
  if (!isAsked || executor === undefined || provider.batches === undefined) return [];
  return [new BatchLane(phase, { plan, lane, executor, batches: provider.batches })];
}
