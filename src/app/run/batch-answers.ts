import { BATCH_TIER, type BatchAnswer, type BatchStatus, type StrayLine } from '../../core/batch.ts';
import { mayBeBilled } from '../../core/billed.ts';
import { CallError, isFatal, isRetryable } from '../../core/call-error.ts';
import type { Completion } from '../../core/completion.ts';
import type { HoldLog } from '../../core/hold-log.ts';
import type { Amount, Picounits } from '../../core/money.ts';
import type { AskedOf, Batches } from '../../core/provider.ts';
import { isUsualTier } from '../../core/request-fields.ts';
import type { Result } from '../../core/result.ts';
import { placeOf, type Trial } from '../../core/trial.ts';
import type { Variant } from '../../core/variant.ts';
import { type Pricing, priced, pricedFailure } from '../../engine/answer-cost.ts';
import { isoText } from '../../io/clock.ts';
import type { BatchedTrial, BatchIntent } from '../../store/batch-lines.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { Plan } from '../plan/plan-stream.ts';
import type { BatchPhase } from './batch-context.ts';

/** Whose answers are taken. */
interface AnsweredLane {
  readonly plan: Plan;
  readonly lane: Lane;
  readonly batches: Batches;
}

/** A request whose answer is awaited. */
interface Awaited extends BatchedTrial {
  readonly of: Variant;
}

/** A batch whose results are being read. */
interface Taking {
  /** All of its requests. */
  readonly requests: ReadonlyMap<string, Awaited>;
  /** Those that no line was read of yet. */
  readonly unread: Set<string>;
  /** Those that were not carried out, as their lines say. */
  readonly undone: Set<string>;
  /** What the others cost. */
  paid: Picounits;
  answered: number;
}

/** What a batch came to. */
interface WholeBatch {
  readonly kind: 'whole';
  /** What it cost, with answers of unknown cost and lost ones at their maximum. */
  readonly paid: Picounits;
  /** Number of its requests that were answered. */
  readonly answered: number;
}

/** A batch whose results are not all there yet. */
interface PartOfBatch {
  readonly kind: 'part';
  /** Number of its requests that have a result. */
  readonly read: number;
  /** How many should have one, as far as the API says. */
  readonly reported: number;
}

/** Results that are written together. */
const WRITTEN_TOGETHER = 256;

/** Puts the answers of batches into the journal. A request without an answer stays open, up to a number of attempts. */
export class BatchAnswers {
  readonly #phase: BatchPhase;
  readonly #work: AnsweredLane;
  readonly #pricing: Pricing;
  readonly #holds: HoldLog;
  /** Batches that left a trial without an answer. */
  readonly #failures = new Map<string, number>();
  readonly #wasted = new Map<string, Amount>();
  /** Batches whose results are being read. */
  readonly #taking = new Map<string, Taking>();
  /** Batches with lines that are not theirs. */
  readonly #warned = new Set<string>();
  /** Trials that errored in this session: they are not asked again in it. */
  readonly #settled = new Set<string>();

  constructor(phase: BatchPhase, work: AnsweredLane) {
    this.#phase = phase;
    this.#work = work;
    this.#pricing = { priceOf: work.lane.priceOf, onUnpriced: (answer) => phase.onUnpriced(answer, work.lane) };
    this.#holds = phase.holds.exact(work.lane.currency ?? '');
  }

  /** True for a trial that errored in this session. */
  isSettled(trialId: string): boolean {
    return this.#settled.has(trialId);
  }

  /** Puts a result into the journal. */
  async store(result: Result): Promise<void> {
    if (result.status === 'errored') this.#settled.add(result.trialId);
    await this.#phase.journal.append(result);
    this.#phase.events.onResult?.(result);
  }

