import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { stringify } from 'yaml';
import { ConfigError, UsageError } from '../../core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import { makeFolder } from '../../io/make-folder.ts';
import { DEFAULT_CONFIG_FILE } from '../config/file.ts';
import { AssertionWriter } from './assertion-text.ts';
import { CODE_COLUMNS } from './assertions-module.ts';
import { CodeAssertions } from './code-assertions.ts';
import { type ModelSettings, modelKeys } from './model-keys.ts';
import { type ImportNote, ImportNotes, listItems } from './notes.ts';
import { type ImportedPrompts, importPrompts } from './prompts.ts';
import { MODULE_FOLDER, ProviderImport } from './providers.ts';
import { isFileReference, parseYaml, readText, referencedPath, withoutReferences } from './source.ts';
import { TestImport } from './tests.ts';

/** What to import, and where to. */
interface ImportOptions {
  /** Path of a promptfoo configuration. */
  readonly file: string;
  /** Output folder. */
  readonly out: string;
  /** True replaces existing files. */
  readonly overwrite: boolean;
  /** True takes over code; it is written into modules, and not run. */
  readonly allowCode: boolean;
}

/** The result of an import. */
interface Imported {
  /** Paths of the files written. */
  readonly files: readonly string[];
  readonly rows: number;
  readonly models: readonly string[];
  /** What was not imported, a note for each kind. */
  readonly unknown: readonly ImportNote[];
  /** What was imported with changes, a note for each kind. */
  readonly changed: readonly ImportNote[];
}

const DATASET_FILE = 'tests.jsonl';
const ASSERTIONS_FILE = `${MODULE_FOLDER}/assertions.mjs`;
const KEYS = ['providers', 'targets', 'prompts', 'tests', 'scenarios', 'defaultTest', 'evaluateOptions'];
/** Which change no request and no verdict. */
const IGNORED = [
  '$schema',
  'description',
  'tags',
  'metadata',
  'outputPath',
  'sharing',
  'commandLineOptions',
  'writeLatestResults',
  'assertionTemplates',
];

/**
 * Writes a promptgrid.yaml, a dataset and the files of prompts and modules for a promptfoo configuration.
 * @throws ConfigError if it cannot be read
 * @throws UsageError if nothing in it can run, or a file exists already
 */
export async function importPromptfoo({ file, out, overwrite, allowCode }: ImportOptions): Promise<Imported> {
  const notes = new ImportNotes();
  const config = withoutReferences(await readConfig(file));
  notes.addUnknownKeys(config, '', [...KEYS, ...IGNORED]);
  const place = { file, notes, allowCode, fromModules: modulePath(out) };
  const section = config['providers'] === undefined ? 'targets' : 'providers';
  const prompts = await importPrompts(config['prompts'] ?? '{{prompt}}', file, notes);
  const code = new CodeAssertions(place);
  const writer = new AssertionWriter({ file, notes, code });
  const transforms = commonTransform(config[section], section, notes);
  const tests = new TestImport(await inlined(config['defaultTest'], file), { file, notes, writer, transforms });
  const rows = await tests.rows(config['tests'], config['scenarios']);
  const providers = new ProviderImport({ ...place, constants: constantsOf(rows) });
  const models = await providers.models(config[section], section);
  requireSomething(models.length > 0, { what: 'provider', file }, notes);
  requireSomething(prompts.texts.size + prompts.files.size > 0, { what: 'prompt', file }, notes);
  requireSomething(rows.length > 0, { what: 'test', file }, notes);
  const judge = await judgeOf(writer, providers, models, notes);
  const { ids, otherIds, keys } = modelKeys(models, judge === null ? [] : [judge], namesOf(prompts));
  const module = code.module();
  const settings = {
    dataset: DATASET_FILE,
    ...promptKeys(prompts),
    ...keys,
    ...(otherIds[0] === undefined ? {} : { judgeModel: otherIds[0] }),
    ...embeddingKeys(writer, notes),
    ...(module === null ? {} : { score: [CODE_SCORER] }),
    ...runOptions(objectOf(config['evaluateOptions']), notes),
  };
  const files = new Map<string, string>([
    [DEFAULT_CONFIG_FILE, stringify(settings)],
    [DATASET_FILE, rows.map((row) => `${JSON.stringify(filled(row, prompts.variables, module !== null))}\n`).join('')],
    ...prompts.files,
    ...(module === null ? [] : [[ASSERTIONS_FILE, module] as const]),
    ...providers.modules(),
  ]);
  const written = await writeAll(files, out, overwrite);
  return { files: written, rows: rows.length, models: ids, unknown: notes.lost(), changed: notes.changed() };
}

/** The scorer that asks the module with assertions in code. */
const CODE_SCORER = {
  type: 'module',
  path: `./${ASSERTIONS_FILE}`,
  name: 'code',
  when: { column: CODE_COLUMNS.has, equals: 'yes' },
} as const;

function modulePath(out: string): (path: string) => string {
  const folder = resolve(out, MODULE_FOLDER);
  return (path) => {
    const found = relative(folder, resolve(path)).split(sep).join('/');
    return found.startsWith('.') ? found : `./${found}`;
  };
}

async function readConfig(file: string): Promise<JsonObject> {
  const text = await readText(file);
  if (text === null) throw new ConfigError(`${file}: cannot be read`, { hint: 'name the configuration of promptfoo' });
  const config = parseYaml(text, file);
  if (isJsonObject(config)) return config;
  throw new ConfigError(`${file}: holds no keys`, { hint: 'name a file with prompts, providers and tests' });
}

