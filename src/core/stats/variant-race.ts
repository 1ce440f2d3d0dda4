import { PairedEvidence } from './evidence.ts';

/** A variant that is clearly worse than another. */
export interface BeatenVariant {
  /** Its number, from 0. */
  readonly variant: number;
  /** The number of the one that beats it. */
  readonly by: number;
  /** The evidence for that: in comparisons without a difference it ever reaches e with a chance of 1/e at most. */
  readonly eValue: number;
  /** Rows that were seen when it was decided. */
  readonly rows: number;
}

/** What a race is about. */
interface RaceOptions {
  /** How many variants take part, from 1. */
  readonly variants: number;
  /** Chance that any variant is ever stopped though none is worse than another, above 0 and below 1; default 0.05. */
  readonly alpha?: number | undefined;
}

/** Two variants, the first with the lower number. */
interface Pair {
  readonly first: number;
  readonly second: number;
  readonly evidence: PairedEvidence;
}

/**
 * Finds variants that need not be paid for any longer, row by row: one is beaten as soon as the evidence that some other
 * is better reaches pairs/alpha, for as many pairs as there are (C. E. Bonferroni's correction; with `PairedEvidence` it
 * holds however often one looks). A variant that is beaten takes no further part, and the last one never is.
 *
 * All it knows comes from the rows, in their order: fed with the same rows again, it decides the same. Rows are to come in
 * an order that has nothing to do with them, and a row when all of its answers are there: answers that are slow or fail
 * would otherwise be counted later for one variant than for another. Rows that belong together, such as questions about one
 * document, are to come as one (`addCluster`), and a race has either clusters or rows that stand alone.
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
   * Adds a row that stands alone.
   * @param scores of each variant by its number, from 0 to 1; null where there is none, which is no evidence; those of
   *   beaten variants are passed over
   * @returns the variants that are beaten from this row on, most clearly first
   */
  add(scores: readonly (number | null)[]): readonly BeatenVariant[] {
    return this.addCluster([scores], 1);
  }

  /**
   * Adds rows that belong together, all of a cluster at once: one bet, for they may all go one way for one reason. Where
   * neither of two is better, the rows' differences add up to 0 over clusters on average, and clusters have to come in an
   * order that has nothing to do with them.
   * @param rows the cluster's, each as of `add`
   * @param mostRows of the largest cluster of the race, the same for all: it makes the bet's stake
   * @returns the variants that are beaten from this cluster on, most clearly first
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

  /** Rows added. */
  get rows(): number {
    return this.#rows;
  }

  /** The e-value at which one of a pair is beaten. */
  get threshold(): number {
    return this.#threshold;
  }

  /** Those that are beaten, in the order in which that was decided. */
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
