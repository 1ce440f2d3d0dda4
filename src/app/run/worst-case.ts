import { UsageError } from '../../core/errors.ts';
import { formatDecimal, type Picounits } from '../../core/money.ts';
import { worstCostOf } from '../../core/price.ts';
import { requireProvider } from '../config/endpoints.ts';
import type { RunConfig } from '../config/run-config.ts';
import { readAccountBalance } from './balances.ts';
import type { DatasetFacts } from './dataset-check.ts';
import type { Lane } from './lanes.ts';
import { checkBounded, mostCompletionTokens } from './needs.ts';
import type { Plan } from './plan-stream.ts';

/** What a run's most is reckoned from. */
interface CostedRun {
  readonly config: RunConfig;
  readonly plan: Plan;
  readonly facts: DatasetFacts;
  /** Rows that take part. */
  readonly rows: number;
}

/** @throws UsageError where a budget was set that could not be kept: no price, no bound, or several currencies */
export function checkBudget(config: RunConfig, lanes: readonly Lane[]): void {
  if (config.budget === null) return;
  for (const lane of lanes) checkBounded(lane, config);
  const currencies = new Set(lanes.flatMap((lane) => lane.models.map((model) => lane.priceOf(model)?.currency)));
  if (currencies.size <= 1) return;
  throw new UsageError(`--budget is one amount, but the models are paid in ${[...currencies].join(' and ')}`, {
    hint: 'run the models of each currency by themselves, each with its own budget',
  });
}

/** Warnings for accounts whose balance is below the most that the run can cost, a line each. Asks, but pays nothing. */
export async function balanceWarnings(run: CostedRun, all: readonly Lane[]): Promise<readonly string[]> {
  const lanes = all.filter(({ provider }) => requireProvider(provider.name).hasBalance);
  const warnings = await Promise.all(lanes.map((lane) => balanceWarning(run, lane)));
  return warnings.filter((warning) => warning !== null);
}

async function balanceWarning(run: CostedRun, lane: Lane): Promise<string | null> {
  const most = worstCase(run, lane);
  const left = most === null ? null : await readAccountBalance(lane);
  if (most === null || left === null || left.available >= most) return null;
  return (
    `${lane.provider.name} has ${formatDecimal(left.available)} ${left.currency} left, and at its worst the run costs ` +
    `${formatDecimal(most)}: it may stop half-way, and can be gone on with`
  );
}

/** The most that a lane's trials can cost together; null where that has no known bound. */
function worstCase({ plan, facts, rows, config }: CostedRun, lane: Lane): Picounits | null {
  let sum = 0n;
  for (const { prompt, model } of plan.grid.variants) {
    if (model.provider !== lane.provider.name) continue;
    const price = lane.priceOf(model.model);
    const completion = mostCompletionTokens(config.params, lane, model.model);
    if (price === null || completion === null) return null;
    const bytes = facts.promptBytes[facts.prompts.indexOf(prompt)] ?? 0;
    const requests = rows * plan.grid.repeats;
    const promptTokens = Math.ceil((bytes * rows) / facts.rows) * plan.grid.repeats;
    sum += worstCostOf(price, { promptTokens, completionTokens: completion * requests, requests });
  }
  return sum;
}
