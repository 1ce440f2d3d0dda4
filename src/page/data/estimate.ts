import type { PageCost, PageHead, PagePaid } from '../../core/page-data.ts';

/** What a coverage is read from. */
interface EstimatedHead extends Pick<PageHead, 'estimate'> {
  readonly paid: Pick<PagePaid, 'hasJudges'>;
}

/** How much of a run its estimate covers. */
export interface Coverage {
  readonly variants: number;
  /** Variants whose price was unknown: the estimate leaves them out, the bill does not. */
  readonly unpriced: number;
  /** True if judges were called, whose cost is estimated apart from the answers'. */
  readonly hasJudges: boolean;
}

/** True if an estimate says anything of a variant's cost. */
export function isPriced(cost: PageCost | null): cost is PageCost {
  return cost !== null && (cost.low !== null || cost.ceiling !== null);
}

/** What an estimate in one currency covers; all of a run whose estimate has no variants. */
export function coverageOf({ estimate, paid }: EstimatedHead, currency: string): Coverage {
  const own = (estimate?.variants ?? []).filter((cost) => cost === null || cost.currency === currency);
  return {
    variants: own.length,
    unpriced: own.filter((cost) => !isPriced(cost)).length,
    hasJudges: paid.hasJudges,
  };
}
