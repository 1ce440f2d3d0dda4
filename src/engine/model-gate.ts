import type { CallError } from '../core/call-error.ts';

type Verdict = CallError | null;

/**
 * Sends the first call to each model alone: if the model does not exist, the calls waiting for it fail without a
 * request.
 */
export class ModelGate {
  readonly #verdicts = new Map<string, Promise<Verdict>>();

  /**
   * Waits until the model is known to answer.
   * @returns `open` to be called by the first caller; `verdict` null if the model exists or its first call is about to
   * be made
   */
  async enter(model: string): Promise<{ readonly verdict: Verdict; readonly open: (verdict: Verdict) => void }> {
    const known = this.#verdicts.get(model);
    if (known !== undefined) return { verdict: await known, open: ignore };
    let open: (verdict: Verdict) => void = ignore;
    const pending = new Promise<Verdict>((resolve) => {
      open = resolve;
    });
    this.#verdicts.set(model, pending);
    return { verdict: null, open };
  }
}

function ignore(): void {}
