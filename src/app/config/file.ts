import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';
import { checkSettings, type FileSettings } from './schema.ts';

/** Read when it is in the working folder and no other file is named. */
export const DEFAULT_CONFIG_FILE = 'promptgrid.yaml';

/**
 * Reads the configuration file.
 * @param named the file given by the user; null takes promptgrid.yaml of the folder where there is one
 * @throws ConfigError with file and line
 */
export async function readConfigFile(named: string | null, folder: string): Promise<FileSettings> {
  const path = named ?? join(folder, DEFAULT_CONFIG_FILE);
  const text = await readText(path, named !== null);
  return text === null ? {} : parseConfig(text, named ?? DEFAULT_CONFIG_FILE);
}

async function readText(path: string, mustExist: boolean): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (isMissing && !mustExist) return null;
    throw new ConfigError(`${path}: ${isMissing ? 'there is no such file' : 'cannot be read'}`, {
      hint: 'check --config, or write a file with: promptgrid init',
      cause,
    });
  }
}

/** Parses and checks the text of a configuration file. @param path the name used in errors */
export function parseConfig(text: string, path: string): FileSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = lines.linePos(error.pos[0]).line;
    const [what = 'no valid YAML'] = error.message.split('\n');
    throw new ConfigError(`${path}:${line}: ${what}`, { hint: 'mend the YAML at that line', cause: error });
  }
  const values: unknown = document.toJS() ?? {};
  if (!isJsonObject(values)) {
    throw new ConfigError(`${path}: holds no keys`, { hint: 'write it as key: value lines, see promptgrid init' });
  }
  const lineOf = (key: string): number | null => {
    if (!isMap(document.contents)) return null;
    const pair = document.contents.items.find((item) => isScalar(item.key) && item.key.value === key);
    const offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    return offset === undefined ? null : lines.linePos(offset).line;
  };
  return checkSettings(values, { kind: 'file', path, lineOf });
}
