import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../core/json.ts';
import { restoringHint } from './restoring.ts';
import { findRun } from './run-folder.ts';

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
  const usual = 'give the run command again: it writes the file anew and pays for nothing twice';
  const run = await findRun(dirname(path), 'read').catch(() => null);
  throw new RunFolderError(`${path}: is damaged`, { hint: run === null ? usual : await restoringHint(run, usual) });
}