  /** Puts the error of a request that cannot be sent into the journal. */
  refuse(trial: Trial, error: CallError): Promise<void> {
    return this.store(this.#errored(placeOf(trial), 0, error));
  }

  /**
   * Takes what became of the requests of a batch that is over. It stays open while fewer results were read than the API
   * says that there are: what is missing is paid.
   * @throws CallError if its results cannot be read to their end; what was read is in the journal
   */
  async take(batch: BatchIntent, status: BatchStatus, signal: AbortSignal): Promise<WholeBatch | PartOfBatch> {
    const { cancels } = this.#phase.batch;
    const taking = await this.#takingOf(batch);
    const { requests, unread, undone } = taking;
    await this.#read(taking, status, signal);
    if (status.isEmptied) await this.#lose(taking, status.answered ?? 0);
    const read = requests.size - this.#missing(taking).length;
    const reported = reportedBy(status, requests.size);
    if (read < reported) return { kind: 'part', read, reported };
    for (const trialId of [...undone, ...unread]) {
      const trial = requests.get(trialId);
      if (trial === undefined || this.#isAnswered(trialId)) continue;
      // Nothing is wrong with a request that the user took back.
      if (cancels) continue;
      const message = `not carried out: the batch ${status.id} was over (${status.state}) before its turn`;
      await this.#unanswered(trial, new CallError('timeout', message));
    }
    return this.#whole(batch, taking);
  }

  /**
   * Gives up what was not read of a batch: it counts as lost, and is paid at its maximum.
   * @param reported number of requests that have a result; null if nobody knows any more, so that all of them may
   */
  async giveUp(batch: BatchIntent, reported: number | null): Promise<WholeBatch> {
    const taking = await this.#takingOf(batch);
    const read = taking.requests.size - this.#missing(taking).length;
    await this.#lose(taking, (reported ?? taking.requests.size) - read);
    return this.#whole(batch, taking);
  }

  /** Nobody knows which ones they were: the most expensive count. */
  async #lose(taking: Taking, calls: number): Promise<void> {
    const missing = this.#missing(taking).toSorted((one, other) => byMost(one.most, other.most));
    for (const { trialId, most } of missing.slice(0, Math.max(0, calls))) {
      await this.#holds.ended(trialId, most, { end: 'lost' });
      taking.paid += most ?? 0n;
    }
  }

  #whole({ intent }: BatchIntent, { paid, answered }: Taking): WholeBatch {
    this.#taking.delete(intent);
    return { kind: 'whole', paid, answered };
  }

