import { isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';
import type { AssertionCell, AssertionWriter } from './assertion-text.ts';
import { CODE_COLUMNS } from './assertions-module.ts';
import type { ImportNotes } from './notes.ts';
import { nestedVariables } from './nunjucks.ts';
import { isFileReference } from './source.ts';
import { combinations, type Test, TestSource, variableOfFile } from './test-source.ts';

const TEST_KEYS = ['vars', 'assert', 'threshold', 'description', 'options', 'metadata'];
const OPTION_KEYS = [
  'transform',
  'postprocess',
  'provider',
  'disableVarExpansion',
  'disableDefaultAsserts',
  'runSerially',
];
const EXPECTED = /^__expected\d*$/;
const CONFIG = /^__config:(__expected\d*):threshold$/;
const FOREIGN = /^__(?:prefix|suffix|providerOutput|config:.*)$/;
const CODE_CELL = /^(not-)?(?:javascript|fn|eval)(?:\(([\d.]+)\))?:([^]*)$/;

/** What the reading of tests works with. */
interface TestContext {
  /** The configuration's file. */
  readonly file: string;
  /** Code of providers that makes something else of their answers. */
  readonly transforms: readonly string[];
  readonly writer: AssertionWriter;
  readonly notes: ImportNotes;
}

/** A test with what `defaultTest` says. */
interface WholeTest extends Test {
  readonly options: JsonObject;
}

/** Reads promptfoo tests into rows with assertions in their columns. */
export class TestImport {
  readonly #context: TestContext;
  readonly #source: TestSource;
  readonly #default: JsonObject;

  constructor(defaultTest: JsonValue | undefined, context: TestContext) {
    this.#context = context;
    this.#source = new TestSource(context.file, context.notes);
    this.#default = objectOf(defaultTest);
    if (defaultTest !== undefined && !isJsonObject(defaultTest))
      context.notes.add('defaultTest', 'a default that is no object');
    this.#noteUnknown(this.#default, 'defaultTest');
  }

  /** The rows, in order. @throws DatasetError if a file of tests cannot be read */
  async rows(given: JsonValue | undefined, scenarios: JsonValue | undefined): Promise<readonly JsonObject[]> {
    const rows: JsonObject[] = [];
    // Without tests, promptfoo runs each prompt once.
    const isEmpty = (given ?? null) === null && (scenarios ?? null) === null;
    const own = await this.#source.tests(isEmpty ? [{}] : given, 'tests');
    for (const { path, test } of [...(await this.#source.scenarios(scenarios)), ...own]) {
      this.#noteUnknown(test, path);
      const options = { ...objectOf(this.#default['options']), ...objectOf(test['options']) };
      for (const vars of await this.#variables(test, path, options)) {
        rows.push(await this.#row({ path, test, options }, nestedVariables(vars)));
      }
    }
    return rows;
  }

  #noteUnknown(test: JsonObject, path: string): void {
    this.#context.notes.addUnknownKeys(test, path, TEST_KEYS);
    this.#context.notes.addUnknownKeys(objectOf(test['options']), `${path}.options`, OPTION_KEYS);
  }

  async #variables(test: JsonObject, path: string, options: JsonObject): Promise<readonly JsonObject[]> {
    const { notes, file } = this.#context;
    const whole: Record<string, JsonValue> = { ...objectOf(this.#default['vars']), ...objectOf(test['vars']) };
    for (const [name, value] of Object.entries(whole)) {
      if (!isFileReference(value)) continue;
      const text = await variableOfFile(value, file);
      if (text === null)
        notes.add(`${path}.vars`, 'the file of a variable, which is code or cannot be read: its name is the text');
      else whole[name] = text;
    }
    if (options['disableVarExpansion'] === true) return [whole];
    return combinations(whole, (name) =>
      notes.change(`${path}.vars.${name}`, 'a list that would make too many rows is one value'),
    );
  }

  async #row({ path, test, options }: WholeTest, vars: JsonObject): Promise<JsonObject> {
    const { writer } = this.#context;
    const row: Record<string, JsonValue> = {};
    const { codes: ofColumns, texts } = ofCells(vars);
    const transforms = [...this.#context.transforms, ...transformsOf(options)];
    const common = { vars, transforms, grader: options['provider'] };
    const cells = [...(await writer.texts(texts, { ...common, list: [], path }))];
    const codes: string[] = [];
    const lists = [
      { list: ofColumns, path },
      ...(options['disableDefaultAsserts'] === true
        ? []
        : [{ list: this.#default['assert'], path: 'defaultTest.assert' }]),
      { list: test['assert'], path: `${path}.assert` },
    ];
    for (const { list, path: place } of lists) {
      const made = await writer.row({ ...common, list, path: place });
      cells.push(...made.cells);
      codes.push(...made.codes);
    }
    for (const [name, value] of Object.entries(vars)) {
      if (FOREIGN.test(name) && !CONFIG.test(name)) this.#noteColumn(name, value, path);
      else if (!EXPECTED.test(name) && !CONFIG.test(name)) row[name] = value;
    }
    Object.assign(row, columnsOf(cells), this.#settings(test));
    return codes.length === 0 ? row : { ...row, [CODE_COLUMNS.names]: codes.join(' '), [CODE_COLUMNS.has]: 'yes' };
  }

  #noteColumn(name: string, value: JsonValue, path: string): void {
    if (columnText(value) !== '') this.#context.notes.add(path, `a test with "${name.replace(/:.*/, '')}"`);
  }

  #settings(test: JsonObject): JsonObject {
    const threshold = test['threshold'] ?? this.#default['threshold'];
    const description = test['description'] ?? this.#default['description'];
    const metadata = { ...objectOf(this.#default['metadata']), ...objectOf(test['metadata']) };
    return {
      ...(typeof threshold === 'number' ? { __threshold: threshold } : {}),
      ...(typeof description === 'string' ? { __description: description } : {}),
      ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`__metadata:${name}`, value])),
    };
  }
}

function transformsOf({ transform, postprocess }: JsonObject): readonly string[] {
  const text = transform ?? postprocess;
  return typeof text === 'string' ? [text] : [];
}

/** The assertions in the cells of a table: those in code as assertions of a test, others as they are. */
function ofCells(vars: JsonObject): { readonly codes: readonly JsonObject[]; readonly texts: readonly string[] } {
  const codes: JsonObject[] = [];
  const texts: string[] = [];
  for (const [name, value] of Object.entries(vars)) {
    const text = EXPECTED.test(name) ? columnText(value).trim() : '';
    if (text === '') continue;
    const own = columnText(vars[`__config:${name}:threshold`]);
    const [, not = '', number = own, code] = CODE_CELL.exec(text) ?? [];
    if (code === undefined)
      texts.push(own === '' ? text : text.replace(/^[a-z-]+(?=:|$)/, (kind) => `${kind}(${own})`));
    else
      codes.push({
        type: `${not}javascript`,
        value: code.trim(),
        ...(number === '' ? {} : { threshold: Number(number) }),
      });
  }
  return { codes, texts };
}

/** Columns with assertions, numbered from 1. */
function columnsOf(cells: readonly AssertionCell[]): JsonObject {
  const row: Record<string, JsonValue> = {};
  for (const [index, { text, metric, weight, part }] of cells.entries()) {
    const number = index + 1;
    row[`__expected${number}`] = text;
    if (metric !== null) row[`__metric${number}`] = metric;
    if (weight !== null) row[`__weight${number}`] = weight;
    if (part !== null) row[`__extract${number}`] = part;
  }
  return row;
}
