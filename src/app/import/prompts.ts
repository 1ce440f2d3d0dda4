import { basename, extname } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../core/json.ts';
import { fileNamePart } from '../../core/plain-text.ts';
import { type ImportNotes, listItems } from './notes.ts';
import { toLiquid } from './nunjucks.ts';
import { readPythonPrompt } from './python-prompts.ts';
import { isFileReference, parseYaml, readText, referencedPath, referencedPaths } from './source.ts';

/** What prompts are converted to. */
export interface ImportedPrompts {
  /** Templates of promptgrid.yaml by their names. */
  readonly texts: ReadonlyMap<string, string>;
  /** Whether the names of texts are others than promptgrid gives them. */
  readonly hasNames: boolean;
  /** Files to write, by name within the folder. */
  readonly files: ReadonlyMap<string, string>;
  /** Columns that the templates need. */
  readonly variables: readonly string[];
  /** Names in the run by a prompt's label, id or text in the configuration. */
  readonly namesOf: ReadonlyMap<string, readonly string[]>;
}

interface Found {
  readonly path: string;
  /** Name of its source file; null for a text in the configuration itself. */
  readonly file: string | null;
  readonly label: string | null;
  /** By which providers refer to it. */
  readonly id: string;
  readonly text: string;
}

/** A prompt of the configuration. */
interface Given {
  readonly path: string;
  readonly file: string;
  readonly label: string | null;
  readonly id: string;
}

const TEXT_ENDINGS = ['.txt', '.md', '.j2'];
const DATA_ENDINGS = ['.json', '.yaml', '.yml'];
const CODE = /\.(?:py|js|mjs|cjs|ts|mts|cts|go|rb|sh|exe)(?::[\w.]+)?$/;
const PYTHON = /^(.*\.py):([A-Za-z_]\w*)$/;

/** Reads promptfoo prompts: texts, and files with texts or messages; others are noted. */
export async function importPrompts(
  given: JsonValue | undefined,
  file: string,
  notes: ImportNotes,
): Promise<ImportedPrompts> {
  const found: Found[] = [];
  for (const [index, item] of listItems(given).entries()) {
    found.push(...(await findPrompts(item, { path: `prompts[${index}]`, file }, notes)));
  }
  const texts = new Map<string, string>();
  const files = new Map<string, string>();
  const variables = new Set<string>();
  const namesOf = new Map<string, string[]>();
  for (const prompt of found) {
    const made = translated(prompt, notes);
    if (made === null) continue;
    for (const name of made.variables) variables.add(name);
    const isInline = !made.isMessages && prompt.file === null;
    const name = isInline ? textName(prompt, texts) : fileName(prompt, made.isMessages, files);
    if (isInline) texts.set(name, made.text);
    else files.set(name, made.text);
    for (const key of new Set([prompt.label ?? prompt.id, prompt.id])) {
      namesOf.set(key, [...(namesOf.get(key) ?? []), isInline ? name : basename(name, extname(name))]);
    }
  }
  const hasNames = [...texts.keys()].some((name, index) => name !== `p${index + 1}`);
  return { texts, hasNames, files, variables: [...variables], namesOf };
}

interface Made {
  readonly text: string;
  readonly isMessages: boolean;
  readonly variables: readonly string[];
}

function translated({ path, text }: Found, notes: ImportNotes): Made | null {
  const messages = parseJson(text);
  const isMessages = isJsonArray(messages);
  const variables = new Set<string>();
  const foreign: string[] = [];
  const translate = (part: string): string => {
    const made = toLiquid(part);
    if ('foreign' in made) {
      foreign.push(made.foreign);
      return part;
    }
    for (const name of made.variables) variables.add(name);
    return made.text;
  };
  const made = isMessages ? mapTexts(messages, translate) : translate(text);
  const [tag] = foreign;
  if (tag !== undefined) {
    notes.add(path, `a prompt with ${tag}, which Liquid may not take as Nunjucks does`);
    return null;
  }
  const isSame = isMessages && JSON.stringify(made) === JSON.stringify(messages);
  const written = typeof made === 'string' ? made : isSame ? text : `${JSON.stringify(made, null, 2)}\n`;
  return { text: written, isMessages, variables: [...variables] };
}

