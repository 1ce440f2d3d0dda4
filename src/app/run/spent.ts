import { BudgetError } from '../../core/budget-error.ts';
import type { Picounits } from '../../core/money.ts';
import { costOf } from '../../core/price.ts';
import { askedTier } from '../../core/request-fields.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import { CurrencyTotals } from '../../core/totals.ts';
import { runVariantName, variantKey } from '../../core/variant-name.ts';
import type { Spending } from '../../engine/budget.ts';
import type { HoldFile } from '../../store/hold-file.ts';
import type { Journal } from '../../store/journal.ts';
import { lostResults } from '../../store/journal-loss.ts';
import { readJournal } from '../../store/journal-reader.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { Prepared } from './prepare.ts';

/** What earlier sessions left: the results, and the possible cost of calls without one. */
interface Earlier {
  readonly journal: Journal;
  readonly holds: HoldFile;
}

/**
 * The cost of a run's earlier sessions, with or without a budget of their own: the known cost plus the maximum of the
 * rest.
 * @param currency of the budget, ISO 4217 code
 * @throws BudgetError if that has no known bound, so that no budget could be kept
 */
export async function earlierSpending(prepared: Prepared, earlier: Earlier, currency: string): Promise<Spending> {
  const { journal, holds } = earlier;
  if (!prepared.book.keepsLostCalls && journal.index.size > 0) throw notKept();
  checkUndamaged(earlier);
  const { paid, unknown, unknownCalls, unbounded } = holds.spending;
  const awaited = awaitedCalls(holds);
  for (const sums of [journal.paid, paid, unknown, awaited.costs]) checkCurrency(sums, currency);
  const untold = await readUntold(prepared, earlier);
  const notBounded = unbounded + awaited.unbounded + untold.calls;
  if (notBounded > 0) throw unknownSpending(notBounded);
  return {
    paid: journal.paid.of(currency) + paid.of(currency) + untold.paid,
    unknown: unknown.of(currency) + awaited.costs.of(currency),
    unknownCalls: unknownCalls + awaited.byTrial.size,
    awaited: awaited.byTrial,
  };
}

interface Awaited {
  readonly byTrial: ReadonlyMap<string, Picounits>;
  readonly costs: CurrencyTotals;
  /** Calls whose cost has no known bound. */
  readonly unbounded: number;
}

/** What calls may cost whose answers may still come: it counts until each of them is asked for. */
function awaitedCalls(holds: HoldFile): Awaited {
  const byTrial = new Map<string, Picounits>();
  const costs = new CurrencyTotals();
  for (const [trialId, { most, currency }] of holds.awaited) {
    if (most === null) continue;
    byTrial.set(trialId, most);
    costs.add({ amount: most, currency });
  }
  return { byTrial, costs, unbounded: holds.awaited.size - byTrial.size };
}

const WAY_OUT = 'choose another folder with --out to begin a new run, or resume this one without --budget';

interface Untold {
  /** The cost of answers that had no price at the time and have one now. */
  readonly paid: Picounits;
  /** Answers whose cost has no known bound. */
  readonly calls: number;
}

/** Reads the journal again, if it has answers whose cost is not in its sum. */
async function readUntold(prepared: Prepared, { journal, holds }: Earlier): Promise<Untold> {
  let [paid, calls] = [0n, 0];
  if (journal.unknownCosts === 0) return { paid, calls };
  for await (const result of readJournal(prepared.folder.file(RUN_FILES.journal))) {
    if (!hasUnknownCost(result)) continue;
    const cost = costNow(prepared, result);
    if (cost !== null) paid += cost;
    else if (!holds.countsAnswer(result.trialId)) calls += 1;
  }
  return { paid, calls };
}

function hasUnknownCost(result: Result): result is CompletedResult {
  return result.status === 'completed' && !result.cached && result.completion.cost.total === null;
}

function costNow({ lanes, plan }: Prepared, result: CompletedResult): Picounits | null {
  const { provider, model, completion } = result;
  // What a judge's request asked for is not known here.
  const variant = plan.grid.variants.find((each) => variantKey(runVariantName(each)) === variantKey(result));
  const asked = askedTier(variant?.params ?? {});
  const lane = lanes.lanes.find((each) => each.provider.name === provider);
  const price = lane?.priceOf(model, asked, completion.usage.serviceTier) ?? null;
  return price === null ? null : costOf(price, completion.usage).total;
}

function checkCurrency(sums: CurrencyTotals, currency: string): void {
  const other = sums.totals().find((cost) => cost.currency !== currency && cost.total !== '0');
  if (other === undefined) return;
  throw new BudgetError(
    `--budget is in ${currency}, but earlier sessions of this run paid ${other.total} ${other.currency}`,
    {
      hint: `give --currency ${other.currency}, or choose another folder with --out`,
    },
  );
}

function unknownSpending(calls: number): BudgetError {
  const what = `what ${calls} ${calls === 1 ? 'call' : 'calls'} of earlier sessions cost is not known`;
  return new BudgetError(`--budget cannot be kept: ${what} and has no known bound`, { hint: WAY_OUT });
}

/** What lost lines cost cannot be recovered, whether their trials ran again since or not. @throws BudgetError if there are any */
function checkUndamaged({ journal, holds }: Earlier): void {
  for (const [name, lines] of [
    [RUN_FILES.journal, lostResults(journal.loss)],
    [RUN_FILES.holds, holds.badLines.length],
  ] as const) {
    if (lines === 0) continue;
    const what = `${lines} ${lines === 1 ? 'line' : 'lines'} of ${name} ${lines === 1 ? 'is' : 'are'} damaged or missing`;
    throw new BudgetError(`--budget cannot be kept: ${what}, and what they cost is not known`, { hint: WAY_OUT });
  }
}

function notKept(): BudgetError {
  const what =
    'a session of an older promptgrid had none, and kept no record of calls that were billed without an answer';
  return new BudgetError(`--budget cannot be kept: ${what}`, { hint: WAY_OUT });
}
