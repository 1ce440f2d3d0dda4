import type { CommandContext } from '../commands/index.ts';
import { type ExitStatus, PromptgridError, RunEndedError } from '../core/errors.ts';
import { oneLine, plainJson, plainLines } from '../core/plain-text.ts';
import type { Mask } from '../core/secret-mask.ts';

const REPORT = 'This is an error in promptgrid itself: report it with the lines above.';

/** Something that promptgrid did not expect of itself. */
const UNKNOWN_STATUS: ExitStatus = 2;

/**
 * Prints an error: a known one in two lines, what and what to do, an unknown one with its stack. With `--json` the
 * document on stdout has it too. What a terminal would obey in it is not printed: it may hold text of a server. Nor are keys.
 * @returns the exit status
 */
export function describeError(error: unknown, { stderr, stdout, colors, words, mask }: CommandContext): ExitStatus {
  if (words.includes('--json')) stdout.write(`${plainJson({ error: errorDocument(error, mask) })}\n`);
  const unexpected = unexpectedIn(error);
  if (unexpected !== null) stderr.write(`${mask(plainLines(unexpected))}\n${REPORT}\n`);
  if (error instanceof PromptgridError) {
    const [message, hint] = [error.message, error.hint].map((text) => mask(oneLine(text)));
    stderr.write(`${colors.red('error')} ${message}\n${colors.dim('hint ')} ${hint}\n`);
    return error.exitStatus;
  }
  return UNKNOWN_STATUS;
}

/** The stack of an error that nobody expected, or of one that ended a run; null for any other. */
function unexpectedIn(error: unknown): string | null {
  if (error instanceof RunEndedError) return error.cause instanceof PromptgridError ? null : stackOf(error.cause);
  return error instanceof PromptgridError ? null : stackOf(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function errorDocument(error: unknown, mask: Mask): object {
  if (error instanceof PromptgridError) {
    return { code: error.code, message: mask(error.message), hint: mask(error.hint) };
  }
  return { code: 'E_UNKNOWN', message: mask(error instanceof Error ? error.message : String(error)), hint: null };
}
