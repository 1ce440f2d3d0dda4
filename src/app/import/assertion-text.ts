import { UsageError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import type { AskedRequest } from '../../core/scorer.ts';
import { literalTemplate } from '../../scorers/definition.ts';
import { ReadyAssertions } from '../../scorers/index.ts';
import { type ImportNotes, listItems } from './notes.ts';
import { fillVariables, foreignTag } from './nunjucks.ts';

/** An assertion as a cell holds it. */
export interface AssertionCell {
  readonly text: string;
  /** The name of its score; null if the file does not set one. */
  readonly metric: string | null;
}

type Variables = Readonly<Record<string, JsonValue>>;

const KEYS = ['type', 'value', 'threshold', 'weight', 'metric'] as const;
const EQUALS = /^(not-)?equals$/;

/** Converts promptfoo assertions to dataset cells. */
export class AssertionWriter {
  readonly #notes: ImportNotes;
  readonly #ready = new ReadyAssertions({ template: literalTemplate, hiddenColumns: [] });
  readonly #noted = new Set<AskedRequest['task']>();

  constructor(notes: ImportNotes) {
    this.#notes = notes;
  }

  /** The cells of a list of assertions; those that promptgrid cannot score are noted and left out. */
  async cells(list: JsonValue | undefined, path: string, vars: Variables): Promise<readonly AssertionCell[]> {
    const cells: AssertionCell[] = [];
    for (const [index, item] of listItems(list).entries()) {
      const place = `${path}[${index}]`;
      const cell = isJsonObject(item) ? this.#read(item, place, vars) : null;
      if (!isJsonObject(item)) this.#notes.add(place, 'it is not an assertion with a type');
      if (cell !== null && (await this.isUsable(cell.text, place))) cells.push(cell);
    }
    return cells;
  }

  /** Whether a row can have this assertion; notes why not. */
  async isUsable(text: string, path: string): Promise<boolean> {
    try {
      const { requests } = await this.#ready.get(text);
      for (const { task } of requests) this.#noteModel(task, path);
      return true;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#notes.add(path, error.message);
      return false;
    }
  }

  #noteModel(task: AskedRequest['task'], path: string): void {
    if (this.#noted.has(task)) return;
    this.#noted.add(task);
    this.#notes.add(
      path,
      task === undefined
        ? 'the model that is to judge it: name it as judgeModel in promptgrid.yaml, or with --judge-model'
        : 'the model of its embeddings: name it as embeddingModel in promptgrid.yaml, or with --embedding-model',
    );
  }

  #read(item: JsonObject, path: string, vars: Variables): AssertionCell | null {
    const { type, value, threshold, weight, metric } = item;
    const foreign = Object.keys(item).find((key) => !KEYS.some((known) => known === key) && item[key] !== null);
    if (typeof type !== 'string' || foreign !== undefined) {
      this.#notes.add(
        `${path}${foreign === undefined ? '' : `.${foreign}`}`,
        `${columnText(type)} is left out with it`,
      );
      return null;
    }
    if (weight === 0) {
      this.#notes.add(`${path}.weight`, `${type} counts for nothing and is left out`);
      return null;
    }
    if (weight !== undefined && weight !== 1)
      this.#notes.add(`${path}.weight`, 'all assertions of a row weigh the same');
    const filled = this.#fill(value, path, vars);
    if (filled === null) return null;
    const number = typeof threshold === 'number' ? `(${threshold})` : '';
    return { text: compose(type, number, filled), metric: typeof metric === 'string' ? metric : null };
  }

  /** The value with the test's variables filled in; null if that is impossible. */
  #fill(value: JsonValue | undefined, path: string, vars: Variables): JsonValue | null {
    const texts = listItems(value).filter((item) => typeof item === 'string');
    const tag = texts.map(foreignTag).find((found) => found !== null);
    const isFile = texts.some((text) => text.startsWith('file://') || text.startsWith('package:'));
    const isPadded = texts.some((text) => !isJsonArray(value) && text !== text.trim());
    if (tag !== undefined) this.#notes.add(`${path}.value`, `only plain variables are put in, not ${tag}`);
    else if (isFile) this.#notes.add(`${path}.value`, 'files are not read for an assertion');
    else if (isPadded) this.#notes.add(`${path}.value`, 'white space around the value does not count in a cell');
    if (tag !== undefined || isFile) return null;
    if (typeof value === 'string') return fillVariables(value, vars);
    if (!isJsonArray(value)) return value ?? '';
    return value.map((item) => (typeof item === 'string' ? fillVariables(item, vars) : item));
  }
}

function compose(type: string, number: string, value: JsonValue): string {
  const equals = isJsonObject(value) || isJsonArray(value) ? EQUALS.exec(type) : null;
  // A value that is not a text is compared as JSON: a schema with a single allowed value.
  if (equals !== null) return `${equals[1] ?? ''}is-json:${JSON.stringify({ const: value })}`;
  const text = type.endsWith('word-count') && isJsonObject(value) ? rangeText(value) : valueText(value);
  return text === '' ? `${type}${number}` : `${type}${number}:${text}`;
}

function rangeText({ min, max }: JsonObject): string {
  return `${typeof min === 'number' ? min : ''}-${typeof max === 'number' ? max : ''}`;
}

function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
