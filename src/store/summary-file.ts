import { readFile } from 'node:fs/promises';
import { RunFolderError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';

/**
 * The content of a summary.json; empty if there is none.
 * @throws RunFolderError if it is damaged
 */
export async function readSummaryFile(path: string): Promise<JsonObject> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}';
    throw error;
  });
  const value = parseJson(text);
  if (value !== undefined && isJsonObject(value)) return value;
  throw new RunFolderError(`${path}: is damaged`, {
    hint: 'give the run command again: it writes the file anew and pays for nothing twice',
  });
}
