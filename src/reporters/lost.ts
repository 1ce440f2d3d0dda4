import type { LostCalls } from '../core/billed.ts';
import { formatCosts, formatCount } from './format.ts';

/** What a run may have paid for and has no result of. */
export interface Lost {
  /** Calls without an answer that may have been billed; null if unknown. */
  readonly lost?: LostCalls | null | undefined;
  /** Results that the journal has lost; absent for none. */
  readonly lostResults?: number | undefined;
}

/** A line for each kind of loss; empty without any. */
export function renderLost({ lost = null, lostResults = 0 }: Lost): readonly string[] {
  return [
    ...(lostResults === 0 ? [] : [lostResultsLine(lostResults)]),
    ...(lost === null || lost.calls === 0 ? [] : [lostCallsLine(lost)]),
  ];
}

/** `4 results of the run were lost from its journal: what they cost is not known` */
function lostResultsLine(results: number): string {
  const [were, they] = results === 1 ? ['result of the run was', 'it'] : ['results of the run were', 'they'];
  return `${formatCount(results)} ${were} lost from its journal: what ${they} cost is not known`;
}

/** `7 calls got no usable answer and may have been billed: at most 0.84 ₽` */
function lostCallsLine({ calls, isBound, costsAtMost, unbounded }: LostCalls): string {
  const what = `${isBound ? 'up to ' : ''}${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'} got no usable answer and may have been billed`;
  const costs = formatCosts(costsAtMost, unbounded);
  return `${what}: ${costsAtMost.length === 0 ? costs : `at most ${costs}`}`;
}
