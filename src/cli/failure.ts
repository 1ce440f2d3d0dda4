import type { CommandContext } from '../commands/index.ts';
import { type ExitStatus, PromptgridError } from '../core/errors.ts';
import { oneLine, plainJson, plainLines } from '../core/plain-text.ts';

/** Something that promptgrid did not expect of itself. */
const UNKNOWN_STATUS: ExitStatus = 2;

/**
 * Prints an error: a known one in two lines, what and what to do, an unknown one with its stack. With `--json` the
 * document on stdout has it too. What a terminal would obey in it is not printed: it may hold text of a server.
 * @returns the exit status
 */
export function describeError(error: unknown, { stderr, stdout, colors, words }: CommandContext): ExitStatus {
  if (words.includes('--json')) stdout.write(`${plainJson({ error: errorDocument(error) })}\n`);
  if (error instanceof PromptgridError) {
    stderr.write(`${colors.red('error')} ${oneLine(error.message)}\n${colors.dim('hint ')} ${oneLine(error.hint)}\n`);
    return error.exitStatus;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`${plainLines(text)}\nThis is a fault of promptgrid itself; please report it with the lines above.\n`);
  return UNKNOWN_STATUS;
}

function errorDocument(error: unknown): object {
  if (error instanceof PromptgridError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'E_UNKNOWN', message: error instanceof Error ? error.message : String(error), hint: null };
}
