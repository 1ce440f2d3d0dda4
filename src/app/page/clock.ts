import type { ErrorCount } from '../../core/error-tally.ts';
import type { PageClock } from '../../core/page-data.ts';
import type { Result } from '../../core/result.ts';

/** Spans at most; with more, each two become one. */
const MOST_SPANS = 120;
const FIRST_SPAN_MS = 250;

/** Counts events of several kinds in equal spans of time, in bounded memory however long it takes. */
class SpanCounts {
  #fromMs: number | null = null;
  #spanMs = FIRST_SPAN_MS;
  readonly #kinds: number[][];

  constructor(kinds: number) {
    this.#kinds = Array.from({ length: kinds }, () => []);
  }

  add(kind: number, atMs: number): void {
    this.#fromMs ??= atMs;
    // Results are in order of completion, up to small differences.
    const elapsedMs = Math.max(0, atMs - this.#fromMs);
    while (elapsedMs >= this.#spanMs * MOST_SPANS) this.#double();
    const [counts, span] = [this.#kinds[kind], Math.floor(elapsedMs / this.#spanMs)];
    if (counts === undefined) return;
    while (counts.length <= span) counts.push(0);
    counts[span] = (counts[span] ?? 0) + 1;
  }

  #double(): void {
    this.#spanMs *= 2;
    for (const counts of this.#kinds) {
      const halved = Array.from({ length: Math.ceil(counts.length / 2) }, (_, index) => {
        return (counts[2 * index] ?? 0) + (counts[2 * index + 1] ?? 0);
      });
      counts.splice(0, counts.length, ...halved);
    }
  }

  clock(): PageClock | null {
    const [answers = [], ...errors] = this.#kinds;
    return this.#fromMs === null ? null : { fromMs: this.#fromMs, spanMs: this.#spanMs, answers, errors };
  }
}

/**
 * When answers and errors of a run came.
 * @param results of the journal, in order of completion; @param errors the run's reasons
 */
export async function readClock(
  results: AsyncIterable<Result>,
  errors: readonly ErrorCount[],
): Promise<PageClock | null> {
  const spans = new SpanCounts(errors.length + 1);
  for await (const result of results) {
    const atMs = Date.parse(result.at);
    if (Number.isNaN(atMs) || result.judgeOf !== undefined || result.status === 'skipped') continue;
    const kind = result.status === 'completed' ? 0 : 1 + reasonOf(result, errors);
    if (kind >= 0) spans.add(kind, atMs);
  }
  return spans.clock();
}

/** Messages of one reason differ in numbers and ids only: those of the same code that share the longest beginning. */
function reasonOf(
  { errorCode, errorMessage }: Extract<Result, { status: 'errored' }>,
  errors: readonly ErrorCount[],
): number {
  let [found, longest] = [-1, -1];
  for (const [index, { code, reason }] of errors.entries()) {
    if (code !== errorCode) continue;
    const length = commonLength(reason, errorMessage);
    if (length > longest) [found, longest] = [index, length];
  }
  return found;
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
