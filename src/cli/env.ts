import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { isCredentialName } from '../core/credential.ts';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The process's own environment. */
export function processEnvironment(): Variables {
  return process.env;
}

/** Variables, and which of them a project file sets. */
interface ProjectEnvironment {
  readonly env: Variables;
  readonly projectVariables: ReadonlySet<string>;
}

/** An environment, with defaults from a `.env` file in the folder. */
export function environmentWithDotenv(own: Variables, folder: string): ProjectEnvironment {
  const dotenv = readDotenv(join(folder, '.env'));
  const names = Object.keys(dotenv).filter((name) => own[name] === undefined);
  return { env: { ...dotenv, ...own }, projectVariables: new Set(names) };
}

/** A path, an address or a sentence, as in SSH_AUTH_SOCK, is not a key. */
const NO_KEY = /^[./~]|:\/\/|\s/;

/**
 * The values of variables that hold keys: those with a key-like name, and those named on the command line.
 * @param words of the command line
 */
export function keysIn(env: Variables, words: readonly string[]): readonly string[] {
  const isNamed = (name: string): boolean =>
    words.some((word) => word === name || word.endsWith(`=${name}`) || word.includes(`\${${name}}`));
  return Object.entries(env).flatMap(([name, value = '']) => {
    return (isCredentialName(name) || isNamed(name)) && !NO_KEY.test(value) ? [value] : [];
  });
}

function readDotenv(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}
