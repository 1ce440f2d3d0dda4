import { type ErrorCount, ErrorTally } from '../../core/error-tally.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import type { VariantView } from '../../core/run-view.ts';
import { CurrencyTotals } from '../../core/totals.ts';
import { trialDigest } from '../../core/trial.ts';
import { runVariantName, variantNames } from '../../core/variant-name.ts';
import { DigestMap } from '../../io/digest-map.ts';
import type { StoredRun } from '../../store/run-file.ts';

/** The state of a trial that was answered. Others have further numbers, by their group and variant. */
const COMPLETED = 0;
/** The group of skipped trials; errored ones have further groups, by their reason. */
const SKIPPED = 0;

class VariantTally {
  completed = 0;
  errored = 0;
  skipped = 0;
  unknownCosts = 0;
  readonly costs = new CurrencyTotals();
  readonly sums: number[] = [];
  readonly counts: number[] = [];
}

/** Adds up the results of a run as they come; of a trial that ran again, the later one counts. */
export class RunTally {
  readonly #variants: readonly VariantTally[];
  readonly #names: ReturnType<typeof namesOf>;
  readonly #places: ReadonlyMap<string, number>;
  readonly #scores: readonly string[];
  readonly #states = new DigestMap();
  readonly #errors = new ErrorTally();
  readonly #costs = new CurrencyTotals();
  #unknownCosts = 0;
  #cached = 0;
  #judged = 0;
  #simulated = false;

  /** @param scores names of the scores that `addScores` gets */
  constructor({ variants }: Pick<StoredRun, 'variants'>, scores: readonly string[]) {
    this.#variants = variants.map(() => new VariantTally());
    this.#names = namesOf(variants);
    this.#places = new Map(this.#names.map((name, place) => [keyOf(name), place]));
    this.#scores = scores;
  }

  get done(): number {
    return this.#states.size;
  }

  get cached(): number {
    return this.#cached;
  }

  /** Requests to judges. */
  get judged(): number {
    return this.#judged;
  }

  /** True if an answer is of promptgrid's own gateway. */
  get simulated(): boolean {
    return this.#simulated;
  }

  get unknownCosts(): number {
    return this.#unknownCosts;
  }

  /** @param wasted paid for calls that no result reports */
  costsWith(wasted: CurrencyTotals): ReturnType<CurrencyTotals['totals']> {
    const all = new CurrencyTotals();
    for (const part of [this.#costs, wasted]) all.addAll(part);
    return all.totals();
  }

  get errors(): readonly ErrorCount[] {
    return this.#errors.counts();
  }

  /** Trials by status. */
  get counts(): { readonly completed: number; readonly errored: number; readonly skipped: number } {
    const sum = (pick: (variant: VariantTally) => number): number =>
      this.#variants.reduce((all, one) => all + pick(one), 0);
    return { completed: sum((v) => v.completed), errored: sum((v) => v.errored), skipped: sum((v) => v.skipped) };
  }

  /** A result of no trial of the run as it is now was paid for all the same. */
  addForeign(result: Result): void {
    if (result.wasted !== undefined) this.#costs.add(result.wasted);
    this.#addCost(result, null);
  }

  /** @returns true for an answer that counts, and may be scored */
  add(result: Result): result is CompletedResult {
    if (result.wasted !== undefined) this.#costs.add(result.wasted);
    if (result.judgeOf !== undefined) {
      this.#judged += 1;
      this.#addCost(result, null);
      return false;
    }
    const place = this.#places.get(keyOf(result));
    const variant = place === undefined ? undefined : this.#variants[place];
    // A variant that is not part of the run any more was paid for all the same.
    this.#addCost(result, variant ?? null);
    if (place === undefined || variant === undefined) return false;
    const [digest, before] = [trialDigest(result.trialId), this.#states.get(trialDigest(result.trialId))];
    // An error never replaces an answer.
    if (before === COMPLETED) return false;
    if (before !== undefined) this.#takeBack(before);
    this.#states.set(digest, this.#count(result, place, variant));
    return result.status === 'completed';
  }

  /** @param values parallel to the names of scores */
  addScores(result: CompletedResult, values: readonly (number | null)[]): void {
    const variant = this.#variants[this.#places.get(keyOf(result)) ?? -1];
    for (const [index, value] of values.entries()) {
      if (variant === undefined || value === null) continue;
      variant.sums[index] = (variant.sums[index] ?? 0) + value;
      variant.counts[index] = (variant.counts[index] ?? 0) + 1;
    }
  }

  views(): readonly VariantView[] {
    return this.#variants.map(({ completed, errored, skipped, unknownCosts, costs, sums, counts }, place) => ({
      ...(this.#names[place] ?? NO_NAME),
      completed,
      errored,
      skipped,
      costs: costs.totals(),
      unknownCosts,
      scores: this.#scores.map((name, index) => {
        const n = counts[index] ?? 0;
        return { name, mean: n === 0 ? null : (sums[index] ?? 0) / n, n };
      }),
    }));
  }

  #count(result: Result, place: number, variant: VariantTally): number {
    switch (result.status) {
      case 'completed':
        variant.completed += 1;
        if (result.cached) this.#cached += 1;
        this.#simulated ||= result.completion.simulated;
        return COMPLETED;
      case 'skipped':
        variant.skipped += 1;
        return this.#stateOf(SKIPPED, place);
      case 'errored': {
        variant.errored += 1;
        const { trialId, errorCode: code, errorMessage: message } = result;
        const reason = this.#errors.add({ variant: place, trialId, code, message });
        return this.#stateOf(SKIPPED + 1 + reason, place);
      }
    }
  }

  #stateOf(group: number, place: number): number {
    return COMPLETED + 1 + group * this.#variants.length + place;
  }

  /** Undoes the counting of a trial that was not answered. */
  #takeBack(state: number): void {
    const at = state - COMPLETED - 1;
    const [group, place] = [Math.floor(at / this.#variants.length), at % this.#variants.length];
    const variant = this.#variants[place];
    if (group === SKIPPED) {
      if (variant !== undefined) variant.skipped -= 1;
      return;
    }
    this.#errors.remove(group - SKIPPED - 1, place);
    if (variant !== undefined) variant.errored -= 1;
  }

  #addCost(result: Result, variant: VariantTally | null): void {
    if (result.status !== 'completed') return;
    const { total: amount, currency } = result.completion.cost;
    if (amount === null || currency === null) {
      this.#unknownCosts += 1;
      if (variant !== null) variant.unknownCosts += 1;
      return;
    }
    this.#costs.add({ amount, currency });
    variant?.costs.add({ amount, currency });
  }
}

const NO_NAME = { name: '', prompt: '', provider: '', model: '', temperature: null } as const;

function namesOf(variants: StoredRun['variants']) {
  const names = variants.map(runVariantName);
  const distinct = variantNames(names);
  return names.map((name, index) => ({ ...name, name: distinct[index] ?? '' }));
}

function keyOf({
  prompt,
  provider,
  model,
  label = '',
  temperature,
}: Pick<Result, 'prompt' | 'provider' | 'model' | 'label' | 'temperature'>): string {
  return `${prompt}\u0000${provider}\u0000${model}\u0000${label}\u0000${temperature ?? ''}`;
}
