import { CallError, isFatal } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import type { Amount } from '../core/money.ts';
import type { Provider } from '../core/provider.ts';
import type { Result } from '../core/result.ts';
import { columnText } from '../core/row.ts';
import { placeOf, type Trial } from '../core/trial.ts';
import { isoText } from '../io/clock.ts';
import type { Account } from './account.ts';
import { type Pricing, priced, pricedFailure } from './answer-cost.ts';
import { type AnswerStore, RecentAnswers } from './answer-store.ts';
import { Bystanders, type StepAside, stayInPlace } from './aside.ts';
import { compareTexts } from './compare-texts.ts';
import type { Courier, SentCall } from './courier.ts';
import { withFileContent } from './file-content.ts';
import { FileGate, fileBytesOf } from './file-gate.ts';
import { EndpointHealth } from './health.ts';
import { type MadeCall, type Meters, makeMeteredCall, type Need } from './metered-call.ts';
import { ModelGate } from './model-gate.ts';
import type { Pauses } from './pauses.ts';
import type { Refusals } from './refusals.ts';
import { lastError, nextDelayMs, type RetryPolicy } from './retry.ts';
import type { SingleFlight } from './single-flight.ts';
import type { VariantDoor } from './variant-door.ts';

/** Everything needed to run trials against one endpoint. */
interface ExecutorSettings extends Meters, Pricing {
  readonly provider: Provider;
  /** Has the calls made elsewhere; null if the provider is called from here. */
  readonly courier: Courier | null;
  /** The limits that apply to a model: its own if it has any, then its account's. */
  readonly accountsOf: (model: string) => readonly Account[];
  /** null if answers are not cached. */
  readonly cache: AnswerStore | null;
  /** True if a trial's answer may be read from the cache and stored in it. */
  readonly isCacheable: (trial: Trial) => boolean;
  /** Requests in flight; shared by the executors of a run. */
  readonly flights: SingleFlight;
  /** Variants that are refused repeatedly; shared by the executors of a run. */
  readonly refusals: Refusals;
  /** Handles the pauses that the endpoint imposes. */
  readonly pauses: Pauses;
  /** Upper bound of what a call for a trial can spend. */
  readonly needOf: (trial: Trial) => Promise<Need> | Need;
  readonly retry: RetryPolicy;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** Runs one trial at a time: checks the cache, calls the API, retries what can change, and returns the result. */
export class Executor {
  readonly #settings: ExecutorSettings;
  readonly #gate = new ModelGate();
  readonly #health = new EndpointHealth();
  readonly #files = new FileGate();
  readonly #bystanders = new Bystanders();
  readonly #embeddings = new RecentAnswers();
  /** True once the address has answered a call like the API it is configured as. */
  #hasAnswered = false;

  constructor(settings: ExecutorSettings) {
    this.#settings = settings;
  }

  /**
   * @param stepAside gives the trial's slot to another one while it waits
   * @returns null if the run or the trial's variant was stopped before there was a result: the trial stays open. A
   * promise only if a call must be made or awaited
   */
  execute(trial: Trial, stepAside: StepAside = stayInPlace): Promise<Result | null> | Result {
    if (trial.variant.task === 'similarity') return this.#compare(trial, stepAside);
    const store = this.#storeFor(trial);
    if (store === null) return this.#carryOut(trial, stepAside);
    const cacheKey = store.key(this.#settings.provider.identity, trial);
    const known = store.get(cacheKey);
    if (known !== null) return this.#repeated(trial, known);
    return this.#settings.flights.fly(cacheKey, {
      lead: () => this.#storing(store, cacheKey, this.#carryOut(trial, stepAside)),
      share: (completion) => this.#repeated(trial, { ...completion }),
    });
  }

  /** The result of a trial whose answer is known already; null if it must be asked. */
  known(trial: Trial): Result | null {
    const known = this.#storeFor(trial)?.get(this.cacheKey(trial) ?? '') ?? null;
    return known === null ? null : this.#repeated(trial, known);
  }

  /** Where a trial's answer is kept; null if it is not. */
  cacheKey(trial: Trial): string | null {
    return this.#storeFor(trial)?.key(this.#settings.provider.identity, trial) ?? null;
  }

