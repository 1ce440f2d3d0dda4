import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { keysOf } from '../core/credential.ts';
import { ConfigError } from '../core/errors.ts';
import { describeTextFault, readTextFileSync } from '../io/text-file.ts';

const DOTENV = '.env';

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
  /** Why the `.env` file cannot be used; null if it can, or there is none. */
  readonly fault: ConfigError | null;
}

/** An environment, with defaults from a `.env` file in the folder. */
export function environmentWithDotenv(own: Variables, folder: string): ProjectEnvironment {
  const read = readDotenv(join(folder, DOTENV));
  const [dotenv, fault] = read instanceof ConfigError ? [{}, read] : [read, null];
  const names = Object.keys(dotenv).filter((name) => own[name] === undefined);
  return { env: { ...dotenv, ...own }, projectVariables: new Set(names), fault };
}

/**
 * The values of variables that hold keys: those with a key-like name, and those named on the command line.
 * @param words of the command line
 */
export function keysIn(env: Variables, words: readonly string[]): readonly string[] {
  const isNamed = (name: string): boolean =>
    words.some((word) => word === name || word.endsWith(`=${name}`) || word.includes(`\${${name}}`));
  return keysOf(env, isNamed);
}

function readDotenv(path: string): Variables | ConfigError {
  try {
    return parseEnv(readTextFileSync(path));
  } catch (cause) {
    const fault = describeTextFault(cause, DOTENV);
    return fault === null ? {} : new ConfigError(fault.message, { hint: fault.hint, cause });
  }
}
