import type { RunConfig } from '../app/config/run-config.ts';
import { answerBound } from '../core/request-fields.ts';

/**
 * Whether the maximum cost of a run is worth showing: if a request field bounds its answers, or a limit depends on it.
 * Otherwise it assumes answers as long as the models can give, many times the actual cost.
 */
export function showsCeilings({ params, budget, confirmAbove }: RunConfig): boolean {
  return answerBound(params) !== null || budget !== null || confirmAbove !== null;
}