function mapTexts(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (isJsonArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, change)]));
}

async function findPrompts(
  item: JsonValue,
  { path, file }: Pick<Given, 'path' | 'file'>,
  notes: ImportNotes,
): Promise<readonly Found[]> {
  const object: JsonObject = isJsonObject(item) ? item : {};
  notes.addUnknownKeys(object, path, ['id', 'raw', 'label', 'display']);
  const text = isJsonObject(item) ? (item['raw'] ?? item['id']) : item;
  const label = object['label'] ?? object['display'] ?? (object['raw'] === undefined ? null : (object['id'] ?? null));
  if (typeof text !== 'string') {
    notes.add(path, 'a prompt that is not a text');
    return [];
  }
  const given: Given = { path, file, label: typeof label === 'string' ? label : null, id: text };
  const isPath = !/[\s{]/.test(text) && [...TEXT_ENDINGS, ...DATA_ENDINGS].includes(extname(text));
  if (isCode(text)) return fromCode(given, notes);
  if (isFileReference(text) || isPath) return fromFiles(given, notes);
  return [{ ...given, file: null, text }];
}

function isCode(text: string): boolean {
  const isOther = /^[a-z]+:\/\//.test(text) && !isFileReference(text);
  return isOther || text.startsWith('exec:') || (!/[\s{]/.test(text) && CODE.test(text));
}

async function fromCode(given: Given, notes: ImportNotes): Promise<readonly Found[]> {
  const [, reference, name = ''] = PYTHON.exec(given.id) ?? [];
  const path = reference === undefined ? null : referencedPath(reference, given.file);
  const source = path === null ? null : await readText(path);
  const prompt = source === null ? null : readPythonPrompt(source, name);
  if (prompt === null) {
    notes.add(given.path, 'a prompt that code makes; only Python functions that return one text are read');
    return [];
  }
  if (prompt.usesParameters) {
    notes.change(given.path, 'a Python prompt gets the columns that its parameters name; promptfoo gives it a dict');
  }
  return [{ ...given, file: name, text: prompt.text }];
}

async function fromFiles(given: Given, notes: ImportNotes): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const path of await referencedPaths(given.id, given.file)) found.push(...(await fromFile(path, given)));
  if (found.length === 0) notes.add(given.path, 'a file of prompts that is not text or messages, or cannot be read');
  return found;
}

async function fromFile(path: string, given: Given): Promise<readonly Found[]> {
  const ending = extname(path);
  const text = [...TEXT_ENDINGS, ...DATA_ENDINGS].includes(ending) ? await readText(path) : null;
  if (text === null) return [];
  const name = basename(path, ending);
  if (TEXT_ENDINGS.includes(ending)) {
    const parts = text.split(/^---[ \t]*\r?$/m).map((part) => part.trim());
    return parts.filter((part) => part !== '').map((part) => ({ ...given, file: name, text: part }));
  }
  const value = messagesOf(text, path);
  return value === null ? [] : [{ ...given, file: name, text: `${JSON.stringify(value, null, 2)}\n` }];
}

/** Null for a file that is one only after its tags were filled in. */
function messagesOf(text: string, path: string): JsonValue | null {
  try {
    const value = parseYaml(text, path);
    return isJsonArray(value) ? value : null;
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

function textName({ label }: Found, taken: ReadonlyMap<string, string>): string {
  const base = label?.replace(/\s+/g, ' ').trim() ?? `p${taken.size + 1}`;
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  return name;
}

function fileName({ file, label }: Found, isMessages: boolean, taken: ReadonlyMap<string, string>): string {
  const base = `prompts/${fileNamePart(label ?? file ?? 'prompt')}`;
  const ending = isMessages ? '.json' : '.txt';
  let name = `${base}${ending}`;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}${ending}`;
  return name;
}
