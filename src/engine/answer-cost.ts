import type { CallError } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import { costOf, type Price } from '../core/price.ts';
import type { CompletionRequest } from '../core/provider.ts';
import { askedTier } from '../core/request-fields.ts';
import { UNKNOWN_COST, type Usage } from '../core/usage.ts';

/** What answers are priced with. */
export interface Pricing {
  /**
   * Price of a model's tokens, for answers that report no cost; null if unknown.
   * @param asked the service tier that the request asks for
   * @param answered the tier that the answer names, which counts; undefined if it names none
   */
  readonly priceOf: (model: string, asked: string | undefined, answered: string | undefined) => Price | null;
  /** Called for every answer whose cost stays unknown although its tokens are known. */
  readonly onUnpriced: (answer: UnpricedAnswer) => void;
}

/** An answer with known tokens and unknown cost. */
export interface UnpricedAnswer {
  readonly model: string;
  readonly usage: Usage;
  /** The service tier used; undefined if neither the answer nor the request names one. */
  readonly tier: string | undefined;
  /** The service tier that the request asks for. */
  readonly asked: string | undefined;
  /** null if the model has no price at that tier. */
  readonly price: Price | null;
}

/** The part of a request that its price depends on. */
type PricedRequest = Pick<CompletionRequest, 'model' | 'params'>;

/** The answer with its cost. The provider's own figure takes precedence; without one, it is tokens × price. */
export function priced(completion: Completion, { model, params }: PricedRequest, pricing: Pricing): Completion {
  if (completion.cost.source !== 'unknown') return completion;
  const { usage } = completion;
  const asked = askedTier(params);
  const tier = usage.serviceTier ?? asked;
  const price = pricing.priceOf(model, asked, usage.serviceTier);
  const cost = price === null ? completion.cost : costOf(price, usage);
  const isCounted = usage.promptTokens !== null && usage.completionTokens !== null;
  if (cost.total === null && isCounted) pricing.onUnpriced({ model, usage, tier, asked, price });
  return price === null ? completion : { ...completion, cost };
}

/** The error with its cost, if the body reports tokens and the model has a price. */
export function pricedFailure(error: CallError, { model, params }: PricedRequest, { priceOf }: Pricing): CallError {
  if (error.paid !== undefined || error.usage === undefined) return error;
  const price = priceOf(model, askedTier(params), error.usage.serviceTier);
  const { total, currency } = price === null ? UNKNOWN_COST : costOf(price, error.usage);
  return total === null || currency === null ? error : error.with({ paid: { amount: total, currency } });
}
