#!/usr/bin/env node
import { homedir } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import pico from 'picocolors';
import { RunControl } from '../app/control.ts';
import { stateFolder } from '../app/state-folder.ts';
import { promptgridVersion } from '../app/version.ts';
import { type CommandContext, commands } from '../commands/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { environmentWithDotenv } from './env.ts';
import { describeError } from './failure.ts';
import { asksForOverview, renderOverview } from './overview.ts';
import { onSignals } from './signals.ts';

/** Runs one command line. @returns the exit status */
async function main(words: readonly string[]): Promise<ExitStatus> {
  const control = new RunControl();
  const folder = process.cwd();
  const env = environmentWithDotenv(folder);
  let status: ExitStatus = 0;
  const context: CommandContext = {
    ...{ env, folder, stateFolder: stateFolder({ HOME: homedir(), ...env }), control, words },
    ...{ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    colors: pico.createColors(pico.isColorSupported && process.stdout.isTTY),
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    end: (told) => {
      status = told;
    },
  };
  ignoreClosedReaders();
  onSignals(control, context.stderr);
  try {
    if (asksForOverview(words)) {
      context.stdout.write(`${renderOverview(commands(context))}\n`);
      return words.length === 0 ? 2 : 0;
    }
    const { parseCommandLine } = await import('./parser.ts');
    await parseCommandLine(context, promptgridVersion());
  } catch (error) {
    return describeError(error, context);
  }
  return status;
}

/** A reader that went away (`| head`) is no fault of the run. */
function ignoreClosedReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/**
 * Lets the heap grow by its size of what is in use before it is collected, and not by three times that, which V8 takes
 * where there is much memory: most of what a call leaves is garbage, and less of it stands about for the same work.
 */
setFlagsFromString('--heap-growing-percent=100');

process.exitCode = await main(process.argv.slice(2));
