import type { RunConfig } from '../app/config/run-config.ts';
import { answerBound } from '../core/request-fields.ts';

/**
 * Whether the most that a run can cost is worth a person's attention: where a request field bounds its answers, or a
 * limit goes by it. Else it is that of answers as long as the models can give, many times what is paid.
 */
export function showsCeilings({ params, budget, confirmAbove }: RunConfig): boolean {
  return answerBound(params) !== null || budget !== null || confirmAbove !== null;
}
