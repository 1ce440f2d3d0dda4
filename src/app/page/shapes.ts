import { type JsonObject, numberOf } from '../../core/json.ts';
import type { Counts, PageShape } from '../../core/page-data.ts';

const SIGNIFICANT_STEPS = 1000;

/** Counts whole numbers at three significant digits, in bounded memory. */
class ValueCounts {
  readonly #counts = new Map<number, number>();

  add(value: number): void {
    const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value) / SIGNIFICANT_STEPS)) + 1);
    const rounded = Math.round(value / step) * step;
    this.#counts.set(rounded, (this.#counts.get(rounded) ?? 0) + 1);
  }

  counts(): Counts {
    return [...this.#counts].toSorted(([one], [other]) => one - other).flat();
  }
}

/** Durations and lengths of one variant's answers. */
export class ShapeTally {
  readonly #latencies = new ValueCounts();
  readonly #lengths = new ValueCounts();

  /** @param cells a record of a result file */
  add(cells: JsonObject): void {
    if (cells['status'] !== 'completed') return;
    const [latency, length] = [numberOf(cells['latency_ms']), numberOf(cells['completion_tokens'])];
    if (latency !== null && cells['cached'] !== true) this.#latencies.add(latency);
    if (length !== null) this.#lengths.add(length);
  }

  /** What was added. */
  shape(): PageShape {
    return { latencies: this.#latencies.counts(), lengths: this.#lengths.counts() };
  }
}
