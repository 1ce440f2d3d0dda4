import type { RunConfig } from '../app/config/run-config.ts';
import { DeclinedError } from '../core/errors.ts';
import { costsWithJudges, type Estimate, openUnknownPrices } from '../core/estimate.ts';
import type { Picounits } from '../core/money.ts';
import { mostLostIn } from '../core/paid.ts';
import { plainLines } from '../core/plain-text.ts';
import { askYesNo } from './ask.ts';
import type { CommandContext, CommonFlags } from './context.ts';

/** What may need a confirmation. */
interface AskedCost {
  readonly estimate: Estimate;
  readonly config: RunConfig;
}

/**
 * Asks on a terminal whether a run may begin, if its cost is above `confirmAbove` or may be. The cost is the expected
 * one including judges, with what lost calls may have cost, or the maximum if that is unknown. Does not ask without a
 * terminal, or with `--yes`.
 * @throws DeclinedError if the answer is not yes
 * @throws InterruptedError if no answer will come
 */
export async function confirmCost(
  context: CommandContext,
  flags: CommonFlags & { readonly yes?: boolean | undefined },
  { estimate, config }: AskedCost,
): Promise<void> {
  const { confirmAbove, dataset } = config;
  const isAsked = context.stderr.isTTY && dataset.path !== '-' && flags.yes !== true;
  if (confirmAbove === null || !isAsked || !mayCostMore(estimate, confirmAbove)) return;
  const { renderEstimateLines, renderJudgesLine } = await import('../reporters/index.ts');
  const lines = [...renderEstimateLines(estimate, true), ...renderJudgesLine(estimate.judges)];
  if (!(await askYesNo(context, `${plainLines(lines.join('\n'))}\nbegin?`))) throw new DeclinedError();
}

/** A cost without a bound may be any, and so may that of a model without a price, which no figure includes. */
function mayCostMore(estimate: Estimate, most: Picounits): boolean {
  const costs = costsWithJudges(estimate).map(({ cost, currency }) => {
    const lost = mostLostIn(estimate.lost, currency);
    return cost.expected === null || lost === null ? cost.ceiling : cost.expected + lost;
  });
  return openUnknownPrices(estimate).length > 0 || costs.some((cost) => cost === null || cost > most);
}
