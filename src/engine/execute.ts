import { CallError, isFatal } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import type { Amount } from '../core/money.ts';
import { costOf, type Price } from '../core/price.ts';
import type { Provider } from '../core/provider.ts';
import type { Result } from '../core/result.ts';
import { placeOf, type Trial } from '../core/trial.ts';
import { UNKNOWN_COST } from '../core/usage.ts';
import type { Account } from './account.ts';
import type { Budget } from './budget.ts';
import type { CallSlots } from './call-slots.ts';
import type { Clock } from './clock.ts';
import type { RunControl } from './control.ts';
import { EndpointHealth } from './health.ts';
import type { HoldBook } from './hold-books.ts';
import { type MadeCall, makeMeteredCall, type Need } from './metered-call.ts';
import { ModelGate } from './model-gate.ts';
import type { ResponseCache } from './response-cache.ts';
import { nextDelayMs, type RetryPolicy } from './retry.ts';

/** What it takes to carry trials out against one endpoint. */
export interface ExecutorSettings {
  readonly provider: Provider;
  /** The limits that hold for a model: its account's, then its own where it has any. */
  readonly accountsOf: (model: string) => readonly Account[];
  /** Places for calls in flight. */
  readonly slots: CallSlots;
  readonly budget: Budget | null;
  /** Keeps word of what calls may cost. */
  readonly holds: HoldBook;
  /** null where answers are not cached. */
  readonly cache: ResponseCache | null;
  /** True where a trial's answer may be taken from the cache and kept in it. */
  readonly isCacheable: (trial: Trial) => boolean;
  /** The most that a call for a trial can spend. */
  readonly needOf: (trial: Trial) => Promise<Need> | Need;
  /** Price of a model's tokens, for answers that tell no cost; null where it is not known. */
  readonly priceOf: (model: string) => Price | null;
  /** Longest duration of one attempt, in milliseconds. */
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
  readonly control: RunControl;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** Carries out one trial at a time: looks it up, calls, tries again what can change, and says what came of it. */
export class Executor {
  readonly #settings: ExecutorSettings;
  readonly #gate = new ModelGate();
  readonly #health = new EndpointHealth();

  constructor(settings: ExecutorSettings) {
    this.#settings = settings;
  }

  /** @returns null where the run ended before the trial had a result: it is still to be done */
  async execute(trial: Trial): Promise<Result | null> {
    const cacheKey = this.#cacheKey(trial);
    const known = cacheKey === null ? null : this.#fromCache(trial, cacheKey);
    if (known !== null) return known;
    const { verdict, open } = await this.#gate.enter(trial.variant.model.model);
    if (verdict !== null) return this.#errored(trial, verdict, NOTHING_MADE);
    try {
      const result = await this.#tryUntilDone(trial, open);
      if (cacheKey !== null && result?.status === 'completed') {
        this.#settings.cache?.put(cacheKey, result.completion, result.at);
      }
      return result;
    } finally {
      open(null);
    }
  }

  /** The result of a trial that was carried out is stored. @returns as HoldBook does */
  stored(trialId: string): Promise<void> | undefined {
    return this.#settings.holds.stored(trialId);
  }

  async #tryUntilDone(trial: Trial, open: (verdict: CallError | null) => void): Promise<Result | null> {
    const { clock, control } = this.#settings;
    // Counted from the first call: waiting for a limit is no trying.
    let startedMs: number | undefined;
    const need = await this.#settings.needOf(trial);
    const tooLarge = this.#refuseTooLarge(trial, need);
    if (tooLarge !== null) return this.#errored(trial, tooLarge, NOTHING_MADE);
    let wasted: Amount | undefined;
    for (let attempts = 1; ; attempts++) {
      const made = await this.#settings.slots.use(() => this.#call(trial, need));
      if (made === null) return null;
      const { outcome, latencyMs } = made;
      startedMs ??= clock.elapsedMs() - latencyMs;
      if (!(outcome instanceof CallError)) return this.#completed(trial, outcome, { attempts, latencyMs, wasted });
      wasted = addWaste(wasted, outcome);
      open(outcome.kind === 'model_not_found' ? outcome : null);
      if (this.#endsRun(outcome)) return null;
      const delayMs = this.#delayMs(outcome, attempts, startedMs);
      if (delayMs === null) return this.#errored(trial, outcome, { attempts, latencyMs, wasted });
      await clock.sleep(delayMs, control.draining);
    }
  }

