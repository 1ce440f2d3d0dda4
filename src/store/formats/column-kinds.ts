/**
 * What a column of the result files holds: `text`; `data` of the dataset, of any type; a whole number that fits 32 bits
 * (`small`) or not (`count`); a `number`; a `score`, from 0 to 1; a `cost`, as a decimal text; a `truth`.
 */
export type ColumnKind = 'text' | 'data' | 'small' | 'count' | 'number' | 'score' | 'cost' | 'truth';

const KINDS: ReadonlyMap<string, ColumnKind> = new Map([
  ...['repeat', 'attempts'].map((name) => [name, 'small'] as const),
  ...['prompt_tokens', 'completion_tokens', 'total_tokens', 'latency_ms'].map((name) => [name, 'count'] as const),
  ...['reasoning_tokens', 'cached_tokens', 'ttft_ms'].map((name) => [name, 'count'] as const),
  ...['prompt_cost', 'completion_cost', 'total_cost'].map((name) => [name, 'cost'] as const),
  ...['cached', 'passed'].map((name) => [name, 'truth'] as const),
  ['temperature', 'number'],
]);

/** What the column of that name holds. */
export function columnKind(name: string): ColumnKind {
  const known = KINDS.get(name);
  if (known !== undefined) return known;
  if (name.startsWith('row.')) return 'data';
  if (name.startsWith('score.')) return 'score';
  if (!name.startsWith('judge.')) return 'text';
  // The name of a scorer may have dots of its own.
  if (name.endsWith('_tokens')) return 'count';
  return name.endsWith('.cost') ? 'cost' : 'text';
}

/** The kinds of the keys of many records, which are the same in each. */
export class ColumnKinds {
  readonly #kinds: Map<string, ColumnKind>;

  /** @param own kinds of keys that are not those of their columns */
  constructor(own: readonly (readonly [key: string, kind: ColumnKind])[] = []) {
    this.#kinds = new Map(own);
  }

  of(key: string): ColumnKind {
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const kind = columnKind(key);
    this.#kinds.set(key, kind);
    return kind;
  }
}
