import type { Amount, Picounits } from '../../core/money.ts';
import type { Result } from '../../core/result.ts';
import type { Scorer } from '../../core/scorer.ts';
import { CurrencyTotals } from '../../core/totals.ts';
import { formatModelRef } from '../../core/variant.ts';
import type { JournalReader } from '../../store/journal-reader.ts';
import type { OpenConfig, ScoringConfig } from '../config/run-config.ts';
import { isOpenStatus } from '../plan/open-trials.ts';
import { type Plan, type PlannedRow, planRows } from '../plan/plan-stream.ts';
import { answersOf } from '../scoring/answered-rows.ts';
import { JudgeCalls } from '../scoring/judge-calls.ts';
import { scoreAnswer } from '../scoring/score-answer.ts';
import { MOST_LEARNED_ROWS } from './counted-rows.ts';

/** Where verdicts are looked up. */
interface VerdictSource {
  readonly config: ScoringConfig & OpenConfig;
  /** Scorers that use a model. */
  readonly scorers: readonly Scorer[];
  readonly plan: Plan;
  readonly journal: JournalReader;
}

/** What a journal shows about the judging of a plan's rows. */
export class JudgedRows {
  /** Cost of each row, by currency, of at most two thousand rows. */
  readonly sample: ReadonlyMap<string, Picounits>[] = [];
  /** Rows with no judge request left. */
  closed = 0;
  /** The cost of those, and the cost so far of the others. */
  readonly paidForClosed = new CurrencyTotals();
  readonly paidForOpen = new CurrencyTotals();
  readonly currencies = new Set<string>();
  /** Models that judged at an unknown cost, as `formatModelRef` writes them. */
  readonly unknown = new Set<string>();
  /** Verdicts that were paid at an unknown cost. */
  unknownCosts = 0;

  /** Adds the judge requests about a row's answers. */
  add(asked: readonly Result[], { isClosed, isWhole, shared }: RowState): void {
    const cost = new CurrencyTotals();
    const paid = isClosed ? this.paidForClosed : this.paidForOpen;
    // What was paid once for all rows is not paid for further ones.
    for (const result of asked) {
      this.#addOne(result, { cost: shared.has(result.trialId) ? new CurrencyTotals() : cost, paid });
    }
    if (isClosed) this.closed += 1;
    if (!isWhole || this.sample.length >= MOST_LEARNED_ROWS) return;
    this.sample.push(new Map([...this.currencies].map((currency) => [currency, cost.of(currency)])));
  }

  /** Paid in a currency, for all rows. */
  paidIn(currency: string): Picounits {
    return this.paidForClosed.of(currency) + this.paidForOpen.of(currency);
  }

  /** Cost of rows in a currency, in picounits. */
  valuesIn(currency: string): Float64Array {
    return Float64Array.from(this.sample, (row) => Number(row.get(currency) ?? 0n));
  }

  #addOne(result: Result, to: RowTotals): void {
    const { wasted } = result;
    if (wasted !== undefined) this.#note(wasted, wasted.amount, to);
    if (result.status !== 'completed') return;
    const { total, currency } = result.completion.cost;
    if (total === null || currency === null) this.unknownCosts += 1;
    // A cached verdict was free, and those of other rows may not be cached.
    const full = result.cached ? (result.saved?.amount ?? null) : total;
    const paidIn = result.saved?.currency ?? currency;
    if (full === null || paidIn === null) this.unknown.add(formatModelRef(result));
    else this.#note({ amount: full, currency: paidIn }, total ?? 0n, to);
  }

  #note(worth: Amount, paid: Picounits, to: RowTotals): void {
    const { currency } = worth;
    this.currencies.add(currency);
    to.cost.add(worth);
    to.paid.add({ amount: paid, currency });
  }
}

/** The cost of one row without a cache, and where its actual cost is added. */
interface RowTotals {
  readonly cost: CurrencyTotals;
  readonly paid: CurrencyTotals;
}

/** How far a row is judged. */
interface RowState {
  /** No judge request is left for it; errors may be left as they are. */
  readonly isClosed: boolean;
  /** Every trial has an answer, and every judge request about one has, too. */
  readonly isWhole: boolean;
  /** Requests that do not depend on an answer, by trial. */
  readonly shared: ReadonlySet<string>;
}

/** Reads the verdicts on a plan's answers in one pass over the plan, without calls. */
export async function readJudgedRows(source: VerdictSource): Promise<JudgedRows> {
  const judged = new JudgedRows();
  if (source.journal.size === 0) return judged;
  const reader = new VerdictReader(source);
  for await (const planned of planRows(source.plan)) await reader.read(planned, judged);
  return judged;
}

class VerdictReader {
  readonly #source: VerdictSource;
  readonly #judgeCalls: JudgeCalls;
  #isClosed = true;
  #isWhole = true;
  #shared = new Set<string>();

  constructor(source: VerdictSource) {
    this.#source = source;
    this.#judgeCalls = new JudgeCalls(source.config.judge, ({ id, shared }) => {
      if (shared !== undefined) this.#shared.add(id);
      return this.#result(id);
    });
  }

  async read(planned: PlannedRow, judged: JudgedRows): Promise<void> {
    const { config, scorers } = this.#source;
    const { expectedColumn, keepThoughts } = config;
    [this.#isClosed, this.#isWhole, this.#shared] = [true, true, new Set()];
    const find = ({ id }: { readonly id: string }): Promise<Result | null> => this.#result(id);
    const asked: Result[] = [];
    for await (const { answer } of answersOf(planned, { find, scorers, expectedColumn, keepThoughts })) {
      const scores = await scoreAnswer(scorers, answer, this.#judgeCalls);
      asked.push(...scores.flatMap((score) => score.asked ?? []));
    }
    judged.add(asked, { isClosed: this.#isClosed, isWhole: this.#isWhole, shared: this.#shared });
  }

  async #result(id: string): Promise<Result | null> {
    const { journal, config } = this.#source;
    const result = await journal.read(id);
    this.#isWhole &&= result?.status === 'completed';
    this.#isClosed &&= result !== null && !isOpenStatus(result.status, config);
    return result;
  }
}
