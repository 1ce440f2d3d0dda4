import { BudgetError } from '../../core/budget-error.ts';
import { formatDecimal, type Picounits } from '../../core/money.ts';
import { worstCostOf } from '../../core/price.ts';
import type { Variant } from '../../core/variant.ts';
import { traitsOf } from '../../providers/index.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import { bytesOfRows } from '../plan/message-check.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { readAccountBalance } from './balances.ts';
import { boundOf, type CallKind, definitionBytes, requestBound } from './call-bound.ts';
import { type AskingRun, judgeCalls } from './judge-calls.ts';
import type { Lane } from './lanes.ts';
import { unboundedBudget } from './needs.ts';

/** What a run's maximum cost is computed from. */
interface CostedRun {
  readonly plan: Plan;
  readonly facts: DatasetFacts;
  /** Participating rows. */
  readonly rows: number;
}

/**
 * @throws BudgetError if a budget cannot be kept: no price, no bound on a prompt or an answer, charges besides text, or
 * several currencies
 */
export function checkBudget(run: AskingRun, lanes: readonly Lane[]): void {
  const { config, facts } = run;
  if (config.budget === null) return;
  const ofGrid = config.models.map(({ ref, params }): CallKind => ({ model: ref, params }));
  const currencies = new Set<string | undefined>();
  for (const kind of [...ofGrid, ...judgeCalls(run)]) {
    const lane = lanes.find(({ provider }) => provider.name === kind.model.provider);
    if (lane === undefined) continue;
    // Prompts to judges are text.
    const bound = boundOf(lane, kind, ofGrid.includes(kind) ? facts.promptFacts : []);
    if ('why' in bound) throw unboundedBudget(kind, bound);
    currencies.add(bound.price.currency);
  }
  if (currencies.size <= 1) return;
  throw new BudgetError(`--budget is one amount, but the models are paid in ${[...currencies].join(' and ')}`, {
    hint: 'run the models of each currency by themselves, each with its own budget',
  });
}

/**
 * Warnings for accounts whose balance is below the maximum cost of the run, one line each. Queries balances, but pays
 * nothing.
 */
export async function balanceWarnings(run: CostedRun, all: readonly Lane[]): Promise<readonly string[]> {
  const lanes = all.filter(({ provider }) => traitsOf(provider.kind).hasBalance);
  const warnings = await Promise.all(lanes.map((lane) => balanceWarning(run, lane)));
  return warnings.filter((warning) => warning !== null);
}

/**
 * Refuses a budget that pays for no call of a new run. With a response cache it may still have answers.
 * @throws BudgetError if every call could cost more than the budget
 */
export function checkPaysForCall(
  { plan, facts }: Omit<CostedRun, 'rows'>,
  lanes: readonly Lane[],
  budget: Picounits | null,
): void {
  if (budget === null) return;
  let least: CallCost | null = null;
  for (const variant of plan.grid.variants) {
    const cost = leastCallOf(variant, facts, lanes);
    // A variant that is never called asks for no money.
    if (cost === null) return;
    if (least === null || cost.most < least.most) least = cost;
  }
  if (least === null || least.most <= budget) return;
  const { most, currency, isBounded } = least;
  const given = `${formatDecimal(budget)} ${currency}`;
  throw new BudgetError(
    `the budget of ${given} is too small: a call could cost up to ${formatDecimal(most)} ${currency}`,
    {
      hint: isBounded
        ? 'raise --budget, or lower --max-tokens'
        : 'give --max-tokens, such as --max-tokens 300: nothing else bounds an answer; or raise --budget',
    },
  );
}

/** The worst case of one call. */
interface CallCost {
  readonly most: Picounits;
  readonly currency: string;
  /** True if a request field bounds its answer. */
  readonly isBounded: boolean;
}

/** The worst case of a variant's smallest row; null if there is no known bound. */
function leastCallOf(
  variant: Variant,
  { prompts, promptFacts }: DatasetFacts,
  lanes: readonly Lane[],
): CallCost | null {
  const { prompt, model, params } = variant;
  const lane = lanes.find(({ provider }) => provider.name === model.provider);
  const messages = promptFacts[prompts.indexOf(prompt)];
  if (lane === undefined || messages === undefined) return null;
  const bound = boundOf(lane, variant, [messages]);
  if ('why' in bound) return null;
  const { price, completionTokens } = bound;
  const promptTokens = messages.leastBytes + definitionBytes(params);
  const most = worstCostOf(price, { promptTokens, completionTokens });
  return { most, currency: price.currency, isBounded: requestBound(params, lane) !== null };
}

async function balanceWarning(run: CostedRun, lane: Lane): Promise<string | null> {
  const most = worstCase(run, lane);
  const left = most === null ? null : await readAccountBalance(lane);
  if (most === null || left === null || left.available >= most) return null;
  return (
    `${lane.provider.name} has ${formatDecimal(left.available)} ${left.currency} left, and at its worst the run costs ` +
    `${formatDecimal(most)}: it may stop half-way, and can be resumed`
  );
}

/** The maximum cost of a lane's trials together; null if there is no known bound. */
function worstCase({ plan, facts, rows }: CostedRun, lane: Lane): Picounits | null {
  let sum = 0n;
  for (const variant of plan.grid.variants) {
    const { prompt, model, params } = variant;
    if (model.provider !== lane.provider.name) continue;
    const messages = facts.promptFacts[facts.prompts.indexOf(prompt)];
    const bound = boundOf(lane, variant, messages === undefined ? [] : [messages]);
    if ('why' in bound) return null;
    const requests = rows * plan.grid.repeats;
    const eligible = Math.min(facts.rows, plan.selection.limit ?? facts.rows);
    const ofMessages = messages === undefined ? 0 : bytesOfRows(messages, rows, eligible);
    const promptTokens = ofMessages * plan.grid.repeats + definitionBytes(params) * requests;
    const completionTokens = bound.completionTokens * requests;
    sum += worstCostOf(bound.price, { promptTokens, completionTokens, requests });
  }
  return sum;
}
