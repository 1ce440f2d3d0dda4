import type { Message } from '../../core/prompt.ts';
import { columnNames, columnText, type Row } from '../../core/row.ts';
import { textAt } from '../../core/row-path.ts';
import { countSelected, rowSelector } from '../../core/sampling.ts';
import { MOST_TAGS } from '../../core/stats/population.ts';
import type { Trial } from '../../core/trial.ts';
import type { Variant } from '../../core/variant.ts';
import { type EncodingName, modelEncoding } from '../../pricing/encodings.ts';
import { loadEncodingCounter, type TokenCounter } from '../../pricing/token-counter.ts';
import { addCounts, NO_TOKENS, type PromptCount } from '../../pricing/token-kinds.ts';
import { type Plan, planRows } from '../plan/plan-stream.ts';
import type { SampledRow } from '../plan/row-sample.ts';

/** Maximum rows to learn from: more do not improve a range. */
export const MOST_LEARNED_ROWS = 2000;

/** Which rows are counted. */
interface CountOptions {
  /** Participating rows are sampled down to this many; null counts them all. */
  readonly most: number | null;
  /** True for a trial with a result: its row is always counted, up to two thousand such rows. */
  readonly isDone: (trial: Trial) => boolean;
  readonly expectedColumn: string;
}

/** Prompt tokens of one prompt in one encoding. */
interface Lengths {
  /** One figure per counted row. */
  readonly tokens: number[];
  /** UTF-8 bytes of the messages as JSON, one figure per counted row. */
  readonly bytes: number[];
  sum: PromptCount;
}

/** A column with only a few distinct values. */
export interface TagColumn {
  readonly name: string;
  /** The tag of each counted row. */
  readonly tags: readonly string[];
}

/** What is known about rows before any call. Its memory is a few numbers per counted row. */
export interface CountedRows {
  /** Participating rows. */
  readonly rows: number;
  /** Counted rows: all, or a random sample. */
  readonly counted: number;
  /** Place of each counted row among the participating rows, from 0, ascending. */
  readonly ordinals: readonly number[];
  /** Prompt tokens of each counted row, in the variant's encoding. */
  readonly lengthsOf: (variant: Variant) => readonly number[];
  /** Their sum by kind. */
  readonly countOf: (variant: Variant) => PromptCount;
  /**
   * Those of them that come from the definitions of functions and response formats, for one row, by an approximate
   * rule.
   */
  readonly definitionsOf: (variant: Variant) => PromptCount;
  /** UTF-8 bytes of each counted row's messages as JSON, an upper bound of their tokens. */
  readonly bytesOf: (variant: Variant) => readonly number[];
  readonly tagColumns: readonly TagColumn[];
  /** Tokens of the expected answers of counted rows, in the first variant's encoding; null if no row has one. */
  readonly expectedTokens: number | null;
}

/** One pass over the plan; each row is tokenised once per prompt and encoding, whatever the number of variants. */
export async function countRows(plan: Plan, options: CountOptions): Promise<CountedRows> {
  const counter = new RowCounter(plan.grid.variants, options.expectedColumn);
  await counter.load();
  const rows = countSelected({ ...plan.selection, rows: plan.rows });
  const isCounted = rowSelector({ rows, limit: null, sample: options.most, seed: plan.selection.seed });
  let ordinal = 0;
  let doneRows = 0;
  for await (const { row, trials } of planRows(plan)) {
    const isDone = doneRows < MOST_LEARNED_ROWS && trials.some(options.isDone);
    if (isDone) doneRows += 1;
    const messagesOf = ({ index }: Variant): readonly Message[] => trials[index * plan.grid.repeats]?.messages ?? [];
    if (isCounted() || isDone) counter.add({ row, ordinal }, messagesOf);
    ordinal += 1;
  }
  return counter.finish(rows);
}

/** Counts rows that were drawn already, without reading the dataset again. */
export async function countSample(
  { grid, rows }: Plan,
  sample: readonly SampledRow[],
  expectedColumn: string,
): Promise<CountedRows> {
  const counter = new RowCounter(grid.variants, expectedColumn);
  await counter.load();
  for (const sampled of sample) counter.add(sampled, ({ prompt }) => prompt.render(sampled.row));
  return counter.finish(rows);
}

