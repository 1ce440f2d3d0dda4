import type { LostCalls } from '../core/billed.ts';
import type { Picounits } from '../core/money.ts';
import { CurrencyTotals, type Unreported, WastedCalls } from '../core/totals.ts';
import { trialDigest } from '../core/trial.ts';
import { DigestMap } from '../io/digest-map.ts';
import type { HoldLine, UnderWay } from './hold-lines.ts';
import type { CallCost, ToldCalls } from './hold-logs.ts';

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

  addAll({ calls, most, unbounded }: UnknownCosts): void {
    this.calls += calls;
    this.unbounded += unbounded;
    this.most.addAll(most);
  }

  /** Takes one away again. */
  subtract({ most, currency }: CallCost): void {
    this.calls -= 1;
    if (most === null) this.unbounded -= 1;
    else this.most.add({ amount: -most, currency });
  }
}

/** Sums the lines of holds.jsonl. */
export class HoldLedger {
  readonly #held = new Map<string, CallCost>();
  /** Trials of whose calls the last one was lost, with its maximum. */
  readonly #lastLost = new Map<string, CallCost>();
  /** Cost of failed calls that their trial's result repeats, if there is one. */
  readonly #told = new Map<string, ToldCalls & { readonly currency: string }>();
  readonly #underWay = new Map<string, UnderWay>();
  readonly #counted = new DigestMap(0);
  readonly #lost = new UnknownCosts();
  #hasDied = false;
  readonly #unpriced = new UnknownCosts();
  readonly #wasted: Unreported = { trials: new WastedCalls(), judges: new WastedCalls() };
  readonly #isAnswered: (trialId: string) => boolean;

  /** @param isAnswered true for a trial with a result in the journal that reports the cost of its calls */
  constructor(isAnswered: (trialId: string) => boolean) {
    this.#isAnswered = isAnswered;
  }

  /** Calls without a usable answer that may have been billed. */
  get lost(): LostCalls {
    return this.lostWith([]);
  }

  /** The same with calls that are open. */
  lostWith(open: Iterable<CallCost>): LostCalls {
    const all = new UnknownCosts();
    all.addAll(this.#lost);
    for (const { most, currency } of open) all.add(1, most, currency);
    const { calls, most, unbounded } = all;
    const costsAtMost = most.totals().filter(({ total }) => total !== '0');
    return { calls, isBound: this.#hasDied, costsAtMost, unbounded };
  }

  /** Spending according to the lines so far, without what is still open. */
  get spending(): UntoldSpending {
    const unknown = new CurrencyTotals();
    for (const { most } of [this.#lost, this.#unpriced]) unknown.addAll(most);
    const paid = new CurrencyTotals();
    for (const { costs } of [this.#wasted.trials, this.#wasted.judges]) paid.addAll(costs);
    const unbounded = this.#lost.unbounded + this.#unpriced.unbounded;
    const unknownCalls = this.#lost.calls + this.#unpriced.calls - unbounded;
    return { paid, unknown, unknownCalls, unbounded };
  }

  /** Calls of known cost whose trial has no result that repeats it, without what is still open. */
  get wasted(): Unreported {
    return this.#wasted;
  }

  /** True if the answer of a trial has an unknown cost that is included in the spending. */
  countsAnswer(trialId: string): boolean {
    return this.#counted.get(trialDigest(trialId)) !== undefined;
  }

  add(line: HoldLine): void {
    switch (line.kind) {
      case 'held':
        this.#lastLost.delete(line.trialId);
        // Nearly all of them are; only the others are kept in memory.
        if (!this.#isAnswered(line.trialId)) this.#held.set(line.trialId, line);
        return;
      case 'ended':
        // The sum of a trial's failed calls comes last, and says nothing of a later call that is open or lost.
        if (line.end === 'wasted') this.#addCost(line);
        else this.#addEnd(line);
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

  #addEnd(line: EndLine): void {
    const { trialId, end, cost, currency, isOld = false } = line;
    const lost = this.#lastLost.get(trialId);
    this.#held.delete(trialId);
    this.#lastLost.delete(trialId);
    if (end === 'lost' && !isOld) this.#lastLost.set(trialId, { most: cost, currency });
    if (end === 'found' && lost !== undefined) {
      this.#lost.subtract(lost);
      if (!this.#isAnswered(trialId)) this.#held.set(trialId, lost);
    }
    // Earlier versions wrote the same for an answer of unknown cost as for a lost one.
    if (end === 'unpriced' || (isOld && end === 'lost')) this.#counted.set(trialDigest(trialId), 1);
    this.#addCost(line);
  }

  #addCost({ trialId, end, cost, currency, calls = 1, isJudge = false }: EndLine): void {
    switch (end) {
      case 'lost':
        this.#lost.add(1, cost, currency);
        return;
      case 'unpriced':
        this.#unpriced.add(1, cost, currency);
        return;
      case 'told': {
        const before = this.#told.get(trialId) ?? { cost: 0n, calls: 0 };
        const told = { cost: before.cost + (cost ?? 0n), calls: before.calls + calls };
        this.#told.set(trialId, { ...told, currency, isJudge });
        return;
      }
      case 'repeated':
        this.#told.delete(trialId);
        return;
      case 'wasted':
        this.#told.delete(trialId);
        (isJudge ? this.#wasted.judges : this.#wasted.trials).add(calls, { amount: cost ?? 0n, currency });
        return;
      case 'free':
      case 'found':
    }
  }

  /**
   * Lines that open calls again which were given up for lost.
   * @param isAwaited true for a trial whose answer may still come
   */
  found(isAwaited: (trialId: string) => boolean): readonly HoldLine[] {
    return [...this.#lastLost]
      .filter(([trialId]) => isAwaited(trialId) && !this.#isAnswered(trialId))
      .map(([trialId, { most, currency }]) => ended({ trialId, end: 'found', cost: most, currency }));
  }

  /** What open calls may cost whose answers may still come, by trial. @param isAwaited as of `found` */
  awaited(isAwaited: (trialId: string) => boolean): ReadonlyMap<string, CallCost> {
    return new Map([...this.#held].filter(([trialId]) => isAwaited(trialId)));
  }

  /**
   * Lines that settle what a dead session left open: its actual cost can no longer be known.
   * @param isAwaited true for a trial whose answer may still come, which stays open
   */
  leftOpen(isAwaited: (trialId: string) => boolean = nobody): readonly HoldLine[] {
    const held = [...this.#held].filter(([trialId]) => !isAwaited(trialId));
    const told = [...this.#told].filter(([trialId]) => !this.#isAnswered(trialId));
    const underWay = [...this.#underWay.values()].filter(({ calls }) => calls > 0);
    return [
      ...held.map(([trialId, { most, currency }]) => ended({ trialId, end: 'lost', cost: most, currency })),
      ...told.map(([trialId, calls]) => ended({ trialId, end: 'wasted', ...calls })),
      ...underWay.map((left): HoldLine => ({ ...left, kind: 'died' })),
    ];
  }
}

type EndLine = HoldLine & { readonly kind: 'ended' };

function nobody(): boolean {
  return false;
}

function ended(end: Omit<EndLine, 'kind'>): HoldLine {
  return { kind: 'ended', ...end };
}
