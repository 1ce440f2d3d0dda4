import { PairedEvidence } from './evidence.ts';

/** A variant that is significantly worse than another. */
export interface BeatenVariant {
  /** Its number, from 0. */
  readonly variant: number;
  /** The number of the one that beats it. */
  readonly by: number;
  /** The evidence for that: in comparisons without a difference it ever reaches e with a probability of at most 1/e. */
  readonly eValue: number;
  /** Number of rows when it was decided. */
  readonly rows: number;
}

/** Settings of a race. */
interface RaceOptions {
  /** Number of variants, at least 1. */
  readonly variants: number;
  /** Probability that any variant is ever stopped if none is worse than another, above 0 and below 1; default 0.05. */
  readonly alpha?: number | undefined;
}

/** Two variants, the first with the lower number. */
interface Pair {
  readonly first: number;
  readonly second: number;
  readonly evidence: PairedEvidence;
}

/**
 * Finds variants that need no further calls, row by row: one is beaten as soon as the evidence that some other is
 * better reaches pairs/alpha, with the number of pairs (C. E. Bonferroni's correction; with `PairedEvidence` it is
 * valid however often it is checked). A beaten variant takes no further part, and the last one is never beaten.
 *
 * All decisions depend only on the rows, in their order: the same rows give the same decisions. The order of rows must
 * be independent of the answers, and a row must be added when all of its answers exist. Otherwise slow or failing
 * answers would be counted later for one variant than for another. Rows that belong together, such as questions about
 * one document, must be added as one (`addCluster`), and a race has either clusters or independent rows.
 */
export class VariantRace {
  readonly #variants: number;
  readonly #beaten = new Map<number, BeatenVariant>();
  readonly #threshold: number;
  #pairs: readonly Pair[];
  #rows = 0;

  constructor({ variants, alpha = 0.05 }: RaceOptions) {
    this.#variants = variants;
    const count = Math.max(1, (variants * (variants - 1)) / 2);
    this.#threshold = count / alpha;
    this.#pairs = pairsOf(variants, alpha / count);
  }

  /**
   * Adds an independent row.
   * @param scores of each variant by its number, from 0 to 1; null if there is none, which is no evidence; those of
   *   beaten variants are ignored
   * @returns the variants that are beaten from this row on, strongest evidence first
   */
  add(scores: readonly (number | null)[]): readonly BeatenVariant[] {
    return this.addCluster([scores], 1);
  }

  /**
   * Adds rows that belong together, all of a cluster at once: one bet, because they may all go one way for one reason.
   * If neither of two is better, the rows' differences must sum to 0 over clusters on average, and the order of
   * clusters must be independent of the differences.
   * @param rows the cluster's, each as of `add`
   * @param mostRows of the largest cluster of the race, the same for all: it determines the bet's stake
   * @returns the variants that are beaten from this cluster on, strongest evidence first
   */
  addCluster(rows: readonly (readonly (number | null)[])[], mostRows: number): readonly BeatenVariant[] {
    this.#rows += rows.length;
    for (const { first, second, evidence } of this.#pairs) {
      let sum = 0;
      for (const scores of rows) {
        const [one, other] = [scores[first] ?? null, scores[second] ?? null];
        if (one !== null && other !== null) sum += one - other;
      }
      evidence.add(sum / mostRows);
    }
    return this.#decide();
  }

  /** Number of rows. */
  get rows(): number {
    return this.#rows;
  }

  /** The e-value at which one of a pair is beaten. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Beaten variants, in the order of the decisions. */
  get beaten(): readonly BeatenVariant[] {
    return [...this.#beaten.values()];
  }

  /** Whether a variant is beaten. */
  isBeaten(variant: number): boolean {
    return this.#beaten.has(variant);
  }

  #decide(): readonly BeatenVariant[] {
    if (!this.#pairs.some(({ evidence }) => evidence.isDecided)) return [];
    const decided = this.#pairs.filter(({ evidence }) => evidence.isDecided);
    const before = this.#beaten.size;
    for (const pair of decided.sort((a, b) => b.evidence.eValue - a.evidence.eValue)) this.#beat(pair);
    this.#pairs = this.#pairs.filter(({ first, second }) => !this.#beaten.has(first) && !this.#beaten.has(second));
    return this.beaten.slice(before);
  }

  #beat({ first, second, evidence }: Pair): void {
    const [variant, by] = evidence.favoured === 'first' ? [second, first] : [first, second];
    if (this.#beaten.has(variant) || this.#beaten.size === this.#variants - 1) return;
    this.#beaten.set(variant, { variant, by, eValue: evidence.eValue, rows: this.#rows });
  }
}

function pairsOf(variants: number, alpha: number): readonly Pair[] {
  return Array.from({ length: variants }, (_, first) =>
    Array.from({ length: variants - first - 1 }, (_unused, after) => {
      return { first, second: first + after + 1, evidence: new PairedEvidence(alpha) };
    }),
  ).flat();
}