class RowCounter {
  readonly #variants: readonly Variant[];
  readonly #expectedColumn: string;
  readonly #counters = new Map<EncodingName, TokenCounter>();
  readonly #lengths = new Map<string, Lengths>();
  readonly #ordinals: number[] = [];
  readonly #tags = new TagFinder();
  #expectedTokens = 0;
  #expectedRows = 0;

  constructor(variants: readonly Variant[], expectedColumn: string) {
    this.#variants = variants;
    this.#expectedColumn = expectedColumn;
  }

  async load(): Promise<void> {
    for (const { model } of this.#variants) {
      const { encoding } = modelEncoding(model.model);
      this.#counters.set(encoding, await loadEncodingCounter(encoding));
    }
  }

  add({ row, ordinal }: SampledRow, messagesOf: (variant: Variant) => readonly Message[]): void {
    this.#ordinals.push(ordinal);
    this.#tags.add(row);
    const done = new Set<string>();
    for (const variant of this.#variants) {
      const key = keyOf(variant);
      if (done.has(key)) continue;
      done.add(key);
      const messages = messagesOf(variant);
      const count = this.#counterOf(variant)?.countPromptByKind(messages, variant.params) ?? NO_TOKENS;
      const lengths = this.#lengths.get(key) ?? { tokens: [], bytes: [], sum: NO_TOKENS };
      lengths.tokens.push(count.tokens);
      lengths.bytes.push(Buffer.byteLength(JSON.stringify(messages)));
      lengths.sum = addCounts(lengths.sum, count);
      this.#lengths.set(key, lengths);
    }
    this.#addExpected(textAt(row, this.#expectedColumn));
  }

  finish(rows: number): CountedRows {
    return {
      rows,
      counted: this.#ordinals.length,
      ordinals: this.#ordinals,
      lengthsOf: (variant) => this.#lengths.get(keyOf(variant))?.tokens ?? [],
      countOf: (variant) => this.#lengths.get(keyOf(variant))?.sum ?? NO_TOKENS,
      definitionsOf: (variant) => this.#counterOf(variant)?.countDefinitionsByKind(variant.params) ?? NO_TOKENS,
      bytesOf: (variant) => this.#lengths.get(keyOf(variant))?.bytes ?? [],
      tagColumns: this.#tags.columns(),
      expectedTokens: this.#expectedRows === 0 ? null : this.#expectedTokens,
    };
  }

  #addExpected(text: string): void {
    const [variant] = this.#variants;
    if (text === '' || variant === undefined) return;
    this.#expectedRows += 1;
    this.#expectedTokens += this.#counterOf(variant)?.countText(text) ?? 0;
  }

  #counterOf({ model }: Variant): TokenCounter | undefined {
    return this.#counters.get(modelEncoding(model.model).encoding);
  }
}

function keyOf({ prompt, model }: Variant): string {
  return `${modelEncoding(model.model).encoding} ${prompt.name}`;
}

const MOST_TAG_COLUMNS = 4;
const LONGEST_TAG = 64;

/** Finds columns with only a few distinct values. */
class TagFinder {
  /** By name; each value is stored once, however many rows have it. */
  readonly #columns = new Map<string, { readonly tags: string[]; readonly different: Map<string, string> }>();
  #rows = 0;

  add(row: Row): void {
    if (this.#rows === 0)
      for (const name of columnNames(row)) this.#columns.set(name, { tags: [], different: new Map() });
    this.#rows += 1;
    for (const [name, { tags, different }] of this.#columns) {
      const tag = columnText(row.vars[name]).slice(0, LONGEST_TAG);
      const known = different.get(tag) ?? tag;
      different.set(known, known);
      if (different.size > MOST_TAGS) this.#columns.delete(name);
      else tags.push(known);
    }
  }

  columns(): readonly TagColumn[] {
    return [...this.#columns]
      .filter(([, { different }]) => different.size > 1)
      .slice(0, MOST_TAG_COLUMNS)
      .map(([name, { tags }]) => ({ name, tags }));
  }
}
