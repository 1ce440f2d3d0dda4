import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { ConfigError, UsageError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, objectOf } from '../../core/json.ts';
import { writeFileAtomic } from '../../io/atomic-file.ts';
import { makeFolder } from '../../io/make-folder.ts';
import { DEFAULT_CONFIG_FILE } from '../config/file.ts';
import { type ImportNote, ImportNotes } from './notes.ts';
import { type ImportedPrompts, importPrompts } from './prompts.ts';
import { importProviders } from './providers.ts';
import { isFileReference, parseYaml, readText, referencedPath } from './source.ts';
import { TestImport } from './tests.ts';

/** What to import, and where to. */
interface ImportOptions {
  /** Path of a promptfoo configuration. */
  readonly file: string;
  /** Output folder. */
  readonly out: string;
  /** True replaces existing files. */
  readonly overwrite: boolean;
}

/** The result of an import. */
interface Imported {
  /** Paths of the files written. */
  readonly files: readonly string[];
  readonly rows: number;
  readonly models: readonly string[];
  /** What was not imported, or imported with changes. */
  readonly unknown: readonly ImportNote[];
}

const DATASET_FILE = 'tests.jsonl';
const KEYS = ['description', 'providers', 'targets', 'prompts', 'tests', 'defaultTest', 'evaluateOptions', '$schema'];

/**
 * Writes a promptgrid.yaml, a dataset and the files of prompts for a promptfoo configuration.
 * @throws ConfigError if it cannot be read
 * @throws UsageError if nothing in it can run, or a file exists already
 */
export async function importPromptfoo({ file, out, overwrite }: ImportOptions): Promise<Imported> {
  const notes = new ImportNotes();
  const config = await readConfig(file);
  notes.addUnknownKeys(config, '', KEYS);
  const prompts = await importPrompts(config['prompts'] ?? '{{prompt}}', file, notes);
  const section = config['providers'] === undefined ? 'targets' : 'providers';
  const { models, settings } = importProviders(config[section], section, notes);
  const defaultTest = await inlined(config['defaultTest'], file);
  const rows = await new TestImport(file, defaultTest, notes).rows(config['tests']);
  requireSomething(models.length > 0, { what: 'provider', file }, notes);
  requireSomething(prompts.texts.length + prompts.files.size > 0, { what: 'prompt', file }, notes);
  requireSomething(rows.length > 0, { what: 'test', file }, notes);
  const run = runOptions(objectOf(config['evaluateOptions']), notes);
  const files = new Map<string, string>([
    [
      DEFAULT_CONFIG_FILE,
      stringify({ dataset: DATASET_FILE, ...promptKeys(prompts), model: models, ...settings, ...run }),
    ],
    [DATASET_FILE, rows.map((row) => `${JSON.stringify(filled(row, prompts.variables))}\n`).join('')],
    ...prompts.files,
  ]);
  return { files: await writeAll(files, out, overwrite), rows: rows.length, models, unknown: notes.all() };
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

interface Wanted {
  readonly what: string;
  readonly file: string;
}

function requireSomething(isThere: boolean, { what, file }: Wanted, notes: ImportNotes): void {
  if (isThere) return;
  const [first] = notes.all().filter(({ path }) => path.startsWith(what === 'provider' ? 'providers' : `${what}s`));
  throw new UsageError(`${file}: there is no ${what} that promptgrid can use`, {
    hint: first === undefined ? `give it a ${what}` : `${first.path}: ${first.why}`,
  });
}

function promptKeys({ texts, files }: ImportedPrompts): JsonObject {
  const names = [...files.keys()];
  return { ...(texts.length === 0 ? {} : { prompt: texts }), ...(names.length === 0 ? {} : { promptFile: names }) };
}

function runOptions(given: JsonObject, notes: ImportNotes): JsonObject {
  const { maxConcurrency, repeat, timeoutMs } = given;
  notes.addUnknownKeys(given, 'evaluateOptions', ['maxConcurrency', 'repeat', 'timeoutMs']);
  return {
    ...(typeof maxConcurrency === 'number' ? { concurrency: maxConcurrency } : {}),
    ...(typeof repeat === 'number' ? { repeat } : {}),
    ...(typeof timeoutMs === 'number' && timeoutMs > 0 ? { timeout: timeoutMs / 1000 } : {}),
  };
}

/** A missing test variable is an empty text in promptfoo, and an error in promptgrid. */
function filled(row: JsonObject, variables: readonly string[]): JsonObject {
  const missing = variables.filter((name) => !Object.hasOwn(row, name));
  return { ...row, ...Object.fromEntries(missing.map((name) => [name, ''])) };
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