  #carryOut(trial: Trial, stepAside: StepAside): Promise<Result | null> {
    const door = this.#settings.refusals.doorOf(trial.variant);
    return door.isOpen
      ? this.#tryUntilDone({ trial, door, stepAside }, ignore)
      : this.#goAmongFirst({ trial, door, stepAside });
  }

  #compare(trial: Trial, stepAside: StepAside): Promise<Result | null> {
    const { holds } = this.#settings;
    return compareTexts(trial, {
      embed: async (part) => this.execute(part, stepAside),
      notePaid: (cost) => holds.ended(trial.id, cost, { end: 'told', cost, isJudge: trial.judgeOf !== undefined }),
    });
  }

  async #storing(store: AnswerStore, key: string, done: Promise<Result | null>): Promise<Result | null> {
    const result = await done;
    if (result?.status === 'completed') store.put(key, result.completion, result.at);
    return result;
  }

  /** The first trials of a variant run one by one, then a few at a time, until one is answered. */
  async #goAmongFirst(going: Going): Promise<Result | null> {
    const { trial, door } = going;
    if (this.#settings.control.isDraining || !(await door.enter())) return null;
    try {
      const { verdict, open } = await this.#gate.enter(trial.variant.model.model);
      if (verdict !== null) return this.#errored(trial, verdict, NOTHING_MADE);
      try {
        return await this.#tryUntilDone(going, open);
      } finally {
        open(null);
      }
    } finally {
      door.leave();
    }
  }

  /** Stores the result of a finished trial. @returns as HoldLog does */
  stored(trialId: string): Promise<void> | undefined {
    this.#settings.courier?.stored(trialId);
    return this.#settings.holds.stored(trialId);
  }

  /** @param open called with the model facts that the first call returns */
  async #tryUntilDone(going: Going, open: (verdict: CallError | null) => void): Promise<Result | null> {
    const { trial, door } = going;
    const { clock } = this.#settings;
    // Counted from the first call: waiting for a rate limit is not an attempt.
    let startedMs: number | undefined;
    const needed = this.#settings.needOf(trial);
    const need = needed instanceof Promise ? await needed : needed;
    const tooLarge = this.#refuseTooLarge(trial, need);
    if (tooLarge !== null) return this.#errored(trial, tooLarge, NOTHING_MADE);
    let wasted: Amount | undefined;
    let isLast = false;
    for (let attempts = 1; ; attempts++) {
      const made = await (trial.variant.prompt.attaches === true
        ? this.#callWithFiles(trial, need, door)
        : this.#call(trial, need, door));
      if (made === null) return null;
      const { outcome, latencyMs } = made;
      startedMs ??= clock.elapsedMs() - latencyMs;
      if (!(outcome instanceof CallError)) {
        door.answered();
        return this.#completed(trial, outcome, { attempts, latencyMs, wasted });
      }
      wasted = addWaste(wasted, outcome);
      open(outcome.kind === 'model_not_found' ? outcome : null);
      const failed = { error: outcome, attempts, startedMs };
      if (this.#endsCalls(failed, door)) return null;
      let waitMs = isLast ? null : this.#retryDelayMs(failed);
      if (waitMs === null && !isLast) {
        // If no trial gets an answer any more, this trial is not the cause: one last call after that decides.
        isLast = true;
        waitMs = this.#health.verdictMs(clock.elapsedMs());
      }
      if (waitMs === null) {
        if (isRefusal(outcome) || isFirstFailure(outcome, door)) door.refused(outcome);
        return this.#errored(trial, this.#lastError(failed), { attempts, latencyMs, wasted });
      }
      await this.#wait(waitMs, going);
    }
  }

  /** @returns null if the trial has used up its attempts or its time */
  #retryDelayMs({ error, attempts, startedMs }: Failed): number | null {
    const { clock, retry, random } = this.#settings;
    const elapsedMs = clock.elapsedMs() - startedMs;
    return nextDelayMs(retry, { error, attempts, elapsedMs, random: random() });
  }

  #lastError({ error, attempts, startedMs }: Failed): CallError {
    const { clock, retry } = this.#settings;
    return lastError(retry, { error, attempts, elapsedMs: clock.elapsedMs() - startedMs });
  }

  /** If the endpoint may be down, other trials make their calls meanwhile and show whether it is. */
  async #wait(durationMs: number, { stepAside }: Going): Promise<void> {
    const { clock, control } = this.#settings;
    const untilMs = clock.elapsedMs() + durationMs;
    const wait = async (): Promise<void> => {
      // A timer may fire a little early, and the deadline must have passed when the last call is made.
      for (let leftMs = durationMs; leftMs > 0 && !control.isDraining; leftMs = untilMs - clock.elapsedMs()) {
        await clock.sleep(leftMs, control.draining);
      }
    };
    await (this.#health.isSuspect ? this.#bystanders.wait(stepAside, wait) : wait());
  }

  /** Calls that wait for memory take no slot from those without files. */
  async #callWithFiles(trial: Trial, need: Need, door: VariantDoor): Promise<MadeCall | null> {
    const bytes = fileBytesOf(trial.messages);
    const waiting = this.#files.enter(bytes);
    if (waiting !== undefined) await waiting;
    try {
      return await this.#call(trial, need, door);
    } finally {
      this.#files.leave(bytes);
    }
  }

  /** @returns null if the run or the variant was stopped before the call could be made */
  #call(
    { id, judgeOf, variant, messages, messagesJson }: Trial,
    need: Need,
    door: VariantDoor,
  ): Promise<MadeCall | null> {
    const { courier, accountsOf } = this.#settings;
    const { model, temperature, params, task } = variant;
    const request = { model: model.model, messages, messagesJson, temperature, params };
    const text = task === 'embedding' ? columnText(messages[0]?.['content']) : null;
    return makeMeteredCall(this.#settings, {
      trialId: id,
      isJudge: judgeOf !== undefined,
      need,
      accounts: accountsOf(model.model),
      isGivenUp: () => door.closedBy !== null,
      send: (signal) => this.#send({ trialId: id, request, text }, variant.prompt.attaches === true, signal),
      tookMs: courier === null ? undefined : () => courier.tookMs(id),
      priced: (outcome) =>
        outcome instanceof CallError
          ? pricedFailure(outcome, request, this.#settings)
          : priced(outcome, request, this.#settings),
    });
  }

  #send(call: SentCall, hasFiles: boolean, signal: AbortSignal): Promise<Completion> {
    const { request, text } = call;
    if (hasFiles)
      return withFileContent(request).then((whole) => this.#send({ ...call, request: whole }, false, signal));
    const { provider, courier } = this.#settings;
    if (courier !== null) return courier.send(call, signal);
    return text === null ? provider.complete(request, signal) : provider.embed({ ...request, text }, signal);
  }

  /** A trial that no limit would ever admit must not wait forever. */
  #refuseTooLarge({ variant }: Trial, { tokens }: Need): CallError | null {
    const accounts = this.#settings.accountsOf(variant.model.model);
    if (accounts.every((account) => account.admits(tokens))) return null;
    return new CallError('exceeds_limit', `it may spend ${tokens} tokens, more than --tpm lets in in a minute`);
  }

  /** True if the trial must stay open because this error ends its run or its variant. */
  #endsCalls({ error, attempts, startedMs }: Failed, door: VariantDoor): boolean {
    const { control, clock, pauses } = this.#settings;
    const { kind } = error;
    if (kind === 'cancelled') return true;
    if (kind === 'quota_exhausted') {
      door.close(error);
      return true;
    }
    // An address that has answered is an API, whatever it says about one request.
    if (isFatal(kind) && !(kind === 'endpoint_not_found' && this.#hasAnswered)) {
      control.stop({ kind, message: withHint(error) });
      return true;
    }
    const isOver = (kind === 'rate_limited' || kind === 'overloaded') && pauses.imposed(error);
    const call = { kind, nowMs: clock.elapsedMs(), trialStartedMs: startedMs, attempts };
    if (!this.#health.failed(call)) return isOver;
    control.stop({ kind: 'endpoint_down', message: error.message });
    return true;
  }

  /** Embeddings are the same each time: none is paid twice in a session, with a response cache or without. */
  #storeFor(trial: Trial): AnswerStore | null {
    const { cache, isCacheable } = this.#settings;
    if (trial.variant.task === 'embedding') return cache ?? this.#embeddings;
    return cache !== null && isCacheable(trial) ? cache : null;
  }

  /** A result without a call. @param known an answer to the same request, which becomes part of it */
  #repeated(trial: Trial, known: Completion): Result {
    const { currency, source, total } = known.cost;
    const cost = { prompt: 0n, completion: 0n, total: 0n, currency, source };
    // Uses assignment instead of spread: this runs for every cached trial, and the cache creates a new object each
    // time.
    const completion = Object.assign(known, { cost, ttftMs: undefined });
    const saved = total === null || currency === null ? undefined : { amount: total, currency };
    const at = isoText(this.#settings.clock.date());
    const found = { latencyMs: 0, attempts: 0, at, status: 'completed', completion, cached: true, saved } as const;
    return Object.assign(placeOf(trial), found);
  }

  #completed(trial: Trial, completion: Completion, { attempts, latencyMs, wasted }: Made): Result {
    this.#health.alive(this.#settings.clock.elapsedMs());
    this.#hasAnswered = true;
    const at = isoText(this.#settings.clock.date());
    const made = { attempts, latencyMs, at, wasted, status: 'completed', completion, cached: false } as const;
    return Object.assign(placeOf(trial), made);
  }

  #errored(trial: Trial, error: CallError, made: Made): Result {
    const at = isoText(this.#settings.clock.date());
    return { ...placeOf(trial), ...made, at, status: 'errored', errorCode: error.kind, errorMessage: error.message };
  }
}

/** A trial that may make its calls. */
interface Going {
  readonly trial: Trial;
  readonly door: VariantDoor;
  readonly stepAside: StepAside;
}

/** A failed call of a trial. */
interface Failed {
  readonly error: CallError;
  readonly attempts: number;
  /** When the trial's first call began, in monotonic milliseconds. */
  readonly startedMs: number;
}

function ignore(): void {}

/**
 * True for an error that every other trial of the variant is likely to meet as well, so trying them all is pointless.
 */
function isRefusal({ kind, isAboutRow }: CallError): boolean {
  if (isAboutRow) return false;
  return kind === 'invalid_request' || kind === 'endpoint_not_found' || kind === 'invalid_response';
}

/** A server that has failed every trial of a variant so far counts as refusing it, whatever other errors it returns. */
function isFirstFailure({ kind }: CallError, { hasAnswered }: VariantDoor): boolean {
  return kind === 'server_error' && !hasAnswered;
}

function withHint({ message, hint }: CallError): string {
  return hint === undefined ? message : `${message}; ${hint}`;
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
