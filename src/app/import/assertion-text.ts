import { extname } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { canonicalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import { literalTemplate } from '../../scorers/definition.ts';
import { ReadyAssertions } from '../../scorers/index.ts';
import type { CodeAssertions } from './code-assertions.ts';
import { type ImportNotes, listItems } from './notes.ts';
import { fillVariables } from './nunjucks.ts';
import { isFileReference, parseYaml, readText, referencedPath } from './source.ts';
import { partOf } from './transforms.ts';

/** An assertion as a row holds it. */
export interface AssertionCell {
  readonly text: string;
  /** The name of its score; null if the file does not set one. */
  readonly metric: string | null;
  /** What it counts for; null for 1. */
  readonly weight: number | null;
  /** The part of the answer that it is about; null for all of it. */
  readonly part: string | null;
}

/** The assertions of a row. */
export interface RowAssertions {
  readonly cells: readonly AssertionCell[];
  /** Names of those in code. */
  readonly codes: readonly string[];
}

/** A list of assertions where it is found. */
export interface GivenAssertions {
  readonly list: JsonValue | undefined;
  readonly path: string;
  /** The variables of the test. */
  readonly vars: Readonly<Record<string, JsonValue>>;
  /** Code that makes something else of the answer first. */
  readonly transforms: readonly string[];
  /** Who judges, if an assertion does not say it itself. */
  readonly grader: JsonValue | undefined;
}

const KEYS = ['type', 'value', 'threshold', 'weight', 'metric', 'provider', 'transform'] as const;
const CODE_KEYS = [...KEYS, 'config'] as const;
const EQUALS = /^(not-)?equals$/;
const CODE = /^(?:not-)?javascript$/;

/** What the writer works with. */
interface WriterContext {
  /** The configuration's file. */
  readonly file: string;
  readonly notes: ImportNotes;
  readonly code: CodeAssertions;
}

/** Embeddings of OpenAI, as promptfoo names them. */
const EMBEDDING = /^openai:embeddings?:(.+)$/;

/** Embeddings that assertions compare. */
interface Embedded {
  /** Of the first of them. */
  readonly place: string;
  /** A model of OpenAI; null if none is named. */
  readonly model: string | null;
}

/** Converts promptfoo assertions to dataset cells. */
export class AssertionWriter {
  readonly #context: WriterContext;
  readonly #ready = new ReadyAssertions({ template: literalTemplate, hiddenColumns: [] });
  readonly #graders = new Map<string, JsonValue>();
  #judged: string | null = null;
  #embedded: Embedded | null = null;

  constructor(context: WriterContext) {
    this.#context = context;
  }

  /** Place of the first assertion that a model judges; null if there is none. */
  judged(): string | null {
    return this.#judged;
  }

  /** What compares texts by their meaning; null if nothing does. */
  embedded(): Embedded | null {
    return this.#embedded;
  }

  /** Providers that are named as judges. */
  graders(): readonly JsonValue[] {
    return [...this.#graders.values()];
  }

  /** The cells of a list of assertions; those that promptgrid cannot score are noted and left out. */
  async row(given: GivenAssertions): Promise<RowAssertions> {
    const cells: AssertionCell[] = [];
    const codes: string[] = [];
    for (const [index, item] of listItems(given.list).entries()) {
      const path = `${given.path}[${index}]`;
      if (!isJsonObject(item)) this.#context.notes.add(path, 'an assertion without a type');
      else if (item['type'] === 'assert-set') {
        const inner = await this.#set(item, { ...given, path });
        cells.push(...inner.cells);
        codes.push(...inner.codes);
      } else if (CODE.test(columnText(item['type']))) {
        const name = this.#code(item, { ...given, path });
        if (name !== null) codes.push(name);
      } else {
        const cell = await this.#cell(item, { ...given, path });
        if (cell !== null) cells.push(cell);
      }
    }
    return { cells, codes };
  }

  /** The cells of assertions that a table holds as text. */
  async texts(texts: readonly string[], given: GivenAssertions): Promise<readonly AssertionCell[]> {
    const cells: AssertionCell[] = [];
    for (const text of texts) {
      const filled = fillVariables(text, given.vars);
      const cell = filled.foreign === null ? await this.#finished(filled.text, {}, given) : null;
      if (filled.foreign !== null) this.#context.notes.add(given.path, foreignNote(filled.foreign));
      if (cell !== null) cells.push(cell);
    }
    return cells;
  }

  /** Whether a row can have this assertion; notes why not. */
  async #isUsable(text: string, path: string, grader?: JsonValue): Promise<boolean> {
    try {
      const { requests } = await this.#ready.get(text);
      for (const { task } of requests) {
        if (task === undefined) this.#noteJudge(path, grader);
        else this.#noteEmbeddings(path, grader);
      }
      return true;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#context.notes.add(path, error.message);
      return false;
    }
  }

  #noteJudge(path: string, grader: JsonValue | undefined): void {
    this.#judged ??= path;
    const named = isJsonObject(grader) && grader['id'] === undefined ? grader['text'] : grader;
    if (named !== undefined && named !== null) this.#graders.set(canonicalJson(named), named);
  }

  #noteEmbeddings(path: string, grader: JsonValue | undefined): void {
    const named = isJsonObject(grader) ? (grader['embedding'] ?? grader['id'] ?? null) : (grader ?? null);
    const id = isJsonObject(named) ? named['id'] : named;
    const model = typeof id === 'string' ? EMBEDDING.exec(id)?.[1] : undefined;
    this.#embedded = { place: this.#embedded?.place ?? path, model: this.#embedded?.model ?? model ?? null };
  }

  /** All of a set must hold, as all of a row must. */
  async #set(item: JsonObject, given: GivenAssertions): Promise<RowAssertions> {
    if (item['threshold'] === undefined)
      return this.row({ ...given, list: item['assert'], path: `${given.path}.assert` });
    this.#context.notes.add(given.path, 'a set of assertions with a threshold of its own');
    return { cells: [], codes: [] };
  }

  #code(item: JsonObject, { path, vars, transforms }: GivenAssertions): string | null {
    return this.#isKnown(item, path, CODE_KEYS)
      ? this.#context.code.add({ item, path, vars, transforms: [...transforms, ...transformOf(item)] })
      : null;
  }

  #isKnown(item: JsonObject, path: string, keys: readonly string[]): boolean {
    const { notes } = this.#context;
    const foreign = Object.keys(item).find((key) => !keys.includes(key) && item[key] !== null);
    if (typeof item['type'] !== 'string' || foreign !== undefined) {
      notes.add(path, foreign === undefined ? 'an assertion without a type' : `an assertion with "${foreign}"`);
      return false;
    }
    if (item['weight'] !== 0) return true;
    notes.change(path, 'an assertion of weight 0 counts for nothing, and is left out');
    return false;
  }

  async #cell(item: JsonObject, given: GivenAssertions): Promise<AssertionCell | null> {
    if (!this.#isKnown(item, given.path, KEYS)) return null;
    const { type, threshold } = item;
    const value = await this.#valueOf(item['value'], given.path, given.vars);
    if (value === null) return null;
    const number = typeof threshold === 'number' ? `(${threshold})` : '';
    return this.#finished(compose(columnText(type), number, value), item, given);
  }

  async #finished(text: string, item: JsonObject, given: GivenAssertions): Promise<AssertionCell | null> {
    const { weight, metric, provider } = item;
    const { path, transforms, grader } = given;
    if (!(await this.#isUsable(text, path, provider ?? grader))) return null;
    const part = partOf([...transforms, ...transformOf(item)]);
    if (part === null) {
      this.#context.notes.add(path, 'an assertion of which a transform is more than a part of the answer');
      return null;
    }
    return {
      text,
      metric: typeof metric === 'string' ? metric : null,
      weight: typeof weight === 'number' && weight !== 1 ? weight : null,
      part: part.part,
    };
  }

  /** The value with files read and the test's variables filled in; null if that is impossible. */
  async #valueOf(given: JsonValue | undefined, path: string, vars: GivenAssertions['vars']): Promise<JsonValue | null> {
    const { notes } = this.#context;
    const value = isFileReference(given) ? await this.#fileValue(given) : (given ?? '');
    if (value === null) {
      notes.add(path, 'an assertion whose file is code, or cannot be read');
      return null;
    }
    let foreign: string | null = null;
    const fill = (text: string): string => {
      const filled = fillVariables(text, vars);
      foreign ??= filled.foreign;
      return filled.text;
    };
    const filled = isJsonArray(value)
      ? value.map((item) => (typeof item === 'string' ? fill(item) : item))
      : typeof value === 'string'
        ? fill(value)
        : value;
    if (foreign !== null) {
      notes.add(path, foreignNote(foreign));
      return null;
    }
    if (typeof filled === 'string' && filled !== filled.trim()) {
      notes.change(path, 'white space around the text of an assertion does not count');
    }
    return filled;
  }

  async #fileValue(reference: string): Promise<JsonValue | null> {
    const path = referencedPath(reference, this.#context.file);
    const ending = extname(path ?? '');
    if (path === null || !['.json', '.yaml', '.yml', '.txt', '.md'].includes(ending)) return null;
    const text = await readText(path);
    return text === null || ['.txt', '.md'].includes(ending) ? text : parseYaml(text, path);
  }
}

function foreignNote(tag: string): string {
  return `an assertion with ${tag}: only variables and some filters are filled in`;
}

function transformOf({ transform }: JsonObject): readonly string[] {
  return typeof transform === 'string' ? [transform] : [];
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
