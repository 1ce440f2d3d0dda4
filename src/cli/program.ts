import { homedir } from 'node:os';
import type { Readable } from 'node:stream';
import pico from 'picocolors';
import { RunControl } from '../app/environment.ts';
import { stateFolder } from '../app/state-folder.ts';
import { promptgridVersion } from '../app/version.ts';
import { type CommandContext, commandOf, commands, type OutputStream } from '../commands/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { secretMask } from '../core/secret-mask.ts';
import { type Clock, systemClock } from '../io/clock.ts';
import { Ending } from './ending.ts';
import { environmentWithDotenv, keysIn, processEnvironment, type Variables } from './env.ts';
import { describeError } from './failure.ts';
import { helpAskedFor, renderHelp } from './help.ts';
import { columnsOf, Output } from './output.ts';

/** What a command line runs in: a process, or in tests a part of one. */
export interface Host {
  /** Environment variables, without those of a `.env` file. */
  readonly env: Variables;
  /** The working folder, which relative paths are in. */
  readonly folder: string;
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** What pauses, limits and records go by. */
  readonly clock: Clock;
  /** Lets the ending hear of signals and uncaught errors. */
  readonly watch: (ending: Ending) => void;
  /** Ends the host now. */
  readonly exit: (status: ExitStatus) => void;
}

/** This process as the host. */
function processHost(): Host {
  const { stdin, stdout, stderr } = process;
  return {
    env: processEnvironment(),
    folder: process.cwd(),
    stdin,
    stdout,
    stderr,
    clock: systemClock,
    watch: (ending) => ending.watch(process),
    exit: (status) => process.exit(status),
  };
}

/**
 * Runs one command line and ends its host.
 * @param words of the command line, after the program's name
 * @param host default this process
 */
export async function runProgram(words: readonly string[], host: Host = processHost()): Promise<void> {
  const { stdin, stdout, stderr, folder, clock } = host;
  const output = new Output({ stdout, stderr });
  const control = new RunControl();
  const { env, projectVariables, fault } = environmentWithDotenv(host.env, folder);
  // A project must not choose where a user's consents are stored.
  const ownFolder = stateFolder({ HOME: homedir(), ...host.env });
  let status: ExitStatus = 0;
  const context: CommandContext = {
    env,
    projectVariables,
    folder,
    stateFolder: ownFolder,
    control,
    words,
    platform: process.platform,
    stdin,
    stdout,
    stderr,
    mask: secretMask(keysIn(env, words)),
    colors: pico.createColors(pico.isColorSupported && stdout.isTTY),
    columns: () => columnsOf(stdout, host.env),
    errorColumns: () => (stderr.isTTY ? columnsOf(stderr, host.env) : Infinity),
    clock,
    now: clock.date,
    elapsedMs: clock.elapsedMs,
    signalled: () => ending.signalled,
    end: (given) => {
      status = given;
    },
  };
  const describe = (error: unknown): ExitStatus => describeError(error, context);
  const exit = (given: ExitStatus): void => {
    output.releaseTerminals();
    host.exit(given);
  };
  const leaves = (): string | undefined => commandOf(words, commands(context))?.page.interrupted;
  const ending = new Ending({ control, output, stderr, describe, leaves, exit });
  host.watch(ending);
  try {
    const help = helpAskedFor(words);
    if (help !== null) {
      stdout.write(`${renderHelp(help, commands(context))}\n`);
      status = words.length === 0 ? 2 : 0;
    } else {
      if (fault !== null) throw fault;
      const { parseCommandLine } = await import('./parser.ts');
      await parseCommandLine(context, commands(context), promptgridVersion());
    }
  } catch (error) {
    status = describe(error);
  }
  await ending.conclude(status);
}
