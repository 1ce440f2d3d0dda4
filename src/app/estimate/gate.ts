import type { Estimate } from '../../core/estimate.ts';
import { formatDecimal, type Picounits } from '../../core/money.ts';

/** Whether an estimate is within what was allowed, and why. */
export interface GateVerdict {
  readonly passed: boolean;
  /** One line. */
  readonly why: string;
}

/** `--max-cost`: the high end of every cost must be known, of one currency, and not above it. */
export function checkMaxCost({ costs, unknownPrices }: Estimate, most: Picounits): GateVerdict {
  const limit = formatDecimal(most);
  if (unknownPrices.length > 0)
    return failed(`--max-cost ${limit}: the price of ${unknownPrices.join(', ')} is not known`);
  const [total, ...others] = costs;
  if (total === undefined) return failed(`--max-cost ${limit}: no cost is known`);
  if (others.length > 0)
    return failed(
      `--max-cost ${limit} is one amount, but costs are in ${costs.map(({ currency }) => currency).join(' and ')}`,
    );
  const { cost, currency } = total;
  const end = cost.high === null ? 'the ceiling' : 'the high end';
  const high = cost.high ?? cost.ceiling;
  if (high === null)
    return failed(`--max-cost ${limit}: nothing bounds the length of answers; give --max-tokens or --pilot`);
  const passed = high <= most;
  return {
    passed,
    why: `${end}, ${formatDecimal(high)} ${currency}, is ${passed ? 'within' : 'above'} --max-cost ${limit}`,
  };
}

function failed(why: string): GateVerdict {
  return { passed: false, why };
}
