import type { Readable, Writable } from 'node:stream';
import type { Colors } from 'picocolors/types.js';
import type { RunControl } from '../app/environment.ts';
import type { ExitStatus } from '../core/errors.ts';
import { colouredLines, plainJson, plainLines } from '../core/plain-text.ts';
import type { Mask } from '../core/secret-mask.ts';
import type { Clock } from '../io/clock.ts';
import { foldLines } from '../reporters/fold.ts';

/** A file, a pipe or a terminal; of a terminal, its columns. */
export type OutputStream = Writable & Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;

/** The parts of the outside world that a command may use. */
export interface CommandContext {
  /** Environment variables, including those of a `.env` file. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Variables that a `.env` file of the working folder sets. */
  readonly projectVariables: ReadonlySet<string>;
  /** The working folder. */
  readonly folder: string;
  /** Folder of the state that this user's runs share on this machine. */
  readonly stateFolder: string | null;
  readonly stdin: Readable;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly colors: Colors;
  /** Current columns of a line on stdout. */
  readonly columns: () => number;
  /** Current columns of a line on stderr; Infinity where it is not a terminal. */
  readonly errorColumns: () => number;
  /** Removes the environment's keys from a message. */
  readonly mask: Mask;
  /** Stopped by the first signal, killed by the second. */
  readonly control: RunControl;
  /** The words of the command line, for the command that resumes. */
  readonly words: readonly string[];
  /** The operating system, whose shells the printed commands are for. */
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  /** The date of `clock`. */
  readonly now: () => Date;
  /** Monotonic milliseconds of `clock`. */
  readonly elapsedMs: () => number;
  /** The first signal that the process got; null if there was none. */
  readonly signalled: () => NodeJS.Signals | null;
  /** Sets what the process prints at its end. */
  readonly end: (status: ExitStatus) => void;
}

/** Flags of every command. */
export interface CommonFlags {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly wide?: boolean | undefined;
}

/**
 * Prints a message for a person; `--quiet` suppresses it. Figures go to stdout, everything else to stderr. Terminal
 * control sequences and keys are removed, since the text may come from a server.
 */
export function say(context: CommandContext, { quiet }: CommonFlags, text: string): void {
  if (quiet !== true) explain(context, text);
}

/** Prints why the exit status is not 0, even with `--quiet`; otherwise like `say`. */
export function explain(context: CommandContext, text: string): void {
  context.stderr.write(`${foldedErrors(context, context.mask(plainLines(text)))}\n`);
}

/** Lines for stderr, folded like those on stdout if it is a terminal; a script reads whole lines. */
export function foldedErrors({ errorColumns }: Pick<CommandContext, 'errorColumns'>, text: string): string {
  return foldLines(text, errorColumns());
}

/** True if a person reads the command's result as text, and so sees the reasons in it. */
export function showsText({ json, quiet }: CommonFlags): boolean {
  return json !== true && quiet !== true;
}

/** Columns of the layout of a command's result; Infinity for no limit. */
export function widthOf({ columns }: CommandContext, { wide }: CommonFlags): number {
  return wide === true ? Infinity : columns();
}

/**
 * Prints a command's result: one JSON document with `--json`, else the text, which `--quiet` suppresses. Lines wider
 * than the terminal are folded. Only our own colours reach a terminal, and nothing in it acts as a command to a CI
 * runner.
 */
export function give(context: CommandContext, flags: CommonFlags, result: GivenResult): void {
  if (flags.json === true) context.stdout.write(`${plainJson(result.document)}\n`);
  else if (flags.quiet !== true) context.stdout.write(`${shown(laidOut(context, flags, result), context.colors)}\n`);
}

function laidOut(context: CommandContext, flags: CommonFlags, { text, keepsLines }: GivenResult): string {
  return keepsLines === true ? text : foldLines(text, widthOf(context, flags));
}

function shown(text: string, { isColorSupported }: Colors): string {
  return isColorSupported ? colouredLines(text) : plainLines(text);
}

interface GivenResult {
  readonly document: unknown;
  readonly text: string;
  /** True if line ends are significant, as in markdown. */
  readonly keepsLines?: boolean;
}
