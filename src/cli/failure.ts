import type { Colors } from 'picocolors/types.js';
import { type CommandContext, foldedErrors } from '../commands/index.ts';
import { type ErrorLine, type ExitStatus, PromptgridError, RunEndedError } from '../core/errors.ts';
import { oneLine, plainJson, plainLines } from '../core/plain-text.ts';
import type { Mask } from '../core/secret-mask.ts';

const REPORT = 'This is an error in promptgrid itself: report it with the lines above.';

/** An error that promptgrid does not expect of itself. */
const UNKNOWN_STATUS: ExitStatus = 2;

/**
 * Prints an error. A known one takes two lines, what is wrong and what to do, with its own lines between them; an
 * unknown one includes its stack. With `--json` the document on stdout has it too. Terminal control sequences and keys
 * are removed, since it may hold text of a server.
 * @returns the exit status
 */
export function describeError(error: unknown, context: CommandContext): ExitStatus {
  const { stderr, stdout, colors, words, mask } = context;
  if (words.includes('--json')) stdout.write(`${plainJson({ error: errorDocument(error, mask) })}\n`);
  const unexpected = unexpectedIn(error);
  if (unexpected !== null) stderr.write(`${mask(plainLines(unexpected))}\n${REPORT}\n`);
  if (error instanceof PromptgridError) {
    const [message, hint] = [error.message, error.hint].map((text) => mask(oneLine(text)));
    const lines = error.lines.flatMap((line) => printedLine(line, mask, colors));
    const text = [`${colors.red('error')} ${message}`, ...lines, `${colors.dim('hint ')} ${hint}`, ''].join('\n');
    stderr.write(foldedErrors(context, text));
    return error.exitStatus;
  }
  return UNKNOWN_STATUS;
}

const MOST_COLUMNS = 80;

/** A line below the message, folded if it is too long, with the rest indented below its beginning. */
function printedLine({ kind, text }: ErrorLine, mask: Mask, colors: Colors): readonly string[] {
  const paint = { plain: String, same: colors.dim, gap: colors.dim, removed: colors.red, added: colors.green }[kind];
  return folded(mask(oneLine(text)), kind === 'plain' ? 2 : 4).map((line) => (line === '' ? '' : `  ${paint(line)}`));
}

function folded(text: string, indent: number): readonly string[] {
  const most = MOST_COLUMNS - 2;
  const lines: string[] = [];
  let rest = Array.from(text);
  while (rest.length > most) {
    const space = rest.lastIndexOf(' ', most);
    const end = space > most / 2 ? space : most;
    lines.push(rest.slice(0, end).join(''));
    rest = [...' '.repeat(indent), ...rest.slice(end === space ? end + 1 : end)];
  }
  return [...lines, rest.join('')];
}

/** The stack of an unexpected error, or of one that ended a run; null for any other. */
function unexpectedIn(error: unknown): string | null {
  if (error instanceof RunEndedError) return error.cause instanceof PromptgridError ? null : stackOf(error.cause);
  return error instanceof PromptgridError ? null : stackOf(error);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function errorDocument(error: unknown, mask: Mask): object {
  if (error instanceof PromptgridError) {
    const { code, message, hint, lines } = error;
    const more = lines.length === 0 ? {} : { lines: lines.map(({ text }) => mask(text)) };
    return { code, message: mask(message), ...more, hint: mask(hint) };
  }
  return { code: 'E_UNKNOWN', message: mask(error instanceof Error ? error.message : String(error)), hint: null };
}
