import { reachesThreshold } from '../columns.ts';
import type { RepeatedRow } from '../reasons.ts';
import type { LeastRepeats, RepeatFigures } from '../repeat-gate.ts';
import type { AnalysedTrial } from './input.ts';

/** Rows that are named; the others are counted. */
const MOST_NAMED = 10;

/** What a scorer says of one row and variant, over its repeats. */
export interface RepeatCount {
  /** Repeats that passed. */
  readonly passed: number;
  /** Repeats with an answer or an error. */
  readonly repeats: number;
}

/**
 * Counts the repeats of one row and variant. A repeat without an answer or a score has not passed.
 * @returns null if the scorer did not apply, or nothing was run
 */
export function countRepeats(trials: readonly AnalysedTrial[], scorer: string): RepeatCount | null {
  let [passed, repeats, scored, errored] = [0, 0, 0, 0];
  for (const { status, scores } of trials) {
    if (status === 'skipped') continue;
    repeats += 1;
    if (status === 'errored') errored += 1;
    const score = scores.find(({ name }) => name === scorer);
    if (score === undefined) continue;
    scored += 1;
    if (score.value !== null && reachesThreshold(score)) passed += 1;
  }
  const applies = scored > 0 || (repeats > 0 && errored === repeats);
  return applies ? { passed, repeats } : null;
}

/** True if that share of the repeats passed, or more. */
export function passesOften({ passed, repeats }: RepeatCount, { least, of }: LeastRepeats): boolean {
  return passed * of >= least * repeats;
}

interface VariantRows {
  n: number;
  failed: number;
  worst: RepeatedRow[];
}

/** Checks row by row how often each variant passes a scorer. */
export class RepeatTable {
  readonly #wanted: LeastRepeats;
  readonly #variants: readonly VariantRows[];

  constructor(wanted: LeastRepeats, variants: number) {
    this.#wanted = wanted;
    this.#variants = Array.from({ length: variants }, () => ({ n: 0, failed: 0, worst: [] }));
  }

  /** Adds a row. @param trials of every variant */
  add(rowId: string, trials: readonly AnalysedTrial[]): void {
    for (const [index, own] of groupByVariant(trials, ({ variant }) => variant)) {
      const variant = this.#variants[index];
      if (variant === undefined) continue;
      const count = countRepeats(own, this.#wanted.scorer);
      if (count === null) continue;
      variant.n += 1;
      if (passesOften(count, this.#wanted)) continue;
      variant.failed += 1;
      variant.worst.push({ rowId, ...count });
      if (variant.worst.length >= 2 * MOST_NAMED) variant.worst = worstOf(variant.worst);
    }
  }

  figures(): RepeatFigures {
    const variants = this.#variants.map(({ n, failed, worst }) => ({ n, failed, worst: worstOf(worst) }));
    return { ...this.#wanted, variants };
  }
}

/** Trials of a row by the index of their variant. */
export function groupByVariant<Trial>(
  trials: readonly Trial[],
  variantOf: (trial: Trial) => number,
): ReadonlyMap<number, readonly Trial[]> {
  const groups = new Map<number, Trial[]>();
  for (const trial of trials) {
    const variant = variantOf(trial);
    const own = groups.get(variant);
    if (own === undefined) groups.set(variant, [trial]);
    else own.push(trial);
  }
  return groups;
}

/** The rows that passed least often, in their order. */
function worstOf(rows: readonly RepeatedRow[]): RepeatedRow[] {
  return rows.toSorted((a, b) => a.passed / a.repeats - b.passed / b.repeats).slice(0, MOST_NAMED);
}
