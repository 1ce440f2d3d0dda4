import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../core/json.ts';
import { describeTextFault, readTextFile } from '../../io/text-file.ts';
import { readYamlDocument } from '../config/yaml-document.ts';

const FILE = 'file://';
const PATTERN = /[*?{}[\]]/;

/** True for a value that refers to a file's content. */
export function isFileReference(value: JsonValue | undefined): value is `file://${string}` {
  return typeof value === 'string' && value.startsWith(FILE);
}

/** The path of `file://…`, relative to the file that names it; null for patterns, which match several files. */
export function referencedPath(reference: string, file: string): string | null {
  const path = withoutScheme(reference);
  return PATTERN.test(path) ? null : join(dirname(file), path);
}

/**
 * The paths of `file://…`: itself, or the files that match a pattern such as `tests/*.yaml`, in order of their names.
 * Empty for a pattern with signs elsewhere than in the file's name.
 */
export async function referencedPaths(reference: string, file: string): Promise<readonly string[]> {
  const path = join(dirname(file), withoutScheme(reference));
  if (!PATTERN.test(withoutScheme(reference))) return [path];
  const [folder, pattern] = [dirname(path), basename(path)];
  if (PATTERN.test(withoutScheme(dirname(reference))) || !/^[^?{}[\]]*$/.test(pattern)) return [];
  const parts = pattern.split('*').map((part) => part.replace(/[.+^$()|\\]/g, String.raw`\$&`));
  const matcher = new RegExp(`^${parts.join('.*')}$`);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => matcher.test(name))
    .toSorted()
    .map((name) => join(folder, name));
}

function withoutScheme(reference: string): string {
  return reference.startsWith(FILE) ? reference.slice(FILE.length) : reference;
}

/** A file's text; null if it cannot be read. @throws ConfigError if it is not UTF-8 */
export function readText(path: string): Promise<string | null> {
  return readTextFile(path).catch((cause: unknown) => {
    const fault = describeTextFault(cause, path);
    if (fault !== null) throw new ConfigError(fault.message, { hint: fault.hint, cause });
    return null;
  });
}

/** The value of a YAML or JSON text. @throws ConfigError with file and line */
export function parseYaml(text: string, path: string): JsonValue {
  const { value } = readYamlDocument(text, path, { merge: true });
  // Via JSON, since YAML has values that JSON lacks, such as dates and non-text keys.
  return parseJson(JSON.stringify(value)) ?? null;
}

/** Most references within references. */
const MAX_REFERENCES = 20;

/** A configuration with its references to parts of itself, such as `$ref: '#/assertionTemplates/polite'`, resolved. */
export function withoutReferences(config: JsonObject): JsonObject {
  const resolved = (value: JsonValue, depth: number): JsonValue => {
    if (isJsonArray(value)) return value.map((item) => resolved(item, depth));
    if (!isJsonObject(value)) return value;
    const target = depth < MAX_REFERENCES ? referenced(config, value['$ref']) : undefined;
    if (target !== undefined) return resolved(target, depth + 1);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, depth)]));
  };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, resolved(value, 0)]));
}

function referenced(config: JsonObject, reference: JsonValue | undefined): JsonValue | undefined {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return undefined;
  let value: JsonValue | undefined = config;
  for (const key of reference.slice(2).split('/')) {
    value = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}
