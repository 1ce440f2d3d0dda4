import type { Analysis, CheapestVariant, ScorerAnalysis } from '../core/analysis/analysis.ts';
import { aheadOfBest } from '../core/analysis/choice-basis.ts';
import { formatMoney } from '../core/money-text.ts';
import { oneLine } from '../core/plain-text.ts';
import { fixedText } from '../core/rounding.ts';
import { fewOf, listText, nameOf } from './analysis-words.ts';
import { pointsFigure, pointsOf } from './difference-words.ts';
import { formatCount } from './format.ts';

/**
 * The cheapest good enough variant by the first score, one sentence per currency: `gpt-4o-mini costs 17× less than
 * gpt-4o and is 8.3 points worse, at most 20.0 (95 % CI)`.
 */
export function cheapestSentences({ scorers: [first], variants }: Analysis): readonly string[] {
  return first === undefined ? [] : first.cheapest.map((choice) => sentence(choice, variants, first));
}

type Variants = Analysis['variants'];

function sentence(choice: CheapestVariant, variants: Variants, scorer: ScorerAnalysis): string {
  const { variant, best, timesCheaper, currency } = choice;
  const [name, than] = [nameOf(variants, variant), nameOf(variants, best)];
  if (variant === best) {
    const limit = limitOf(choice, variants);
    const ahead = aheadOfBest(scorer).map((other) => nameOf(variants, other));
    if (ahead.length > 0) {
      const scores = ahead.length === 1 ? 'scores' : 'score';
      return `${name} costs the least${limit} and has the highest score, but on the rows that both answered ${listText(fewOf(ahead))} ${scores} more`;
    }
    return hasEqual(choice, variants, scorer)
      ? `none${limit} scores better than ${name} or costs less`
      : `${name} scores best and costs the least${limit}`;
  }
  if (timesCheaper !== null) {
    return `good enough: ${name} costs ${factorText(timesCheaper)} less than ${than} and ${lossText(choice, '')}`;
  }
  const cost = formatMoney(variants[variant]?.costPerThousandRows ?? { total: '0', currency });
  return `good enough: ${name} costs ${cost} per 1,000 rows and ${lossText(choice, than)}`;
}

/** True if another variant has the same score or the same cost. */
function hasEqual({ best }: CheapestVariant, variants: Variants, { leaderboard }: ScorerAnalysis): boolean {
  const meanOf = (variant: number): number | null | undefined =>
    leaderboard.find((ranked) => ranked.variant === variant)?.mean;
  const costOf = (variant: number): string | undefined => variants[variant]?.costPerThousandRows?.total;
  return leaderboard.some(
    ({ variant }) => variant !== best && (meanOf(variant) === meanOf(best) || costOf(variant) === costOf(best)),
  );
}

/** The set of which the cost is the minimum, if not all costs are known in one currency. */
function limitOf({ currency }: CheapestVariant, variants: Variants): string {
  const isAll = variants.every(({ costPerThousandRows, unknownCosts }) => {
    return costPerThousandRows?.currency === currency && unknownCosts === 0;
  });
  return isAll ? '' : ` of those whose cost is known in ${oneLine(currency)}`;
}

/** From this ratio on, a factor is clearer than a percentage. */
const LEAST_FACTOR = 2;
const WHOLE_FACTOR = 10;

/** `17×`, `2.4×`, `30 %` */
function factorText(factor: number): string {
  if (factor >= WHOLE_FACTOR) return `${formatCount(factor)}×`;
  if (factor >= LEAST_FACTOR) return `${Number(fixedText(factor, 1))}×`;
  const percent = 100 * (1 - 1 / factor);
  return percent < 1 ? 'under 1 %' : `${fixedText(percent, 0)} %`;
}

/** @param best its name, if the sentence has not named it yet */
function lossText({ pointsWorse, pointsWorseInterval }: CheapestVariant, best: string): string {
  const most = pointsFigure(pointsWorseInterval?.high ?? 0);
  const size = pointsFigure(Math.abs(pointsWorse));
  if (size === '0.0')
    return `scores the same${best === '' ? '' : ` as ${best}`}, at most ${pointsOf(most)} worse (95 % CI)`;
  const than = best === '' ? '' : ` than ${best}`;
  if (pointsWorse < 0) return `is ${pointsOf(size)} better${than}, at most ${most} worse (95 % CI)`;
  return `is ${pointsOf(size)} worse${than}, at most ${most} (95 % CI)`;
}
