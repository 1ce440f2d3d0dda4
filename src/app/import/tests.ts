import { extname } from 'node:path';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import { formatForPath, readRows } from '../../datasets/index.ts';
import { type AssertionCell, AssertionWriter } from './assertion-text.ts';
import { type ImportNotes, listItems } from './notes.ts';
import { isFileReference, parseYaml, readText, referencedPath } from './source.ts';

const TEST_KEYS = ['vars', 'assert', 'threshold', 'description'] as const;
const EXPECTED = /^__expected\d*$/;
/** Maximum rows that the lists in one test's variables may produce together. */
const MAX_COMBINATIONS = 10_000;

interface Test {
  readonly path: string;
  readonly test: JsonObject;
}

/** Reads promptfoo tests into rows with assertions in their columns. */
export class TestImport {
  readonly #file: string;
  readonly #notes: ImportNotes;
  readonly #writer: AssertionWriter;
  readonly #default: JsonObject;

  constructor(file: string, defaultTest: JsonValue | undefined, notes: ImportNotes) {
    this.#file = file;
    this.#notes = notes;
    this.#writer = new AssertionWriter(notes);
    this.#default = objectOf(defaultTest);
    if (defaultTest !== undefined && !isJsonObject(defaultTest)) notes.add('defaultTest', 'it is not an object');
    notes.addUnknownKeys(this.#default, 'defaultTest', TEST_KEYS);
  }

  /** The rows, in order. @throws DatasetError if a file of tests cannot be read */
  async rows(given: JsonValue | undefined): Promise<readonly JsonObject[]> {
    const rows: JsonObject[] = [];
    // Without tests, promptfoo runs each prompt once.
    const items = given === undefined || given === null ? [{}] : listItems(given);
    for (const [index, item] of items.entries()) {
      for (const { path, test } of await this.#tests(item, `tests[${index}]`)) {
        const combinations = this.#combinations(objectOf(test['vars']), path);
        for (const vars of combinations) rows.push(await this.#row(test, path, vars));
      }
    }
    return rows;
  }

  async #tests(item: JsonValue, path: string): Promise<readonly Test[]> {
    if (isJsonObject(item)) {
      this.#notes.addUnknownKeys(item, path, TEST_KEYS);
      if (!isFileReference(item['vars']) && typeof item['vars'] !== 'string') return [{ path, test: item }];
    } else if (typeof item === 'string') return this.#fromFile(item, path);
    this.#notes.add(path, 'it is left out: neither a test nor a file with tests');
    return [];
  }

  async #fromFile(reference: string, path: string): Promise<readonly Test[]> {
    const target = referencedPath(reference, this.#file);
    const isData = ['.yaml', '.yml', '.json'].includes(extname(target ?? ''));
    if (target !== null && isData) {
      const text = await readText(target);
      const items = text === null ? [] : listItems(parseYaml(text, target));
      if (text === null) this.#notes.add(path, `${reference} cannot be read`);
      return items.filter(isJsonObject).map((test, index) => ({ path: `${path}: ${reference}[${index}]`, test }));
    }
    if (target === null || formatForPath(target) === undefined || !/^(?:file:|[^:]*$)/.test(reference)) {
      this.#notes.add(path, `promptgrid cannot read ${reference}`);
      return [];
    }
    const tests: Test[] = [];
    const name = formatForPath(target)?.name;
    // The columns of a table are variables; an object is a whole test.
    const isTable = name === 'csv' || name === 'xlsx' || name === 'parquet';
    for await (const { vars, line } of readRows({ path: target, format: null, encoding: null, delimiter: null })) {
      tests.push({ path: `${path}: ${reference}:${line}`, test: isTable ? { vars } : vars });
    }
    return tests;
  }

  /** A list as a variable's value produces one test per item. */
  #combinations(vars: JsonObject, path: string): readonly JsonObject[] {
    const whole = { ...objectOf(this.#default['vars']), ...vars };
    let found: readonly JsonObject[] = [{}];
    for (const [name, value] of Object.entries(whole)) {
      if (isFileReference(value)) this.#notes.add(`${path}.vars.${name}`, 'the file is not read: its name is the text');
      const values = isJsonArray(value) && value.length > 0 ? value : [value];
      if (found.length * values.length > MAX_COMBINATIONS) {
        this.#notes.add(`${path}.vars.${name}`, `more than ${MAX_COMBINATIONS} combinations: the list is one value`);
        found = found.map((row) => ({ ...row, [name]: value }));
      } else found = found.flatMap((row) => values.map((one) => ({ ...row, [name]: one })));
    }
    return found;
  }

  async #row(test: JsonObject, path: string, vars: JsonObject): Promise<JsonObject> {
    const row: Record<string, JsonValue> = {};
    const cells: AssertionCell[] = [];
    for (const [name, value] of Object.entries(vars)) {
      if (!EXPECTED.test(name)) row[name] = value;
      else if (
        typeof value === 'string' &&
        value.trim() !== '' &&
        (await this.#writer.isUsable(value, `${path} ${name}`))
      ) {
        cells.push({ text: value, metric: null });
      }
    }
    cells.push(...(await this.#writer.cells(this.#default['assert'], 'defaultTest.assert', vars)));
    cells.push(...(await this.#writer.cells(test['assert'], `${path}.assert`, vars)));
    for (const [index, { text, metric }] of cells.entries()) {
      row[`__expected${index + 1}`] = text;
      if (metric !== null) row[`__metric${index + 1}`] = metric;
    }
    const threshold = test['threshold'] ?? this.#default['threshold'];
    if (typeof threshold === 'number') row['__threshold'] = threshold;
    const description = test['description'] ?? this.#default['description'];
    return typeof description === 'string' ? { ...row, __description: description } : row;
  }
}
