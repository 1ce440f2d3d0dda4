import { extname } from 'node:path';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import { formatForPath, readRows } from '../../datasets/index.ts';
import { type ImportNotes, listItems } from './notes.ts';
import { parseYaml, readText, referencedPath, referencedPaths } from './source.ts';

/** A test of promptfoo. */
export interface Test {
  /** Its place, for notes. */
  readonly path: string;
  readonly test: JsonObject;
}

const DATA_ENDINGS = ['.yaml', '.yml', '.json'];

/** Reads the tests of a configuration, wherever they are. */
export class TestSource {
  readonly #file: string;
  readonly #notes: ImportNotes;

  /** @param file the configuration's file */
  constructor(file: string, notes: ImportNotes) {
    this.#file = file;
    this.#notes = notes;
  }

  /** The tests, in order. @throws DatasetError if a file of them cannot be read */
  async tests(given: JsonValue | undefined, path: string): Promise<readonly Test[]> {
    const found: Test[] = [];
    for (const [index, item] of listItems(given).entries())
      found.push(...(await this.#test(item, `${path}[${index}]`)));
    return found;
  }

  /** The tests of scenarios: each with each of a scenario's variables. */
  async scenarios(given: JsonValue | undefined): Promise<readonly Test[]> {
    const found: Test[] = [];
    for (const [index, item] of listItems(given).entries()) {
      const path = `scenarios[${index}]`;
      const scenario = objectOf(item);
      this.#notes.addUnknownKeys(scenario, path, ['config', 'tests', 'description']);
      const own = await this.tests(scenario['tests'] ?? [{}], `${path}.tests`);
      for (const { test: shared } of await this.tests(scenario['config'], `${path}.config`)) {
        found.push(...own.map((one) => ({ path: one.path, test: joined(shared, one.test) })));
      }
    }
    return found;
  }

  async #test(item: JsonValue, path: string): Promise<readonly Test[]> {
    if (typeof item === 'string') return this.#fromFiles(item, path);
    if (!isJsonObject(item)) {
      this.#notes.add(path, 'a test that is no object');
      return [];
    }
    const { vars } = item;
    if (typeof vars !== 'string') return [{ path, test: item }];
    const file = referencedPath(vars, this.#file);
    const text = file === null || !DATA_ENDINGS.includes(extname(file)) ? null : await readText(file);
    if (file !== null && text !== null) return [{ path, test: { ...item, vars: objectOf(parseYaml(text, file)) } }];
    this.#notes.add(path, 'a test whose variables are in a file that cannot be read');
    return [];
  }

  async #fromFiles(reference: string, path: string): Promise<readonly Test[]> {
    const isFile = /^(?:file:|[^:]*$)/.test(reference);
    const targets = isFile ? await referencedPaths(reference, this.#file) : [];
    const tests: Test[] = [];
    for (const target of targets) {
      if (DATA_ENDINGS.includes(extname(target))) tests.push(...(await this.#fromData(target, path)));
      else if (formatForPath(target) !== undefined) tests.push(...(await this.#fromTable(target, path)));
      else this.#notes.add(path, 'tests that code makes, or in a file that promptgrid cannot read');
    }
    if (targets.length === 0) this.#notes.add(path, `tests of ${/^\w+:/.exec(reference)?.[0] ?? reference}`);
    return tests;
  }

  async #fromData(target: string, path: string): Promise<readonly Test[]> {
    const text = await readText(target);
    if (text === null) this.#notes.add(path, 'a file of tests that cannot be read');
    const items = text === null ? [] : listItems(parseYaml(text, target));
    return items.filter(isJsonObject).map((test, index) => ({ path: `${path}: ${target}[${index}]`, test }));
  }

  /** The columns of a table are variables; an object is a whole test. */
  async #fromTable(target: string, path: string): Promise<readonly Test[]> {
    const tests: Test[] = [];
    const name = formatForPath(target)?.name;
    const isTable = name === 'csv' || name === 'xlsx' || name === 'parquet';
    for await (const { vars, line } of readRows({ path: target, format: null, encoding: null, delimiter: null })) {
      tests.push({ path: `${path}: ${target}:${line}`, test: isTable ? { vars } : vars });
    }
    return tests;
  }
}

function joined(shared: JsonObject, own: JsonObject): JsonObject {
  return {
    ...shared,
    ...own,
    vars: { ...objectOf(shared['vars']), ...objectOf(own['vars']) },
    options: { ...objectOf(shared['options']), ...objectOf(own['options']) },
    assert: [...listItems(shared['assert']), ...listItems(own['assert'])],
  };
}

const TEXT_ENDINGS = ['.txt', '.md', '.html', '.xml', '.csv', '.tex', ''];

/** The value of a variable that names a file: its text, or its data as JSON; null if it cannot be read or is code. */
export async function variableOfFile(value: string, file: string): Promise<string | null> {
  const path = referencedPath(value, file);
  const ending = extname(path ?? '');
  const text = path === null || ![...TEXT_ENDINGS, ...DATA_ENDINGS].includes(ending) ? null : await readText(path);
  if (path === null || text === null) return null;
  return DATA_ENDINGS.includes(ending) ? JSON.stringify(parseYaml(text, path)) : text.trim();
}

/** Most rows that the lists in one test's variables may make together. */
const MAX_COMBINATIONS = 10_000;

/** Variables with one value for each name: a list is a test for each of its items. */
export function combinations(vars: JsonObject, onTooMany: (name: string) => void): readonly JsonObject[] {
  let found: readonly JsonObject[] = [{}];
  for (const [name, value] of Object.entries(vars)) {
    const values = isJsonArray(value) && value.length > 0 ? value : [value];
    if (found.length * values.length > MAX_COMBINATIONS) {
      onTooMany(name);
      found = found.map((row) => ({ ...row, [name]: value }));
    } else found = found.flatMap((row) => values.map((one) => ({ ...row, [name]: one })));
  }
  return found;
}
