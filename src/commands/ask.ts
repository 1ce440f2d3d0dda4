import { InterruptedError } from '../core/errors.ts';
import type { CommandContext } from './context.ts';

/** True if a person can read questions and type answers. */
export function canAsk({ stdin, stderr }: CommandContext): boolean {
  return stderr.isTTY && 'isTTY' in stdin && stdin.isTTY === true;
}

/** Asks on a terminal. @returns true for yes. @throws InterruptedError if no answer will come */
export async function askYesNo({ stdin, stderr, control }: CommandContext, question: string): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: stdin, output: stderr });
  // Ctrl-C and Ctrl-D close it, and the question would wait forever.
  const closed = new AbortController();
  terminal.once('close', () => closed.abort());
  // A closed terminal cannot be read any more.
  terminal.once('error', () => closed.abort());
  try {
    const signal = AbortSignal.any([control.draining, closed.signal]);
    const answer = await terminal.question(`${question} [y/N] `, { signal });
    return /^\s*(?:y|yes|д|да)\s*$/i.test(answer);
  } catch (error) {
    throw error instanceof Error && error.name === 'AbortError' ? new InterruptedError() : error;
  } finally {
    terminal.close();
  }
}
