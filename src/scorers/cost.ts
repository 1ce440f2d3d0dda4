import { UsageError } from '../core/errors.ts';
import { type Amount, formatDecimal, parseDecimal } from '../core/money.ts';
import type { ScorerInput } from '../core/scorer.ts';
import { defineScorer, unscored, verdict } from './definition.ts';

/** 1 if the cost of the answer is at most a maximum. */
export const cost = defineScorer({
  name: 'cost',
  title: "the answer cost at most so much, in the provider's currency: cost:<amount>; an unknown cost is not scored",
  argument: 'max',
  options: (z) => ({
    max: z
      .union([z.string().min(1), z.number().min(0)])
      .describe("most that an answer may cost, in the provider's currency"),
    currency: z
      .string()
      .min(1)
      .optional()
      .describe('ISO code of the currency of max; answers that cost another one are not scored'),
  }),
  create({ max, currency }, { label }) {
    const most = parseDecimal(max);
    if (most === null || most < 0n) {
      throw new UsageError(`${label}: "${max}" is not an amount`, { hint: 'give a decimal number, such as cost:0.05' });
    }
    return {
      needsExpected: false,
      score(input) {
        const paid = paidFor(input);
        if (paid === null) return unscored('the cost is not known');
        if (currency !== undefined && paid.currency !== currency) return unscored(`the cost is not in ${currency}`);
        return verdict(paid.amount <= most, `${formatDecimal(paid.amount)} ${paid.currency ?? ''}`.trim());
      },
    };
  },
});

interface Paid extends Omit<Amount, 'currency'> {
  readonly currency: string | null;
}

/** The original cost of the answer, which for a cached one was paid earlier. */
function paidFor({ completion, cached, saved }: ScorerInput): Paid | null {
  if (cached) return saved;
  const { total, currency } = completion.cost;
  return total === null ? null : { amount: total, currency };
}
