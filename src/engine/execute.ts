import { CallError, isFatal } from '../core/call-error.ts';
import type { Completion } from '../core/completion.ts';
import type { Price } from '../core/money.ts';
import type { Provider } from '../core/provider.ts';
import type { Result, ResultPlace } from '../core/result.ts';
import type { Trial } from '../core/trial.ts';
import { computeCost } from '../core/usage.ts';
import type { Clock } from './clock.ts';
import type { RunControl } from './control.ts';
import { ModelGate } from './model-gate.ts';
import { nextDelayMs, type RetryPolicy } from './retry.ts';

/** What it takes to carry trials out against one endpoint. */
export interface ExecutorSettings {
  readonly provider: Provider;
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

interface Attempt {
  readonly latencyMs: number;
  readonly outcome: Completion | CallError;
}

/** Carries out one trial at a time: calls, tries again what can change, and says what came of it. */
export class Executor {
  readonly #settings: ExecutorSettings;
  readonly #gate = new ModelGate();

  constructor(settings: ExecutorSettings) {
    this.#settings = settings;
  }

  /** @returns null where the run ended before the trial had a result: it is still to be done */
  async execute(trial: Trial): Promise<Result | null> {
    const { verdict, open } = await this.#gate.enter(trial.variant.model.model);
    if (verdict !== null) return this.#errored(trial, verdict, { attempts: 0, latencyMs: 0 });
    try {
      return await this.#tryUntilDone(trial, open);
    } finally {
      open(null);
    }
  }

  async #tryUntilDone(trial: Trial, open: (verdict: CallError | null) => void): Promise<Result | null> {
    const { control, clock, retry, random } = this.#settings;
    const startedMs = clock.elapsedMs();
    for (let attempts = 1; ; attempts++) {
      if (control.draining.aborted) return null;
      const { outcome, latencyMs } = await this.#attempt(trial);
      if (!(outcome instanceof CallError)) return this.#completed(trial, outcome, { attempts, latencyMs });
      open(outcome.kind === 'model_not_found' ? outcome : null);
      if (isFatal(outcome.kind)) {
        control.stop({ kind: outcome.kind, message: outcome.message });
        return null;
      }
      if (outcome.kind === 'cancelled') return null;
      const elapsedMs = clock.elapsedMs() - startedMs;
      const delayMs = nextDelayMs(retry, { error: outcome, attempts, elapsedMs, random: random() });
      if (delayMs === null) return this.#errored(trial, outcome, { attempts, latencyMs });
      await clock.sleep(delayMs, control.draining);
    }
  }

  async #attempt({ variant, messages }: Trial): Promise<Attempt> {
    const { control, clock, provider, timeoutMs } = this.#settings;
    const { model, temperature, params } = variant;
    const startedMs = clock.elapsedMs();
    const request = { model: model.model, messages, temperature, params };
    const outcome = await control
      .attempt(timeoutMs, (signal) => provider.complete(request, signal))
      .catch((error: unknown) => {
        if (error instanceof CallError) return error;
        throw error;
      });
    return { outcome, latencyMs: Math.round(clock.elapsedMs() - startedMs) };
  }

  #completed(trial: Trial, completion: Completion, { attempts, latencyMs }: Made): Result {
    const { model, prompt, temperature } = trial.variant;
    return {
      status: 'completed',
      trialId: trial.id,
      rowId: trial.row.id,
      prompt: prompt.name,
      model: model.model,
      provider: model.provider,
      temperature,
      repeat: trial.repeat,
      latencyMs,
      attempts,
      at: this.#settings.clock.date().toISOString(),
      completion: this.#priced(completion, model.model),
      cached: false,
    };
  }

  /** A provider's own figure is the truth; where it tells none, tokens × price stands in for it. */
  #priced(completion: Completion, model: string): Completion {
    const price = completion.cost.source === 'unknown' ? this.#settings.priceOf(model) : null;
    return price === null ? completion : { ...completion, cost: computeCost(completion.usage, price) };
  }

  #errored(trial: Trial, error: CallError, made: Made): Result {
    const at = this.#settings.clock.date().toISOString();
    return { ...placeOf(trial), ...made, at, status: 'errored', errorCode: error.kind, errorMessage: error.message };
  }
}

interface Made {
  readonly attempts: number;
  readonly latencyMs: number;
}

function placeOf({ id, row, variant, repeat }: Trial): ResultPlace {
  const { prompt, model, temperature } = variant;
  const { provider, model: modelId } = model;
  return { trialId: id, rowId: row.id, prompt: prompt.name, model: modelId, provider, temperature, repeat };
}
