import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { describeTextFault, readTextFile } from '../../io/text-file.ts';
import type { FileSettings } from './schema.ts';

/** Read if it is in the working folder and no other file is named. */
export const DEFAULT_CONFIG_FILE = 'promptgrid.yaml';

/**
 * Reads the configuration file.
 * @param named the file given by the user; null uses promptgrid.yaml of the folder, if there is one
 * @throws ConfigError with file and line
 */
export async function readConfigFile(named: string | null, folder: string): Promise<FileSettings> {
  const path = named ?? join(folder, DEFAULT_CONFIG_FILE);
  const text = await readText(path, named !== null);
  if (text === null) return {};
  const { parseConfig } = await import('./yaml-settings.ts');
  return parseConfig(text, named ?? DEFAULT_CONFIG_FILE);
}

async function readText(path: string, mustExist: boolean): Promise<string | null> {
  try {
    return await readTextFile(path);
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isMissing && !mustExist) return null;
    const fault = describeTextFault(cause, path);
    if (fault !== null) throw new ConfigError(fault.message, { hint: fault.hint, cause });
    throw new ConfigError(`${path}: ${isMissing ? 'there is no such file' : 'cannot be read'}`, {
      hint: 'check --config, or write a file with: promptgrid init',
      cause,
    });
  }
}
