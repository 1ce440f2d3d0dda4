#!/usr/bin/env node
import pico from 'picocolors';
import { RunControl } from '../app/control.ts';
import { promptgridVersion } from '../app/version.ts';
import type { CommandContext } from '../commands/index.ts';
import type { ExitStatus } from '../core/errors.ts';
import { environmentWithDotenv } from './env.ts';
import { describeError } from './failure.ts';
import { parseCommandLine } from './parser.ts';
import { onSignals } from './signals.ts';

/** Runs one command line. @returns the exit status */
async function main(words: readonly string[]): Promise<ExitStatus> {
  const control = new RunControl();
  const folder = process.cwd();
  let status: ExitStatus = 0;
  const context: CommandContext = {
    ...{ env: environmentWithDotenv(folder), folder, control, words },
    ...{ stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    colors: pico.createColors(pico.isColorSupported && process.stdout.isTTY === true),
    now: () => new Date(),
    elapsedMs: () => performance.now(),
    end: (told) => {
      status = told;
    },
  };
  const release = onSignals(control, context.stderr);
  try {
    await parseCommandLine(context, promptgridVersion());
  } catch (error) {
    return describeError(error, context);
  } finally {
    release();
  }
  return status;
}

process.exitCode = await main(process.argv.slice(2));
