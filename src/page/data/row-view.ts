import { NONE, type PageChunk } from '../../core/page-data.ts';

/** A text of a page; `length` is that of the whole text if this one is cut, else null. */
export interface PageText {
  readonly text: string;
  readonly length: number | null;
}

/** A message of a row's request. */
export interface PageMessage extends PageText {
  readonly role: string;
}

const NO_TEXT: PageText = { text: '', length: null };

/** The texts of a chunk. */
class Texts {
  readonly #texts: readonly string[];
  readonly #lengths: ReadonlyMap<number, number>;

  constructor({ texts, cuts }: Pick<PageChunk, 'texts' | 'cuts'>) {
    this.#texts = texts;
    this.#lengths = new Map(cuts);
  }

  of(place: number | undefined): PageText | null {
    if (place === undefined || place === NONE) return null;
    return { text: this.#texts[place] ?? '', length: this.#lengths.get(place) ?? null };
  }

  plain(place: number | undefined): string {
    return place === undefined || place === NONE ? '' : (this.#texts[place] ?? '');
  }
}

/** One trial of a row. */
export class TrialView {
  readonly #chunk: PageChunk;
  readonly #texts: Texts;
  readonly #at: number;

  constructor(chunk: PageChunk, texts: Texts, at: number) {
    this.#chunk = chunk;
    this.#texts = texts;
    this.#at = at;
  }

  get id(): string {
    return this.#chunk.trials.id[this.#at] ?? '';
  }

  get variant(): number {
    return this.#chunk.trials.variant[this.#at] ?? 0;
  }

  get repeat(): number {
    return this.#chunk.trials.repeat[this.#at] ?? 1;
  }

  get isAnswered(): boolean {
    return this.#chunk.trials.status[this.#at] === 0;
  }

  get isErrored(): boolean {
    return this.#chunk.trials.status[this.#at] === 1;
  }

  get output(): PageText {
    return this.#texts.of(this.#chunk.trials.output[this.#at]) ?? NO_TEXT;
  }

  get finish(): string {
    return this.#texts.plain(this.#chunk.trials.finish[this.#at]);
  }

  get thoughts(): PageText | null {
    return this.#texts.of(this.#chunk.trials.thoughts[this.#at]);
  }

  get promptTokens(): number | null {
    return numberAt(this.#chunk.trials.promptTokens, this.#at);
  }

  get completionTokens(): number | null {
    return numberAt(this.#chunk.trials.completionTokens, this.#at);
  }

  get cost(): number | null {
    return numberAt(this.#chunk.trials.cost, this.#at);
  }

  get currency(): string {
    return this.#texts.plain(this.#chunk.trials.currency[this.#at]);
  }

  get latencyMs(): number | null {
    return numberAt(this.#chunk.trials.latencyMs, this.#at);
  }

  get attempts(): number {
    return this.#chunk.trials.attempts[this.#at] ?? 0;
  }

  get isCached(): boolean {
    return this.#chunk.trials.cached[this.#at] === 1;
  }

  get errorCode(): string {
    return this.#texts.plain(this.#chunk.trials.errorCode[this.#at]);
  }

  get error(): string {
    return this.#texts.plain(this.#chunk.trials.error[this.#at]);
  }

  /** Its score by the scorer with that index; null if there is none. */
  score(scorer: number): number | null {
    return this.#chunk.trials.scores[scorer]?.[this.#at] ?? null;
  }

  /** Whether it passed; null if it was not scored. */
  passed(scorer: number): boolean | null {
    const passed = this.#chunk.trials.passed[scorer]?.[this.#at] ?? NONE;
    return passed === NONE ? null : passed === 1;
  }

  /** Why the scorer gave this score; empty if it does not say. */
  reason(scorer: number): string {
    return this.#texts.plain(this.#chunk.trials.reasons[scorer]?.[this.#at]);
  }
}

function numberAt(numbers: readonly number[], at: number): number | null {
  const value = numbers[at] ?? NONE;
  return value === NONE ? null : value;
}

/** A row of the dataset with its trials; texts stay in the chunk until they are shown. */
export class RowView {
  /** Place in the page, from 0. */
  readonly place: number;
  readonly trials: readonly TrialView[];
  readonly #chunk: PageChunk;
  readonly #texts: Texts;
  readonly #at: number;
  #haystack: string | null = null;

  constructor(
    chunk: PageChunk,
    texts: Texts,
    where: { readonly at: number; readonly first: number; readonly place: number },
  ) {
    this.#chunk = chunk;
    this.#texts = texts;
    this.#at = where.at;
    this.place = where.place;
    const size = chunk.rows.size[where.at] ?? 0;
    this.trials = Array.from({ length: size }, (_, index) => new TrialView(chunk, texts, where.first + index));
  }

  get id(): string {
    return this.#chunk.rows.id[this.#at] ?? '';
  }

  /** The value of a column; null if the row lacks it. @param column its index */
  value(column: number): PageText | null {
    return this.#texts.of(this.#chunk.rows.vars[column]?.[this.#at]);
  }

  /** The messages of a prompt; empty if unknown. @param prompt its index */
  messages(prompt: number): readonly PageMessage[] {
    const places = this.#chunk.rows.messages[this.#at]?.[prompt] ?? [];
    return Array.from({ length: places.length / 2 }, (_, index) => {
      const role = this.#texts.plain(places[2 * index]);
      return { role, ...(this.#texts.of(places[2 * index + 1]) ?? NO_TEXT) };
    });
  }

  /** Everything that free text is searched in, in lower case. */
  get haystack(): string {
    if (this.#haystack !== null) return this.#haystack;
    const texts = new Set([this.id]);
    for (const column of this.#chunk.rows.vars) texts.add(this.#texts.plain(column[this.#at]));
    for (const prompt of this.#chunk.rows.messages[this.#at] ?? []) {
      for (let index = 1; index < prompt.length; index += 2) texts.add(this.#texts.plain(prompt[index]));
    }
    for (const trial of this.trials) {
      texts.add(trial.output.text);
      if (trial.isErrored) texts.add(trial.error);
    }
    this.#haystack = [...texts].join('\n').toLowerCase();
    return this.#haystack;
  }
}

/** The rows of a chunk. @param first place of its first row in the page */
export function rowsOf(chunk: PageChunk, first: number): readonly RowView[] {
  const texts = new Texts(chunk);
  let trial = 0;
  return chunk.rows.id.map((_id, at) => {
    const row = new RowView(chunk, texts, { at, first: trial, place: first + at });
    trial += row.trials.length;
    return row;
  });
}
