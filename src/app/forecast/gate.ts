import { countText } from '../../core/compare/words.ts';
import { costsWithJudges, type Estimate, NO_COST } from '../../core/estimate.ts';
import { shownModels } from '../../core/model-names.ts';
import { formatDecimal, type Picounits } from '../../core/money.ts';
import { formatMoneyBeside } from '../../core/money-text.ts';

/** Whether an estimate passes its gate, and why. */
interface GateVerdict {
  readonly passed: boolean;
  /** One line. */
  readonly why: string;
}

/**
 * `--max-cost`: the high end of every cost, including judges, must be known, in one currency, and not above the limit.
 */
export function checkMaxCost(
  estimate: Pick<
    Estimate,
    'costs' | 'completionTokens' | 'unknownCosts' | 'lost' | 'unknownPrices' | 'judges' | 'variants'
  >,
  most: Picounits,
): GateVerdict {
  const { costs, judges } = estimate;
  const limit = formatDecimal(most);
  const unknownPrices = [...new Set([...estimate.unknownPrices, ...(judges?.unknownPrices ?? [])])];
  if (unknownPrices.length > 0) {
    const models = shownModels(unknownPrices, estimate.variants).join(', ');
    return failed(`--max-cost ${limit}: the price of ${models} is not known`);
  }
  const [total, ...others] = costsWithJudges({ costs, judges });
  if (total === undefined) return failed(`--max-cost ${limit}: no cost is known`);
  if (others.length > 0)
    return failed(
      `--max-cost ${limit} is one amount, but costs are in ${[total, ...others].map(({ currency }) => currency).join(' and ')}`,
    );
  const { currency } = total;
  const [answers, judging] = [costs[0]?.cost ?? NO_COST, judges?.costs[0]?.cost ?? NO_COST];
  const high = answers.high ?? answers.ceiling;
  const lost = high === null ? estimate.lost.unbounded : 0;
  const answered =
    (high === null ? estimate.unknownCosts : 0) + (judging.high === null ? (judges?.unknownCosts ?? 0) : 0);
  if (lost + answered > 0) {
    // Where lost calls are why there is no end, the estimate may well include the answers.
    const what = lost > 0 ? countText(lost, 'lost call') : countText(answered, 'answer');
    return failed(`--max-cost ${limit}: what ${what} so far cost is not known, and has no bound`);
  }
  if (high === null) return failed(`--max-cost ${limit}: ${unboundedText(estimate)}`);
  if (judging.high === null) return failed(`--max-cost ${limit}: judge cost is unknown; measure it with --pilot 20`);
  const end = answers.high === null ? 'the ceiling' : 'the high end';
  const sum = high + judging.high;
  const passed = sum <= most;
  const shown = formatMoneyBeside({ total: formatDecimal(sum), currency }, most);
  const what = `${end}, ${shown}${judges === null ? '' : ' with judges'}`;
  return { passed, why: `${what}, is ${passed ? 'within' : 'above'} --max-cost ${limit}` };
}

/** Why a cost has no end. */
function unboundedText({ completionTokens: { high, ceiling } }: Pick<Estimate, 'completionTokens'>): string {
  if (high === null && ceiling === null) return 'nothing bounds the length of answers; give --max-tokens or --pilot';
  return 'nothing bounds what prompts cost that hold more than text, such as images; run --pilot first, without --max-cost';
}

function failed(why: string): GateVerdict {
  return { passed: false, why };
}
