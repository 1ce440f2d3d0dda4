import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The process's own environment. */
export function processEnvironment(): Variables {
  return process.env;
}

/** The process's environment over what a `.env` file in the folder says. */
export function environmentWithDotenv(folder: string): Variables {
  return { ...readDotenv(join(folder, '.env')), ...processEnvironment() };
}

function readDotenv(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