  /** Kept until the results are read to their end: what was read before is not taken twice. */
  async #takingOf(batch: BatchIntent): Promise<Taking> {
    const known = this.#taking.get(batch.intent);
    if (known !== undefined) return known;
    const requests = await this.#requestsOf(batch);
    const taking = { requests, unread: new Set(requests.keys()), undone: new Set<string>(), paid: 0n, answered: 0 };
    this.#taking.set(batch.intent, taking);
    return taking;
  }

  #isAnswered(trialId: string): boolean {
    return this.#phase.journal.index.get(trialId)?.status === 'completed';
  }

  /** Requests that have neither a line of results nor an answer from an earlier session. */
  #missing({ requests, unread }: Taking): readonly Awaited[] {
    return [...unread].flatMap((trialId) => {
      const trial = requests.get(trialId);
      return trial === undefined || this.#isAnswered(trialId) ? [] : [trial];
    });
  }

  async #read(taking: Taking, status: BatchStatus, signal: AbortSignal): Promise<void> {
    const { requests, unread, undone } = taking;
    const strays = new StrayLines();
    let writing: Promise<void>[] = [];
    const asked: AskedOf = (customId) => {
      const trial = requests.get(customId);
      return trial === undefined ? undefined : { model: trial.of.model.model, params: trial.of.params };
    };
    try {
      for await (const line of this.#work.batches.results(status, asked, signal)) {
        if (line.outcome === undefined) {
          strays.add(line);
          continue;
        }
        const { customId, outcome } = line;
        const trial = requests.get(customId);
        if (trial === undefined || !unread.delete(customId)) continue;
        if (outcome === null) {
          undone.add(customId);
          continue;
        }
        if (!(outcome instanceof CallError)) taking.answered += 1;
        // An earlier session may have read a part of the results.
        if (this.#isAnswered(customId)) continue;
        const { cost, stored } = await this.#settle(trial, outcome);
        taking.paid += cost;
        if (stored !== null) writing.push(stored);
        if (writing.length < WRITTEN_TOGETHER) continue;
        await Promise.all(writing);
        writing = [];
      }
    } finally {
      await Promise.all(writing);
    }
    this.#warnOf(strays, status.id);
  }

  /** Once for each batch, though it may be read again. */
  #warnOf({ count, first }: StrayLines, id: string): void {
    if (first === null || this.#warned.has(id)) return;
    this.#warned.add(id);
    const lines = count === 1 ? '1 line has' : `${count} lines have`;
    const batch = `the batch ${id} (${this.#work.lane.provider.name})`;
    this.#phase.events.onWarning?.(
      `results of ${batch}: ${lines} the id of no request in it, the first is ${first.place}`,
    );
  }

  async #requestsOf(batch: BatchIntent): Promise<Map<string, Awaited>> {
    const { variants } = this.#work.plan.grid;
    const awaited = new Map<string, Awaited>();
    for await (const trial of this.#phase.batches.requestsOf(batch)) {
      const of = variants[trial.variant];
      if (of !== undefined) awaited.set(trial.trialId, { ...trial, of });
    }
    return awaited;
  }

  async #settle(trial: Awaited, outcome: NonNullable<BatchAnswer['outcome']>): Promise<Settled> {
    const request = { model: trial.of.model.model, params: trial.of.params };
    const { trialId, most } = trial;
    if (outcome instanceof CallError) {
      const error = pricedFailure(outcome, request, this.#pricing);
      const cost = await this.#costOfFailure(trial, error);
      await this.#unanswered(trial, error);
      return { cost, stored: null };
    }
    const completion = priced(inBatch(outcome), request, this.#pricing);
    const { total } = completion.cost;
    if (total === null) await this.#holds.ended(trialId, most, { end: 'unpriced' });
    const stored = this.#complete(trial, completion);
    // Its error is thrown where it is awaited, a little later.
    stored.catch(() => undefined);
    return { cost: total ?? most ?? 0n, stored };
  }

  async #complete(trial: Awaited, completion: Completion): Promise<void> {
    const { cacheKey, trialId } = trial;
    const at = this.#now();
    const made = { attempts: this.#attempts(trialId), latencyMs: null, at, wasted: this.#wasted.get(trialId) } as const;
    await this.store({ ...placed(trial), ...made, status: 'completed', completion, cached: false });
    if (cacheKey !== null) this.#phase.cache?.put(cacheKey, completion, at);
    if (this.#wasted.delete(trialId)) await this.#holds.stored(trialId);
  }

  /** Of a failed request only an answer that cannot be used is billed. */
  async #costOfFailure({ trialId, most }: Awaited, error: CallError): Promise<Picounits> {
    const { paid, httpStatus = 200 } = error;
    if (paid !== undefined) {
      const before = this.#wasted.get(trialId)?.amount ?? 0n;
      this.#wasted.set(trialId, { amount: before + paid.amount, currency: paid.currency });
      await this.#holds.ended(trialId, most, { end: 'told', cost: paid.amount, isJudge: false });
      return paid.amount;
    }
    if (httpStatus >= 300 || !mayBeBilled(error)) return 0n;
    await this.#holds.ended(trialId, most, { end: 'lost' });
    return most ?? 0n;
  }

  /** The trial stays open, to be asked again, unless that is of no use. */
  async #unanswered(trial: Awaited, error: CallError): Promise<void> {
    const { control, config } = this.#phase;
    const { trialId } = trial;
    if (isFatal(error.kind)) {
      control.stop({ kind: error.kind, message: error.message });
      return;
    }
    const attempts = this.#attempts(trialId);
    this.#failures.set(trialId, attempts);
    if ((error.mayRetry ?? isRetryable(error.kind)) && attempts < config.retry.maxAttempts) return;
    await this.store(this.#errored(placed(trial), attempts, error));
    if (this.#wasted.delete(trialId)) await this.#holds.stored(trialId);
  }

  #errored(place: ReturnType<typeof placeOf>, attempts: number, { kind, message }: CallError): Result {
    const wasted = this.#wasted.get(place.trialId);
    const made = { attempts, latencyMs: null, at: this.#now(), wasted };
    return { ...place, ...made, status: 'errored', errorCode: kind, errorMessage: message };
  }

  #attempts(trialId: string): number {
    return (this.#failures.get(trialId) ?? 0) + 1;
  }

  #now(): string {
    return isoText(this.#phase.clock.date());
  }
}

/** Lines of results that belong to no request. */
class StrayLines {
  count = 0;
  first: StrayLine | null = null;

  add(line: StrayLine): void {
    this.count += 1;
    this.first ??= line;
  }
}

/** Number of requests that have a result, as the API says; all of a batch that was carried out, if it does not say. */
function reportedBy({ state, done, isEmptied }: BatchStatus, requests: number): number {
  if (isEmptied) return 0;
  if (state === 'ended' && (done ?? 0) === 0) return requests;
  return Math.min(done ?? 0, requests);
}

/** The largest first, and before them what nothing bounds. */
function byMost(one: Picounits | null, other: Picounits | null): number {
  if (one === null || other === null) return Number(other === null) - Number(one === null);
  return one === other ? 0 : one > other ? -1 : 1;
}

/** What became of a request. */
interface Settled {
  readonly cost: Picounits;
  /** Resolves once its result is in the journal; null if it has none, or it is there. */
  readonly stored: Promise<void> | null;
}

function placed({ trialId, rowId, of, repeat }: Awaited): ReturnType<typeof placeOf> {
  return placeOf({ id: trialId, row: { id: rowId }, variant: of, repeat });
}

/** The answer at the tier of batches. One that was answered elsewhere too has a price that nobody knows. */
function inBatch(completion: Completion): Completion {
  const { usage } = completion;
  const { serviceTier: tier } = usage;
  const isPlain = tier === BATCH_TIER || isUsualTier(tier);
  return { ...completion, usage: { ...usage, serviceTier: isPlain ? BATCH_TIER : `${BATCH_TIER} ${tier}` } };
}
