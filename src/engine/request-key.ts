import { shortDigest } from '../core/digest.ts';
import { canonicalJson } from '../core/json.ts';
import type { Trial } from '../core/trial.ts';
import type { Variant } from '../core/variant.ts';

/** Keys by which answers are found again. */
export class RequestKeys {
  readonly #known = new WeakMap<Variant, string>();

  /**
   * The key of a request: endpoint, model, temperature, parameters, task, messages and repeat number.
   * @param endpoint the provider's identity
   */
  of(endpoint: string, { variant, messagesDigest, repeat }: Trial): string {
    let request = this.#known.get(variant);
    if (request === undefined) {
      const { model, temperature, params, task } = variant;
      request = shortDigest(
        canonicalJson({ endpoint, model: model.model, temperature, params, ...(task && { task }) }),
      );
      this.#known.set(variant, request);
    }
    return `${request}${messagesDigest}${repeat}`;
  }
}
