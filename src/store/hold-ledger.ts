import type { LostCalls } from '../core/billed.ts';
import type { Amount, Picounits } from '../core/money.ts';
import { CurrencyTotals } from '../core/totals.ts';
import { trialDigest } from '../core/trial.ts';
import { DigestMap } from '../io/digest-map.ts';
import type { EndKind, HoldLine, UnderWay } from './hold-lines.ts';

/** Cost of calls that no result reports. */
export interface UntoldSpending {
  /** Known to be paid. */
  readonly paid: CurrencyTotals;
  /** Upper bound for calls of unknown cost. */
  readonly unknown: CurrencyTotals;
  /** Number of those calls. */
  readonly unknownCalls: number;
  /** Number of further calls whose cost has no known bound. */
  readonly unbounded: number;
}

/** Calls of unknown cost. */
class UnknownCosts {
  readonly most = new CurrencyTotals();
  calls = 0;
  unbounded = 0;

  add(calls: number, most: Picounits | null, currency: string): void {
    this.calls += calls;
    if (most === null) this.unbounded += calls;
    else this.most.add({ amount: most, currency });
  }
}

/** Sums the lines of holds.jsonl. */
export class HoldLedger {
  readonly #held = new Map<string, Omit<UnderWay, 'calls'>>();
  /** Cost of failed calls that their trial's result repeats, if there is one. */
  readonly #told = new Map<string, Amount>();
  readonly #underWay = new Map<string, UnderWay>();
  readonly #counted = new DigestMap(0);
  readonly #lost = new UnknownCosts();
  #hasDied = false;
  readonly #unpriced = new UnknownCosts();
  readonly #wasted = new CurrencyTotals();
  readonly #isAnswered: (trialId: string) => boolean;

  /** @param isAnswered true for a trial whose answer is in the journal, which reports the cost of its calls */
  constructor(isAnswered: (trialId: string) => boolean) {
    this.#isAnswered = isAnswered;
  }

  /** Calls without a usable answer that may have been billed. */
  get lost(): LostCalls {
    const { calls, most, unbounded } = this.#lost;
    const costsAtMost = most.totals().filter(({ total }) => total !== '0');
    return { calls, isBound: this.#hasDied, costsAtMost, unbounded };
  }

  /** Spending according to the lines so far, without what is still open. */
  get spending(): UntoldSpending {
    const unknown = new CurrencyTotals();
    for (const { most } of [this.#lost, this.#unpriced]) unknown.addAll(most);
    const unbounded = this.#lost.unbounded + this.#unpriced.unbounded;
    const unknownCalls = this.#lost.calls + this.#unpriced.calls - unbounded;
    return { paid: this.#wasted, unknown, unknownCalls, unbounded };
  }

  /** True if the answer of a trial has an unknown cost that is included in the spending. */
  countsAnswer(trialId: string): boolean {
    return this.#counted.get(trialDigest(trialId)) !== undefined;
  }

  add(line: HoldLine): void {
    switch (line.kind) {
      case 'held':
        // Nearly all of them are; only the others are kept in memory.
        if (!this.#isAnswered(line.trialId)) this.#held.set(line.trialId, line);
        return;
      case 'ended':
        this.#held.delete(line.trialId);
        this.#addEnd(line);
        return;
      case 'under way':
        this.#underWay.set(line.currency, line);
        return;
      case 'died':
        this.#underWay.delete(line.currency);
        this.#hasDied = true;
        this.#lost.add(line.calls, line.most, line.currency);
    }
  }

  #addEnd({ trialId, end, cost, currency, isOld = false }: HoldLine & { readonly kind: 'ended' }): void {
    // Earlier versions wrote the same for an answer of unknown cost as for a lost one.
    if (end === 'unpriced' || (isOld && end === 'lost')) this.#counted.set(trialDigest(trialId), 1);
    this.#addCost(trialId, end, { cost, currency });
  }

  #addCost(trialId: string, end: EndKind, { cost, currency }: { cost: Picounits | null; currency: string }): void {
    switch (end) {
      case 'lost':
        this.#lost.add(1, cost, currency);
        return;
      case 'unpriced':
        this.#unpriced.add(1, cost, currency);
        return;
      case 'told':
        this.#told.set(trialId, { amount: (this.#told.get(trialId)?.amount ?? 0n) + (cost ?? 0n), currency });
        return;
      case 'repeated':
        this.#told.delete(trialId);
        return;
      case 'wasted':
        this.#told.delete(trialId);
        this.#wasted.add({ amount: cost ?? 0n, currency });
        return;
      case 'free':
    }
  }

  /** Lines that settle what a dead session left open: its actual cost can no longer be known. */
  leftOpen(): readonly HoldLine[] {
    const told = [...this.#told].filter(([trialId]) => !this.#isAnswered(trialId));
    const underWay = [...this.#underWay.values()].filter(({ calls }) => calls > 0);
    return [
      ...[...this.#held].map(([trialId, { most, currency }]) => ended({ trialId, end: 'lost', cost: most, currency })),
      ...told.map(([trialId, { amount, currency }]) => ended({ trialId, end: 'wasted', cost: amount, currency })),
      ...underWay.map((left): HoldLine => ({ ...left, kind: 'died' })),
    ];
  }
}

function ended(end: Omit<HoldLine & { readonly kind: 'ended' }, 'kind'>): HoldLine {
  return { kind: 'ended', ...end };
}
