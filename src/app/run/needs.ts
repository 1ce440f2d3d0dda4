import { UsageError } from '../../core/errors.ts';
import { isJsonArray, type JsonObject } from '../../core/json.ts';
import type { Picounits } from '../../core/money.ts';
import { type Price, worstCostOf } from '../../core/price.ts';
import type { Message } from '../../core/prompt.ts';
import type { Trial } from '../../core/trial.ts';
import { formatModelRef, type Variant } from '../../core/variant.ts';
import type { Need } from '../../engine/metered-call.ts';
import { loadTokenCounter, type TokenCounter } from '../../pricing/token-counter.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { Lane } from './lanes.ts';

/** Completion tokens set aside where neither --max-tokens nor the model's list bounds them. */
const UNBOUNDED_COMPLETION = 4096;

/** Finds the most that a call can spend, its tokens only where a limit asks for them. */
export function needsOf(config: RunConfig, lane: Lane): (trial: Trial) => Need | Promise<Need> {
  const wantsTokens = config.limits.tpm !== null || Object.values(config.modelLimits).some(({ tpm }) => tpm !== null);
  const bytes = new BytesBound();
  const bounds = new WeakMap<Variant, CostBound>();
  const costOf = (trial: Trial): Picounits | null => {
    let bound = bounds.get(trial.variant);
    if (bound === undefined) {
      bound = costBound(lane, trial.variant);
      bounds.set(trial.variant, bound);
    }
    if (bound.isKnown) {
      const { price, completionTokens } = bound;
      return worstCostOf(price, { promptTokens: bytes.of(trial), completionTokens });
    }
    if (config.budget === null) return null;
    throw unboundedCost(formatModelRef(trial.variant.model), bound.lacksPrice);
  };
  if (!wantsTokens) return (trial) => ({ tokens: 0, cost: costOf(trial) });
  const counters = new Map<string, TokenCounter>();
  return async (trial) => ({ tokens: await countTokens(trial, lane, counters), cost: costOf(trial) });
}

/** What bounds the cost of a variant's calls, besides their prompts. */
type CostBound =
  | { readonly isKnown: true; readonly price: Price; readonly completionTokens: number }
  | { readonly isKnown: false; readonly lacksPrice: boolean };

function costBound(lane: Lane, { model, params }: Variant): CostBound {
  const price = lane.priceOf(model.model);
  const completionTokens = mostCompletionTokens(params, lane, model.model);
  const isBound = completionTokens !== null && Number.isSafeInteger(completionTokens) && completionTokens >= 0;
  if (price === null || !isBound) return { isKnown: false, lacksPrice: price === null };
  return { isKnown: true, price, completionTokens };
}

async function countTokens(
  { variant, messages }: Trial,
  lane: Lane,
  counters: Map<string, TokenCounter>,
): Promise<number> {
  const { model, params } = variant;
  const counter = counters.get(model.model) ?? (await loadTokenCounter(model.model));
  counters.set(model.model, counter);
  const completion = mostCompletionTokens(params, lane, model.model) ?? UNBOUNDED_COMPLETION;
  return counter.countPrompt(messages, params) + completion;
}

/** The most tokens an answer can have: max_tokens, else the model's capacity; null where neither is known. */
export function mostCompletionTokens(params: JsonObject, lane: Lane, model: string): number | null {
  const asked = params['max_tokens'] ?? params['max_completion_tokens'];
  if (typeof asked === 'number') return asked;
  return lane.known.find(({ id }) => id === model)?.maxCapacity ?? null;
}

/** @throws UsageError where the cost of a call has no known bound, so that a budget could not be kept */
export function checkBounded(lane: Lane, { models, params }: Pick<RunConfig, 'models' | 'params'>): void {
  const ofGrid = models.filter(({ provider }) => provider === lane.provider.name).map(({ model }) => model);
  for (const model of lane.models) {
    const hasPrice = lane.priceOf(model) !== null;
    // A judge's verdict is always bounded.
    if (hasPrice && (!ofGrid.includes(model) || mostCompletionTokens(params, lane, model) !== null)) continue;
    throw unboundedCost(formatModelRef({ provider: lane.provider.name, model }), !hasPrice);
  }
}

function unboundedCost(model: string, lacksPrice: boolean): UsageError {
  const what = lacksPrice ? 'its price is not known' : 'nothing bounds the length of its answers';
  const hint = lacksPrice
    ? `give its price per 1,000,000 tokens: --price ${model.slice(model.indexOf('/') + 1)}=<prompt>,<completion>`
    : 'give --max-tokens';
  return new UsageError(`--budget cannot be kept for ${model}: ${what}`, { hint });
}

/** Tokens that may frame definitions, of all of them and of each: for short ones more than their JSON has bytes. */
const FRAME_OF_DEFINITIONS = 32;
const FRAME_OF_DEFINITION = 16;

/**
 * A bound on prompt tokens without counting them: byte-level tokenizers give at most one token a byte of text, and the
 * JSON around a message has more bytes than the tokens that frame it.
 */
class BytesBound {
  readonly #fixed = new WeakMap<JsonObject, number>();
  readonly #known = new WeakMap<readonly Message[], number>();

  of({ messages, variant: { params } }: Trial): number {
    const known = this.#known.get(messages) ?? Buffer.byteLength(JSON.stringify(messages));
    this.#known.set(messages, known);
    return known + this.#ofDefinitions(params);
  }

  #ofDefinitions(params: JsonObject): number {
    const known = this.#fixed.get(params);
    if (known !== undefined) return known;
    const { functions, tools } = params;
    const definitions = [functions, tools].flatMap((value) => (isJsonArray(value) ? value : []));
    const frame = definitions.length === 0 ? 0 : FRAME_OF_DEFINITIONS + FRAME_OF_DEFINITION * definitions.length;
    const bytes = Buffer.byteLength(JSON.stringify([functions ?? null, tools ?? null])) + frame;
    this.#fixed.set(params, bytes);
    return bytes;
  }
}
