import type { OccurrenceCounter } from '../../core/plan.ts';
import { DigestMap } from '../../io/digest-map.ts';

/** Counts rows with equal requests, about 20 bytes for each distinct one. */
export class CompactOccurrences implements OccurrenceCounter {
  readonly #counts = new DigestMap();

  next(digest: string): number {
    const count = this.#counts.get(digest) ?? 0;
    this.#counts.set(digest, count + 1);
    return count;
  }
}
