import type { Picounits } from '../../core/money.ts';
import { costOf, type Price } from '../../core/price.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import { seededRandom } from '../../core/sampling.ts';
import type { Variant } from '../../core/variant.ts';

/** Answers of one row under one variant, all repeats together. */
export interface SeenAnswer {
  /** Place among the counted rows; null for an uncounted row, such as one of another run. */
  readonly place: number | null;
  /** Identifies a row across variants. */
  readonly row: string;
  /** As reported by the provider, for one repeat; null if not reported. */
  readonly promptTokens: number | null;
  /** Of all repeats. */
  readonly completionTokens: number;
  /** Of all repeats; null if unknown, or if answers came from the cache. */
  readonly cost: Picounits | null;
}

/** Number of call durations that are kept. */
const MOST_DURATIONS = 1000;

/** What existing answers show about one variant. */
export class SeenVariant {
  readonly answers: SeenAnswer[] = [];
  /** Trials that have a result. */
  done = 0;
  /** Rows with a result for every repeat, and the counted ones of them. */
  doneRows = 0;
  readonly donePlaces = new Set<number>();
  promptTokens = 0;
  completionTokens = 0;
  paid: Picounits = 0n;
  /** Answers of unknown cost, which `paid` leaves out. */
  unknownCosts = 0;
  currency: string | null = null;
  readonly #durations: number[] = [];
  readonly #random = seededRandom(1);
  /** Sums of the answers that report their reasoning. */
  #reasoning = { tokens: 0, of: 0 };
  #latencyMs = 0;
  #calls = 0;
  #billed: Picounits = 0n;
  #listed: Picounits = 0n;

  /** Adds what a result has cost whose trial runs again. */
  addOpen({ wasted }: Result): void {
    if (wasted !== undefined) this.paid += wasted.amount;
  }

  /** Adds a result to the sums. @param price null if unknown */
  add(result: Result, price: Price | null): void {
    this.done += 1;
    if (result.wasted !== undefined) this.paid += result.wasted.amount;
    if (result.status !== 'completed') return;
    const { usage, cost } = result.completion;
    this.promptTokens += usage.promptTokens ?? 0;
    this.completionTokens += usage.completionTokens ?? 0;
    if (usage.reasoningTokens !== undefined && usage.completionTokens !== null) {
      this.#reasoning.tokens += usage.reasoningTokens;
      this.#reasoning.of += usage.completionTokens;
    }
    if (cost.total === null) this.unknownCosts += 1;
    else this.paid += cost.total;
    this.currency ??= cost.currency;
    if (result.cached) return;
    if (result.latencyMs !== null) this.#noteDuration(result.latencyMs);
    const listed = price === null || cost.source !== 'provider' ? null : costOf(price, usage).total;
    if (listed === null || cost.total === null) return;
    this.#billed += cost.total;
    this.#listed += listed;
  }

  /** Keeps a uniform random sample of a thousand. J. S. Vitter, ACM Trans. Math. Softw. 11 (1985), algorithm R. */
  #noteDuration(latencyMs: number): void {
    this.#latencyMs += latencyMs;
    this.#calls += 1;
    const at = this.#calls <= MOST_DURATIONS ? this.#calls - 1 : Math.floor(this.#random() * this.#calls);
    if (at < MOST_DURATIONS) this.#durations[at] = latencyMs;
  }

  /** Durations of observed calls, in milliseconds; of more than a thousand, a sample. */
  get durations(): readonly number[] {
    return this.#durations;
  }

  /** Share of completion tokens that were reasoning; null if no answer reported any. */
  get reasoningShare(): number | null {
    const { tokens, of } = this.#reasoning;
    return tokens === 0 ? null : tokens / of;
  }

  /** Mean duration of a call, in milliseconds; null if none was observed. */
  get latencyMs(): number | null {
    return this.#calls === 0 ? null : this.#latencyMs / this.#calls;
  }

  /** Ratio of billed cost to tokens × price; 1 if nothing was billed, or within a thousandth of it. */
  get billedShare(): number {
    const share = this.#listed === 0n ? 1 : Number(this.#billed) / Number(this.#listed);
    return Math.abs(share - 1) < 0.001 ? 1 : share;
  }
}

/** Observations for every variant of a grid, by its place. */
export type Seen = readonly SeenVariant[];

/** No observations for these variants. */
export function nothingSeen(variants: readonly Variant[]): Seen {
  return variants.map(() => new SeenVariant());
}

/** The answers of one row; null unless every repeat has an answer with known tokens. */
export function answerOf(
  results: readonly Result[],
  repeats: number,
  from: Pick<SeenAnswer, 'place' | 'row'>,
): SeenAnswer | null {
  const completed = results.filter((result): result is CompletedResult => result.status === 'completed');
  if (completed.length < repeats) return null;
  let completionTokens = 0;
  let cost: Picounits | null = 0n;
  for (const { completion, cached } of completed) {
    if (completion.usage.completionTokens === null) return null;
    completionTokens += completion.usage.completionTokens;
    const { total } = completion.cost;
    cost = cost === null || total === null || cached ? null : cost + total;
  }
  const promptTokens = completed[0]?.completion.usage.promptTokens ?? null;
  return { ...from, promptTokens, completionTokens, cost };
}
