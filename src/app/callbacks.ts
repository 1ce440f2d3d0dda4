import type { RunControl } from '../engine/control.ts';
import type { RunEvents } from './events.ts';
import type { GivenEvents } from './library-context.ts';

/**
 * The callbacks of a program. None can disturb the run from within, or end the process: one that throws, or whose
 * promise rejects, stops the run, which keeps what is paid and then ends with that error.
 */
export class Callbacks {
  /** They, in the form in which a run calls them. */
  readonly events: RunEvents;
  readonly #given: GivenEvents;
  readonly #control: RunControl;
  /** Promises that callbacks returned. */
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(given: GivenEvents, control: RunControl) {
    this.#given = given;
    this.#control = control;
    const { confirm, consent, consentToRun } = given;
    this.events = {
      // The run waits for their answers: what they throw ends it before anything is paid.
      confirm,
      consent,
      consentToRun,
      onDestination: this.#guarded('onDestination', given.onDestination),
      onWarning: this.#guarded('onWarning', given.onWarning),
      onStart: this.#guarded('onStart', given.onStart),
      onResult: this.#guarded('onResult', given.onResult),
      onJudging: this.#guarded('onJudging', given.onJudging),
      onJudged: this.#guarded('onJudged', given.onJudged),
      onWriting: this.#guarded('onWriting', given.onWriting),
      onBatches: this.#guarded('onBatches', given.onBatches),
      onPause: this.#guarded('onPause', given.onPause),
    } satisfies Record<keyof RunEvents, unknown>;
  }

  /** Does the work of a run, and waits for the promises of its callbacks. @throws what a callback threw that stopped it */
  async during<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    const outcome = await work().catch(async (error: unknown) => {
      await this.#settled();
      throw this.#failure !== null && this.#control.reason?.kind === 'callback' ? this.#failure.error : error;
    });
    await this.#settled();
    if (this.#failure !== null) throw this.#failure.error;
    return outcome;
  }

  async #settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  #guarded<Values extends unknown[]>(
    name: keyof RunEvents,
    callback: ((...values: Values) => unknown) | undefined,
  ): ((...values: Values) => void) | undefined {
    if (callback === undefined) return undefined;
    return (...values) => {
      try {
        const returned = callback.apply(this.#given, values);
        if (isThenable(returned)) this.#follow(name, returned);
      } catch (error) {
        this.#fail(name, error);
        // Before the first call nothing is there to be kept: whatever the run prepares ends at once.
        if (!this.#control.hasCalled) throw error;
      }
    };
  }

  #follow(name: keyof RunEvents, returned: PromiseLike<unknown>): void {
    const following = Promise.resolve(returned)
      .then(
        () => undefined,
        (error: unknown) => this.#fail(name, error),
      )
      .finally(() => this.#pending.delete(following));
    this.#pending.add(following);
  }

  #fail(name: keyof RunEvents, error: unknown): void {
    this.#failure ??= { error };
    // Its text may quote anything, and is for the program alone.
    const kind = error instanceof Error ? error.name : typeof error;
    this.#control.stop({ kind: 'callback', message: `the callback ${name} failed (${kind})` });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
