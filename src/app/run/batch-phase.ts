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
      if (control.isDraining) {
        const names = open.join(', ');
        if (open.length > 0) events.onWarning?.(`these batches go on, and the same command collects them: ${names}`);
        return;
      }
      if (open.length > 0) control.stop({ kind: 'batch', message: `not over yet: ${open.join(', ')}` });
      else if (batch.thenLive) await liveExecutor.make(plan, live);
    },
  };
}

/** An endpoint that only judges has no batches. */
function openLane(phase: BatchPhase, plan: Plan, lane: Lane): readonly BatchLane[] {
  const { provider } = lane;
  const executor = phase.executors.get(provider.name);
  const isAsked = plan.grid.variants.some(({ model }) => model.provider === provider.name);
  if (!isAsked || executor === undefined || provider.batches === undefined) return [];
  return [new BatchLane(phase, { plan, lane, executor, batches: provider.batches })];
}
