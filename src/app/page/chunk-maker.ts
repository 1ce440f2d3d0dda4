import type { JsonObject, JsonValue } from '../../core/json.ts';
import { numberOr, textOf } from '../../core/json.ts';
import { NONE, type PageChunk, STATUSES } from '../../core/page-data.ts';
import type { Message } from '../../core/prompt.ts';
import { contentText } from '../../core/question.ts';
import { columnText, columnValue, type Row } from '../../core/row.ts';

/** A scored answer of one scorer. */
export interface PageScore {
  readonly value: number | null;
  /** null if it was not scored. */
  readonly passed: boolean | null;
}

/** A trial that goes into a page. */
export interface PageTrial {
  readonly id: string;
  /** Index in the grid. */
  readonly variant: number;
  /** Its record in a result file. */
  readonly cells: JsonObject;
  /** One for each scorer. */
  readonly scores: readonly PageScore[];
}

/** A row that goes into a page. */
export interface PageRow {
  readonly row: Row;
  /** For each prompt; empty if unknown. */
  readonly messages: readonly (readonly Message[])[];
  readonly trials: readonly PageTrial[];
}

/** A chunk is full at this many code units of text or at this many rows. */
const FULL_UNITS = 512 * 1024;
const FULL_ROWS = 2000;
/** A longer text is cut, whatever the row. */
const LONGEST_UNITS = 1024 * 1024;

type Filled<Columns> = {
  readonly [Name in keyof Columns]: Columns[Name] extends readonly (infer Item)[] ? Item[] : never;
};

interface FilledRows extends Filled<Omit<PageChunk['rows'], 'vars'>> {
  readonly vars: readonly number[][];
}

interface FilledTrials extends Filled<Omit<PageChunk['trials'], 'scores' | 'passed' | 'reasons'>> {
  readonly scores: readonly (number | null)[][];
  readonly passed: readonly number[][];
  readonly reasons: readonly number[][];
}

/** Fills chunks of a page row by row. */
export class ChunkMaker {
  readonly #columns: readonly string[];
  readonly #scorers: readonly string[];
  #texts: string[] = [];
  #places = new Map<string, number>();
  #cuts: [number, number][] = [];
  #units = 0;
  #rows = emptyRows();
  #trials = emptyTrials();

  /** @param scorers their names */
  constructor(columns: readonly string[], scorers: readonly string[]) {
    this.#columns = columns;
    this.#scorers = scorers;
    this.#begin();
  }

  /** True if the rows so far should be taken. */
  get isFull(): boolean {
    return this.#units >= FULL_UNITS || this.#rows.id.length >= FULL_ROWS;
  }

  /** True if there are no rows. */
  get isEmpty(): boolean {
    return this.#rows.id.length === 0;
  }

  /** The rows so far; begins the next chunk. */
  take(): PageChunk {
    const chunk = { texts: this.#texts, cuts: this.#cuts, rows: this.#rows, trials: this.#trials };
    this.#begin();
    return chunk;
  }

  /** @param mostUnits longer texts are cut to this length */
  add({ row, messages, trials }: PageRow, mostUnits = LONGEST_UNITS): void {
    const text = (value: string | null): number => this.#text(value, mostUnits);
    const rows = this.#rows;
    rows.id.push(row.id);
    rows.size.push(trials.length);
    for (const [index, column] of this.#columns.entries()) {
      const value = columnValue(row, column);
      rows.vars[index]?.push(value === undefined ? NONE : text(columnText(value)));
    }
    rows.messages.push(messages.map((own) => own.flatMap((one) => [text(one.role), text(contentOf(one))])));
    for (const trial of trials) this.#addTrial(trial, text);
  }

  #addTrial({ id, variant, cells, scores }: PageTrial, text: (value: string | null) => number): void {
    const trials = this.#trials;
    const status: JsonValue | undefined = cells['status'];
    const of = (name: string): number => text(textOf(cells[name]));
    trials.id.push(id);
    trials.variant.push(variant);
    trials.repeat.push(numberOr(cells['repeat'], 1));
    trials.status.push(
      Math.max(
        0,
        STATUSES.findIndex((known) => known === status),
      ),
    );
    trials.output.push(of('output'));
    trials.finish.push(of('finish_reason'));
    trials.thoughts.push(of('reasoning'));
    trials.promptTokens.push(numberOr(cells['prompt_tokens'], NONE));
    trials.completionTokens.push(numberOr(cells['completion_tokens'], NONE));
    trials.cost.push(costOf(cells['total_cost']));
    trials.currency.push(of('currency'));
    trials.latencyMs.push(numberOr(cells['latency_ms'], NONE));
    trials.attempts.push(numberOr(cells['attempts'], 0));
    trials.cached.push(cells['cached'] === true ? 1 : 0);
    trials.errorCode.push(of('error_code'));
    trials.error.push(of('error_message'));
    for (const [index, name] of this.#scorers.entries()) {
      const score = scores[index];
      const passed = score?.passed ?? null;
      trials.scores[index]?.push(score?.value ?? null);
      trials.passed[index]?.push(passed === null ? NONE : Number(passed));
      trials.reasons[index]?.push(of(`reason.${name}`));
    }
  }

  #text(value: string | null, mostUnits: number): number {
    if (value === null) return NONE;
    const shown = value.length <= mostUnits ? value : cutText(value, mostUnits);
    const known = this.#places.get(shown);
    if (known !== undefined && shown === value) return known;
    const place = this.#texts.push(shown) - 1;
    this.#units += shown.length;
    if (shown === value) this.#places.set(shown, place);
    else this.#cuts.push([place, value.length]);
    return place;
  }

  #begin(): void {
    this.#texts = [];
    this.#places = new Map();
    this.#cuts = [];
    this.#units = 0;
    this.#rows = emptyRows(this.#columns.length);
    this.#trials = emptyTrials(this.#scorers.length);
  }
}

/** The beginning of a text, without half a character at its end. */
function cutText(text: string, units: number): string {
  return text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '');
}

function contentOf({ role: _role, ...message }: Message): string {
  const { content = null, ...others } = message;
  const text = contentText(content);
  return Object.keys(others).length === 0
    ? text
    : JSON.stringify({ content: content === null ? null : text, ...others }, null, 2);
}

function costOf(value: JsonValue | undefined): number {
  const cost = typeof value === 'string' && value !== '' ? Number(value) : value;
  return numberOr(cost, NONE);
}

function emptyRows(columns = 0): FilledRows {
  return { id: [], size: [], vars: Array.from({ length: columns }, (): number[] => []), messages: [] };
}

function emptyTrials(scorers = 0): FilledTrials {
  return {
    id: [],
    variant: [],
    repeat: [],
    status: [],
    output: [],
    finish: [],
    thoughts: [],
    promptTokens: [],
    completionTokens: [],
    cost: [],
    currency: [],
    latencyMs: [],
    attempts: [],
    cached: [],
    errorCode: [],
    error: [],
    scores: Array.from({ length: scorers }, (): (number | null)[] => []),
    passed: Array.from({ length: scorers }, (): number[] => []),
    reasons: Array.from({ length: scorers }, (): number[] => []),
  };
}
