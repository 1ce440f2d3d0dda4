import type { Readable } from 'node:stream';
import { UsageError } from '../core/errors.ts';
import { unknownKey } from '../io/nearest.ts';
import { kindText } from '../io/value-text.ts';
import type { Environment } from './config/variables.ts';
import type { RunEvents } from './events.ts';

/** What a program may do when something happens: also what takes a while, as a promise says. */
type GivenCallback<Callback> = Callback extends (...values: infer Values) => void
  ? (...values: Values) => unknown
  : Callback;

/** The callbacks of a program; RunEvents says when each is called. */
export type GivenEvents = {
  readonly [Name in keyof RunEvents]: Name extends `on${string}` ? GivenCallback<RunEvents[Name]> : RunEvents[Name];
};

/**
 * The environment of a run, with its callbacks. If one throws, or returns a promise that rejects, the run makes no new
 * call, keeps the results of those in flight, and rejects with that error.
 */
export interface RunContext extends GivenEvents {
  /**
   * When it aborts, no new call starts. Results of calls in flight are kept, files are written, the state is
   * `interrupted`.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Variables that hold keys and PROMPTGRID_… settings. Runs with `rpm` or `tpm` count their requests together in a
   * folder below XDG_STATE_HOME, else HOME; without either, each run counts its own.
   */
  readonly env: Environment;
  /** Folder that may hold a promptgrid.yaml; null, the default, reads none. */
  readonly configFolder?: string | null | undefined;
  /** The input if the dataset is `-`; default the process's standard input. */
  readonly stdin?: Readable | undefined;
}

/** The environment of a run as a program gives it. */
export type GivenContext = Omit<RunContext, 'env'> & { readonly env?: Environment | undefined };

interface Check {
  /** What it must be. */
  readonly what: string;
  readonly isAllowed: (value: unknown) => boolean;
}

const CALLBACK: Check = { what: 'a function', isAllowed: (value) => typeof value === 'function' };

const CHECKS: ReadonlyMap<string, Check> = new Map(
  Object.entries({
    signal: { what: 'an AbortSignal', isAllowed: (value) => value instanceof AbortSignal },
    env: { what: 'an object of variables', isAllowed: isObject },
    configFolder: {
      what: 'the path of a folder, or null for none',
      isAllowed: (value) => value === null || (typeof value === 'string' && value !== ''),
    },
    stdin: { what: 'a readable stream', isAllowed: (value) => isObject(value) && Symbol.asyncIterator in value },
    confirm: CALLBACK,
    consent: CALLBACK,
    consentToRun: CALLBACK,
    onDestination: CALLBACK,
    onWarning: CALLBACK,
    onStart: CALLBACK,
    onResult: CALLBACK,
    onJudging: CALLBACK,
    onJudged: CALLBACK,
    onWriting: CALLBACK,
    onBatches: CALLBACK,
    onPause: CALLBACK,
  } satisfies Record<keyof RunContext, Check>),
);

/**
 * The context that a program gives. @param env the variables in place of an omitted `env`
 * @throws UsageError for an unknown key, or a value that is not allowed; no value of a variable is shown
 */
export function wholeContext(given: GivenContext, env: Environment): RunContext {
  const keys = [...CHECKS.keys()];
  if (!isObject(given)) {
    const hint = `give an object with any of the keys ${keys.join(', ')}`;
    throw new UsageError(`the context must be an object, got ${kindText(given)}`, { hint });
  }
  for (const [key, value] of Object.entries<unknown>(given)) {
    if (value === undefined) continue;
    const check = CHECKS.get(key);
    if (check === undefined) {
      const { what, hint } = unknownKey(key, keys, 'the context');
      throw new UsageError(what, { hint });
    }
    if (check.isAllowed(value)) continue;
    throw new UsageError(`${key} must be ${check.what}, got ${kindText(value)}`, {
      hint: `give ${check.what}, or leave out ${key}`,
    });
  }
  checkVariables(given.env ?? {});
  return { ...given, env: given.env ?? env };
}

/** A value may be a key, and is not shown. */
function checkVariables(variables: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined || typeof value === 'string') continue;
    throw new UsageError(`env.${name} must be a text`, { hint: `give a text, or leave out ${name}` });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
