import { BudgetError } from '../../core/budget-error.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Picounits } from '../../core/money.ts';
import { worstCostOf } from '../../core/price.ts';
import { contentBeyondText, type Message } from '../../core/prompt.ts';
import { columnText } from '../../core/row.ts';
import type { Trial } from '../../core/trial.ts';
import { formatModelRef, type Variant } from '../../core/variant.ts';
import type { Need } from '../../engine/metered-call.ts';
import { loadTokenCounter, type TokenCounter } from '../../pricing/token-counter.ts';
import type { MoneyConfig, PaceConfig } from '../config/run-config.ts';
import {
  boundOf,
  type CallBound,
  type CallKind,
  definitionBytes,
  mostCompletionTokens,
  type Unbounded,
} from './call-bound.ts';
import type { Lane } from './lanes.ts';

/** Completion tokens reserved if neither --max-tokens nor the model's list bounds them. */
const UNBOUNDED_COMPLETION = 4096;

/** Finds the maximum that a call can spend, with tokens only if a limit needs them. */
export function needsOf(config: PaceConfig & MoneyConfig, lane: Lane): (trial: Trial) => Need | Promise<Need> {
  const wantsTokens = config.limits.tpm !== null || config.modelLimits.some(({ value }) => value.tpm !== null);
  const worst = new WorstCosts(lane, config.budget !== null);
  if (!wantsTokens) return (trial) => ({ tokens: 0, cost: worst.of(trial) });
  const counters = new Map<string, TokenCounter>();
  return async (trial) => ({ tokens: await countTokens(trial, lane, counters), cost: worst.of(trial) });
}

async function countTokens(
  { variant, messages }: Trial,
  lane: Lane,
  counters: Map<string, TokenCounter>,
): Promise<number> {
  const { model, params, task } = variant;
  const counter = counters.get(model.model) ?? (await loadTokenCounter(model.model));
  counters.set(model.model, counter);
  if (task !== undefined) return counter.countText(columnText(messages[0]?.['content']));
  const completion = mostCompletionTokens(params, lane, model.model) ?? UNBOUNDED_COMPLETION;
  return counter.countPrompt(messages, params) + completion;
}

/** Reports that a budget could not be kept. */
export function unboundedBudget({ model }: CallKind, { why, hint }: Unbounded): BudgetError {
  return new BudgetError(`--budget cannot be kept for ${formatModelRef(model)}: ${why}`, { hint });
}

/** The maximum cost of calls to one endpoint, without counting tokens. */
class WorstCosts {
  readonly #lane: Lane;
  readonly #isBudgeted: boolean;
  readonly #bounds = new WeakMap<Variant, CallBound | Unbounded>();
  readonly #bytes = new BytesBound();

  /** @param isBudgeted true if a call without a bound must not be made */
  constructor(lane: Lane, isBudgeted: boolean) {
    this.#lane = lane;
    this.#isBudgeted = isBudgeted;
  }

  /** null if nothing bounds it. @throws BudgetError for such a call if there is a budget */
  of(trial: Trial): Picounits | null {
    const bound = this.#boundOf(trial.variant);
    if ('why' in bound) {
      if (this.#isBudgeted) throw unboundedBudget(trial.variant, bound);
      return null;
    }
    // With a budget, such a dataset was refused before.
    if (!this.#isBudgeted && contentBeyondText(trial.messages) !== null) return null;
    const { price, completionTokens } = bound;
    return worstCostOf(price, { promptTokens: this.#bytes.of(trial), completionTokens });
  }

  #boundOf(variant: Variant): CallBound | Unbounded {
    const known = this.#bounds.get(variant);
    if (known !== undefined) return known;
    const bound = boundOf(this.#lane, variant);
    this.#bounds.set(variant, bound);
    return bound;
  }
}

/**
 * A bound on prompt tokens without counting them: byte-level tokenizers produce at most one token per byte of text. The
 * JSON around a message has more bytes than its framing has tokens.
 */
class BytesBound {
  readonly #fixed = new WeakMap<JsonObject, number>();
  readonly #known = new WeakMap<readonly Message[], number>();

  of({ messages, variant: { params } }: Trial): number {
    const known = this.#known.get(messages) ?? Buffer.byteLength(JSON.stringify(messages));
    this.#known.set(messages, known);
    const fixed = this.#fixed.get(params) ?? definitionBytes(params);
    this.#fixed.set(params, fixed);
    return known + fixed;
  }
}
