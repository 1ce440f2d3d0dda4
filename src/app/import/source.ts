import { dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { ConfigError } from '../../core/errors.ts';
import { type JsonValue, parseJson } from '../../core/json.ts';
import { describeTextFault, readTextFile } from '../../io/text-file.ts';

const FILE = 'file://';

/** True for a value that refers to a file's content. */
export function isFileReference(value: JsonValue | undefined): value is `file://${string}` {
  return typeof value === 'string' && value.startsWith(FILE);
}

/** The path of `file://…`, relative to the file that names it; null for patterns, which match several files. */
export function referencedPath(reference: string, file: string): string | null {
  const path = reference.startsWith(FILE) ? reference.slice(FILE.length) : reference;
  return /[*?{}[\]]/.test(path) ? null : join(dirname(file), path);
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
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    const [what = 'no valid YAML'] = error.message.split('\n');
    throw new ConfigError(`${path}${line === undefined ? '' : `:${line}`}: ${what}`, {
      hint: 'mend the YAML at that line',
      cause: error,
    });
  }
  // Via JSON, since YAML has values that JSON lacks, such as dates and non-text keys.
  return parseJson(JSON.stringify(document.toJS() ?? null)) ?? null;
}
