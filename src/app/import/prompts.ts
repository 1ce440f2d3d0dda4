import { basename, extname } from 'node:path';
import { isJsonArray, isJsonObject, type JsonValue, parseJson } from '../../core/json.ts';
import { fileNamePart } from '../../core/plain-text.ts';
import { type ImportNotes, listItems } from './notes.ts';
import { foreignTag, plainVariables } from './nunjucks.ts';
import { isFileReference, parseYaml, readText, referencedPath } from './source.ts';

/** What prompts are converted to. */
export interface ImportedPrompts {
  /** Templates of promptgrid.yaml. */
  readonly texts: readonly string[];
  /** Files to write, by name within the folder. */
  readonly files: ReadonlyMap<string, string>;
  /** Columns that the templates need. */
  readonly variables: readonly string[];
}

interface Found {
  readonly path: string;
  /** Name of its source file; null for a text in the configuration itself. */
  readonly file: string | null;
  readonly text: string;
}

const TEXT_ENDINGS = ['.txt', '.md', '.j2'];
const DATA_ENDINGS = ['.json', '.yaml', '.yml'];

/** Reads promptfoo prompts: texts, and files with texts or messages; others are noted. */
export async function importPrompts(
  given: JsonValue | undefined,
  file: string,
  notes: ImportNotes,
): Promise<ImportedPrompts> {
  const texts: string[] = [];
  const files = new Map<string, string>();
  const variables = new Set<string>();
  for (const [index, item] of listItems(given).entries()) {
    for (const found of await findPrompts(item, { path: `prompts[${index}]`, file }, notes)) {
      const tag = foreignTag(found.text);
      if (tag !== null) {
        notes.add(found.path, `left out: Liquid may not take ${tag} as Nunjucks does`);
        continue;
      }
      for (const name of plainVariables(found.text)) variables.add(name);
      const isMessages = isJsonArray(parseJson(found.text));
      if (isMessages || found.file !== null) files.set(fileName(found, isMessages, files), found.text);
      else texts.push(found.text);
    }
  }
  return { texts, files, variables: [...variables] };
}

interface Place {
  readonly path: string;
  readonly file: string;
}

async function findPrompts(item: JsonValue, { path, file }: Place, notes: ImportNotes): Promise<readonly Found[]> {
  if (isJsonObject(item)) notes.addUnknownKeys(item, path, ['id', 'raw', 'label']);
  const text = isJsonObject(item) ? (item['raw'] ?? item['id']) : item;
  if (typeof text !== 'string') {
    notes.add(path, 'it is not text');
    return [];
  }
  const isPath =
    isFileReference(text) || (!/[\s{]/.test(text) && [...TEXT_ENDINGS, ...DATA_ENDINGS].includes(extname(text)));
  if (!isPath) {
    const isCode = /^[a-z]+:\/\//.test(text) || text.startsWith('exec:');
    if (isCode) notes.add(path, `promptgrid cannot load ${text}`);
    return isCode ? [] : [{ path, file: null, text }];
  }
  return fromFile(text, { path, file }, notes);
}

async function fromFile(reference: string, { path, file }: Place, notes: ImportNotes): Promise<readonly Found[]> {
  const target = referencedPath(reference, file);
  const ending = extname(target ?? '');
  const text = target === null || ![...TEXT_ENDINGS, ...DATA_ENDINGS].includes(ending) ? null : await readText(target);
  if (target === null || text === null) {
    notes.add(path, `${reference} is not a text or JSON file that can be read`);
    return [];
  }
  const name = basename(target, ending);
  if (TEXT_ENDINGS.includes(ending)) {
    const parts = text.split(/^---[ \t]*\r?$/m).map((part) => part.trim());
    return parts.filter((part) => part !== '').map((part) => ({ path, file: name, text: part }));
  }
  const value = parseYaml(text, target);
  if (isJsonArray(value)) return [{ path, file: name, text: `${JSON.stringify(value, null, 2)}\n` }];
  notes.add(path, `${reference} holds no array of messages`);
  return [];
}

function fileName({ file }: Found, isMessages: boolean, taken: ReadonlyMap<string, string>): string {
  const [base, ending] = [`prompts/${fileNamePart(file ?? 'prompt')}`, isMessages ? '.json' : '.txt'];
  let name = `${base}${ending}`;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}${ending}`;
  return name;
}
