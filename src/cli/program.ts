import { homedir } from 'node:os';
import pico from 'picocolors';
import { RunControl } from '../app/environment.ts';
import { stateFolder } from '../app/state-folder.ts';
import { promptgridVersion } from '../app/version.ts';
import { type CommandContext, commands } from '../commands/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { secretMask } from '../core/secret-mask.ts';
import { Ending } from './ending.ts';
import { environmentWithDotenv, keysIn, processEnvironment } from './env.ts';
import { describeError } from './failure.ts';
import { helpAskedFor, renderHelp } from './help.ts';
import { columnsOf, Output } from './output.ts';

/** Runs one command line and ends the process. @param words of the command line, after the program's name */
export async function runProgram(words: readonly string[]): Promise<void> {
  const { stdin, stdout, stderr } = process;
  const output = new Output({ stdout, stderr });
  const control = new RunControl();
  const folder = process.cwd();
  const { env, projectVariables, fault } = environmentWithDotenv(folder);
  // A project must not choose where a user's consents are stored.
  const ownFolder = stateFolder({ HOME: homedir(), ...processEnvironment() });
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
    columns: () => columnsOf(stdout, processEnvironment()),
    errorColumns: () => (stderr.isTTY ? columnsOf(stderr, processEnvironment()) : Infinity),
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    end: (given) => {
      status = given;
    },
  };
  const describe = (error: unknown): ExitStatus => describeError(error, context);
  const exit = (given: ExitStatus): void => {
    output.releaseTerminals();
    process.exit(given);
  };
  const ending = new Ending({ control, output, stderr, describe, exit });
  ending.watch(process);
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
