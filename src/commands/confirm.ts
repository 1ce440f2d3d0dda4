import type { RunConfig } from '../app/config/run-config.ts';
import { InterruptedError } from '../core/errors.ts';
import { costsWithJudges, type Estimate } from '../core/estimate.ts';
import { plainLines } from '../core/plain-text.ts';
import { askYesNo } from './ask.ts';
import type { CommandContext, CommonFlags } from './context.ts';

/** What may need a confirmation. */
interface AskedCost {
  readonly estimate: Estimate;
  readonly config: RunConfig;
}

/**
 * Asks on a terminal whether a run may begin, if its cost is above `confirmAbove`. The cost is the expected one
 * including judges, or the maximum if that is unknown. Does not ask without a terminal, or with `--yes`.
 * @throws InterruptedError if the answer is not yes
 */
export async function confirmCost(
  context: CommandContext,
  flags: CommonFlags & { readonly yes?: boolean | undefined },
  { estimate, config }: AskedCost,
): Promise<void> {
  const { confirmAbove, dataset } = config;
  const isAsked = context.stderr.isTTY && dataset.path !== '-' && flags.yes !== true;
  if (confirmAbove === null || !isAsked) return;
  if (
    !costsWithJudges(estimate).some(({ cost }) => (cost.expected ?? cost.ceiling ?? confirmAbove + 1n) > confirmAbove)
  )
    return;
  const { renderEstimateLine, renderJudgesLine } = await import('../reporters/index.ts');
  const lines = [renderEstimateLine(estimate, true), ...renderJudgesLine(estimate.judges)];
  if (!(await askYesNo(context, `${plainLines(lines.join('\n'))}\nbegin?`))) throw new InterruptedError();
}