  /** @returns null where the trial has failed for good */
  #delayMs(error: CallError, attempts: number, startedMs: number): number | null {
    const { clock, retry, random } = this.#settings;
    const nowMs = clock.elapsedMs();
    const failed = { error, attempts, elapsedMs: nowMs - startedMs, random: random() };
    // Where nobody is answered any more, that is not the trial's doing: a last call, after that, tells.
    return nextDelayMs(retry, failed) ?? this.#health.verdictMs(nowMs);
  }

  /** @returns null where the run ended before it could be made */
  async #call({ id, variant, messages }: Trial, need: Need): Promise<MadeCall | null> {
    if (this.#settings.control.draining.aborted) return null;
    const { provider, accountsOf, budget, holds, control, clock, timeoutMs } = this.#settings;
    const { model, temperature, params } = variant;
    const request = { model: model.model, messages, temperature, params };
    const meters = { budget, holds, accounts: accountsOf(model.model), control, clock, timeoutMs };
    return makeMeteredCall(meters, { ...need, trialId: id }, async (signal) => {
      try {
        return this.#priced(await provider.complete(request, signal), model.model);
      } catch (error) {
        throw error instanceof CallError ? this.#pricedFailure(error, model.model) : error;
      }
    });
  }

  /** A trial that no limit would ever let in must not wait for ever. */
  #refuseTooLarge({ variant }: Trial, { tokens }: Need): CallError | null {
    const accounts = this.#settings.accountsOf(variant.model.model);
    if (accounts.every((account) => account.admits(tokens))) return null;
    return new CallError('exceeds_limit', `it may spend ${tokens} tokens, more than --tpm lets in in a minute`);
  }

  #endsRun(error: CallError): boolean {
    const { control, clock } = this.#settings;
    if (isFatal(error.kind)) control.stop({ kind: error.kind, message: error.message });
    else if (this.#health.failed(error.kind, clock.elapsedMs())) {
      control.stop({ kind: 'endpoint_down', message: error.message });
    }
    return isFatal(error.kind) || error.kind === 'cancelled';
  }

  #cacheKey(trial: Trial): string | null {
    const { cache, isCacheable, provider } = this.#settings;
    return cache !== null && isCacheable(trial) ? cache.key(provider.endpoint, trial) : null;
  }

  #fromCache(trial: Trial, key: string): Result | null {
    const known = this.#settings.cache?.get(key) ?? null;
    if (known === null) return null;
    const { id, output, finishReason, usage, simulated } = known;
    const { currency, source, total } = known.cost;
    const cost = { prompt: 0n, completion: 0n, total: 0n, currency, source };
    const completion = { id, output, finishReason, usage, cost, simulated };
    const saved = total === null || currency === null ? undefined : { amount: total, currency };
    const at = this.#settings.clock.date().toISOString();
    const found = { latencyMs: 0, attempts: 0, at, status: 'completed', completion, cached: true, saved } as const;
    return Object.assign(placeOf(trial), found);
  }

  #completed(trial: Trial, completion: Completion, { attempts, latencyMs, wasted }: Made): Result {
    this.#health.alive();
    const at = this.#settings.clock.date().toISOString();
    const made = { attempts, latencyMs, at, wasted, status: 'completed', completion, cached: false } as const;
    return Object.assign(placeOf(trial), made);
  }

  /** A provider's own figure is the truth; where it tells none, tokens × price stands in for it. */
  #priced(completion: Completion, model: string): Completion {
    const price = completion.cost.source === 'unknown' ? this.#settings.priceOf(model) : null;
    return price === null ? completion : { ...completion, cost: costOf(price, completion.usage) };
  }

  #pricedFailure(error: CallError, model: string): CallError {
    if (error.paid !== undefined || error.usage === undefined) return error;
    const price = this.#settings.priceOf(model);
    const { total, currency } = price === null ? UNKNOWN_COST : costOf(price, error.usage);
    return total === null || currency === null ? error : error.with({ paid: { amount: total, currency } });
  }

  #errored(trial: Trial, error: CallError, made: Made): Result {
    const at = this.#settings.clock.date().toISOString();
    return { ...placeOf(trial), ...made, at, status: 'errored', errorCode: error.kind, errorMessage: error.message };
  }
}

interface Made {
  readonly attempts: number;
  readonly latencyMs: number;
  readonly wasted?: Amount | undefined;
}

const NOTHING_MADE: Made = { attempts: 0, latencyMs: 0 };

function addWaste(wasted: Amount | undefined, { paid }: CallError): Amount | undefined {
  if (paid === undefined || paid.amount === 0n) return wasted;
  return { amount: (wasted?.amount ?? 0n) + paid.amount, currency: paid.currency };
}
