import type { CallError } from '../core/call-error.ts';

type Verdict = CallError | null;

/**
 * Lets the first call to each model go alone: when it turns out that the model does not exist, the others that
 * wait for it fail without a call.
 */
export class ModelGate {
  readonly #verdicts = new Map<string, Promise<Verdict>>();

  /**
   * Waits until the model is known to answer.
   * @returns `open` to be called by whoever goes first; `verdict` null where the model exists or is about to be asked
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