async function inlined(value: JsonValue | undefined, file: string): Promise<JsonValue | undefined> {
  const path = isFileReference(value) ? referencedPath(value, file) : null;
  const text = path === null ? null : await readText(path);
  return path === null || text === null ? value : parseYaml(text, path);
}

/** The transform of all providers: rows are the same for all models. */
function commonTransform(given: JsonValue | undefined, section: string, notes: ImportNotes): readonly string[] {
  const found = listItems(given).map((item) => objectOf(item)['transform']);
  const texts = new Set(found.map((transform) => canonicalJson(transform ?? null)));
  const [first] = found;
  if (texts.size === 1 && typeof first === 'string') return [first];
  if (texts.size > 1) notes.add(section, 'a transform that not all providers have');
  return [];
}

/** Variables that have one value in all rows. */
function constantsOf(rows: readonly JsonObject[]): JsonObject {
  const [first = {}] = rows;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      rows.every((row) => canonicalJson(row[name] ?? null) === canonicalJson(value)),
    ),
  );
}

/** promptfoo's own, where a configuration names none (0.121.20). */
const EMBEDDING_MODEL = 'text-embedding-3-large';

function embeddingKeys(writer: AssertionWriter, notes: ImportNotes): JsonObject {
  const embedded = writer.embedded();
  if (embedded === null) return {};
  const { place, model } = embedded;
  if (model === null) notes.change(place, `no embeddings of OpenAI are named: ${EMBEDDING_MODEL}; see embeddingModel`);
  return { embeddingModel: `openai/${model ?? EMBEDDING_MODEL}` };
}

/** The model that judges: the first that is named, else the run's first. */
async function judgeOf(
  writer: AssertionWriter,
  providers: ProviderImport,
  models: readonly ModelSettings[],
  notes: ImportNotes,
): Promise<ModelSettings | null> {
  const place = writer.judged();
  if (place === null) return null;
  const named: ModelSettings[] = [];
  for (const grader of writer.graders()) {
    const model = await providers.model(grader, 'the judge');
    if (model !== null && model.kind !== 'module') named.push(model);
  }
  if (named.length > 1) notes.change(place, `the first of ${named.length} judges that are named judges everything`);
  const judge = named[0] ?? models.find(({ kind }) => kind !== 'module') ?? null;
  if (judge === null) notes.add(place, 'the model that judges: name it as judgeModel, or with --judge-model');
  else if (named.length === 0) notes.change(place, 'no judge is named: the first model judges; see judgeModel');
  return judge;
}

interface Wanted {
  readonly what: string;
  readonly file: string;
}

function requireSomething(isThere: boolean, { what, file }: Wanted, notes: ImportNotes): void {
  if (isThere) return;
  const starts = what === 'provider' ? ['providers', 'targets'] : [`${what}s`];
  const first = notes.lost().find(({ path }) => starts.some((start) => path.startsWith(start)));
  throw new UsageError(`${file}: there is no ${what} that promptgrid can use`, {
    hint: first === undefined ? `give it a ${what}` : `${first.path}: ${first.why}`,
  });
}

function promptKeys({ texts, hasNames, files }: ImportedPrompts): JsonObject {
  const names = [...files.keys()];
  const prompt: JsonValue = hasNames ? Object.fromEntries(texts) : [...texts.values()];
  return { ...(texts.size === 0 ? {} : { prompt }), ...(names.length === 0 ? {} : { promptFile: names }) };
}

function namesOf({ texts, files, namesOf: names }: ImportedPrompts) {
  const ofFiles = [...files.keys()].map((name) => /([^/]+)\.[^.]*$/.exec(name)?.[1] ?? name);
  return { all: [...texts.keys(), ...ofFiles], namesOf: names };
}

function runOptions(given: JsonObject, notes: ImportNotes): JsonObject {
  const { maxConcurrency, repeat, timeoutMs } = given;
  const known = ['maxConcurrency', 'repeat', 'timeoutMs', 'showProgressBar', 'cache'];
  notes.addUnknownKeys(given, 'evaluateOptions', known);
  return {
    ...(typeof maxConcurrency === 'number' ? { concurrency: maxConcurrency } : {}),
    ...(typeof repeat === 'number' ? { repeat } : {}),
    ...(typeof timeoutMs === 'number' && timeoutMs > 0 ? { timeout: timeoutMs / 1000 } : {}),
  };
}

/** A missing test variable is an empty text in promptfoo, and an error in promptgrid. */
function filled(row: JsonObject, variables: readonly string[], hasCode: boolean): JsonObject {
  const missing = variables.filter((name) => !Object.hasOwn(row, name));
  const isCoded = !hasCode || Object.hasOwn(row, CODE_COLUMNS.has);
  return {
    ...row,
    ...(isCoded ? {} : { [CODE_COLUMNS.names]: '', [CODE_COLUMNS.has]: 'no' }),
    ...Object.fromEntries(missing.map((name) => [name, ''])),
  };
}

async function writeAll(
  files: ReadonlyMap<string, string>,
  out: string,
  overwrite: boolean,
): Promise<readonly string[]> {
  const present = [...files.keys()].find((name) => existsSync(join(out, name)));
  if (present !== undefined && !overwrite) {
    throw new UsageError(`${join(out, present)} is there already`, {
      hint: 'give --out with another folder, or --overwrite',
    });
  }
  for (const [name, text] of files) {
    makeFolder(dirname(join(out, name)));
    await writeFileAtomic(join(out, name), text);
  }
  return [...files.keys()].map((name) => join(out, name));
}
