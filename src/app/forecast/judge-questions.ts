import type { Picounits } from '../../core/money.ts';
import { Planner } from '../../core/plan.ts';
import { ratesFor, tokenCost } from '../../core/price.ts';
import type { CompletedResult, Result } from '../../core/result.ts';
import { columnText } from '../../core/row.ts';
import { countSelected, rowSelector } from '../../core/sampling.ts';
import type { Scorer } from '../../core/scorer.ts';
import { CurrencyTotals } from '../../core/totals.ts';
import { placeOf, type Trial } from '../../core/trial.ts';
import { UNKNOWN_COST } from '../../core/usage.ts';
import { formatModelRef } from '../../core/variant.ts';
import { embeddingTrials } from '../../engine/compare-texts.ts';
import { loadTokenCounter } from '../../pricing/token-counter.ts';
import { modelTokens } from '../../pricing/token-models.ts';
import type { JournalReader } from '../../store/journal-reader.ts';
import type { ScoringConfig } from '../config/run-config.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import { type Plan, type PlannedRow, planRows } from '../plan/plan-stream.ts';
import { answersOf } from '../scoring/answered-rows.ts';
import { JudgeCalls } from '../scoring/judge-calls.ts';
import { scoreAnswer } from '../scoring/score-answer.ts';
import type { PriceOf } from './learn.ts';

/** What judge prompts are counted from. */
interface QuestionSource {
  readonly config: ScoringConfig;
  /** Scorers that use a model. */
  readonly scorers: readonly Scorer[];
  readonly facts: Pick<DatasetFacts, 'sample'>;
  readonly plan: Plan;
  /** Existing answers; null if there are none. */
  readonly journal: JournalReader | null;
  readonly priceOf: PriceOf;
}

/** The cost of the judge prompts alone. */
interface QuestionCosts {
  /** Of all participating rows, by currency. */
  readonly costs: ReadonlyMap<string, Picounits>;
  /** Judges without a price, as `formatModelRef` writes them. */
  readonly unknown: ReadonlySet<string>;
}

/** Rows whose judge prompts are counted. */
const COUNTED_ROWS = 500;

/**
 * A lower bound on what judges read: their prompts about the existing answers, and about empty ones in place of the
 * others. Counted on at most 500 rows, drawn at random, and scaled to all; no call is made. It excludes follow-up
 * prompts that depend on a verdict, and the verdicts themselves.
 */
export async function countQuestions(source: QuestionSource): Promise<QuestionCosts> {
  const { plan } = source;
  const counter = new QuestionCounter(source);
  let counted = 0;
  for await (const planned of someRows(source)) {
    await counter.add(planned);
    counted += 1;
  }
  return counter.finish(countSelected({ ...plan.selection, rows: plan.rows }), counted);
}

/** The rows drawn by the dataset check if they suffice; else others, in a separate pass. */
async function* someRows({ facts, plan, journal }: QuestionSource): AsyncGenerator<PlannedRow> {
  const { limit, sample, seed } = plan.selection;
  if (journal === null && limit === null && sample === null && facts.sample !== null) {
    const planner = new Planner(plan.grid, { next: () => 0 });
    for (const { row } of facts.sample) yield { row, trials: planner.trials(row) };
    return;
  }
  const rows = countSelected({ ...plan.selection, rows: plan.rows });
  const isCounted = rowSelector({ rows, limit: null, sample: COUNTED_ROWS, seed });
  for await (const planned of planRows(plan)) if (isCounted()) yield planned;
}

class QuestionCounter {
  readonly #source: QuestionSource;
  readonly #judgeCalls: JudgeCalls;
  readonly #costs = new CurrencyTotals();
  /** Of requests that are sent once for all answers. */
  readonly #onceCosts = new CurrencyTotals();
  /** What is sent once: shared requests by id, texts to embed by model and digest. */
  readonly #once = new Set<string>();
  readonly #currencies = new Set<string>();
  readonly #unknown = new Set<string>();
  #asked: Trial[] = [];

  constructor(source: QuestionSource) {
    this.#source = source;
    this.#judgeCalls = new JudgeCalls(source.config.judge, (trial) => {
      this.#asked.push(trial);
      const { shared } = trial;
      return Promise.resolve(shared === undefined ? null : madeUpAnswer(trial, shared.leastReply));
    });
  }

  async add(planned: PlannedRow): Promise<void> {
    const { scorers, config, journal } = this.#source;
    const { expectedColumn, keepThoughts } = config;
    const find = async (trial: Trial): Promise<Result> => (await journal?.read(trial.id)) ?? madeUpAnswer(trial, '');
    this.#asked = [];
    for await (const { answer } of answersOf(planned, { find, scorers, expectedColumn, keepThoughts })) {
      await scoreAnswer(scorers, answer, this.#judgeCalls);
    }
    await this.#addCosts();
  }

  /** @param rows participating; @param counted those that were added */
  finish(rows: number, counted: number): QuestionCosts {
    const ofAll = (sum: Picounits): Picounits => (counted === 0 ? 0n : (sum * BigInt(rows)) / BigInt(counted));
    const costOfAll = (currency: string): Picounits => ofAll(this.#costs.of(currency)) + this.#onceCosts.of(currency);
    const costs = [...this.#currencies].map((currency) => [currency, costOfAll(currency)] as const);
    return { costs: new Map(costs), unknown: this.#unknown };
  }

  /** A row's empty answers share their prompts: each prompt is counted once. No text is embedded twice. */
  async #addCosts(): Promise<void> {
    const known = new Map<string, Picounits>();
    for (const trial of this.#asked.flatMap(callsOf)) {
      const { id, variant, messagesDigest, shared } = trial;
      const isShared = shared !== undefined;
      if (isShared && this.#once.has(id)) continue;
      const price = this.#source.priceOf(variant);
      if (price === null) {
        this.#unknown.add(formatModelRef(variant.model));
        continue;
      }
      const key = `${formatModelRef(variant.model)} ${messagesDigest}`;
      if (variant.task === 'embedding') {
        if (this.#once.has(key)) continue;
        this.#once.add(key);
      }
      const cost = known.get(key) ?? (await costOf(trial, price));
      known.set(key, cost);
      this.#currencies.add(price.currency);
      const costs = isShared ? this.#onceCosts : this.#costs;
      costs.add({ amount: cost, currency: price.currency });
      if (isShared) this.#once.add(id);
    }
  }
}

/** The calls that a trial makes. */
function callsOf(trial: Trial): readonly Trial[] {
  return trial.variant.task === 'similarity' ? embeddingTrials(trial) : [trial];
}

async function costOf(
  { variant, messages }: Pick<Trial, 'variant' | 'messages'>,
  price: NonNullable<ReturnType<PriceOf>>,
): Promise<Picounits> {
  const { model } = variant.model;
  const counter = await loadTokenCounter(model);
  const isChat = variant.task === undefined;
  const tokens = isChat
    ? modelTokens(model).range(counter.countPromptByKind(messages, variant.params)).low
    : counter.countText(columnText(messages[0]?.['content']));
  return tokenCost(tokens, ratesFor(price, tokens).promptToken) + (price.request ?? 0n);
}

const NO_USAGE = { promptTokens: null, completionTokens: null, totalTokens: null, cachedPromptTokens: null };

function madeUpAnswer(trial: Trial, output: string): CompletedResult {
  const completion = { id: null, output, finishReason: null, usage: NO_USAGE, cost: UNKNOWN_COST };
  return {
    ...placeOf(trial),
    status: 'completed',
    latencyMs: 0,
    attempts: 0,
    at: '',
    cached: false,
    completion: { ...completion, simulated: false },
  };
}
