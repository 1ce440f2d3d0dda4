import type { Readable } from 'node:stream';
import type { Colors } from 'picocolors/types.js';
import type { RunControl } from '../app/environment.ts';
import type { ExitStatus } from '../core/errors.ts';
import { colouredLines, plainJson, plainLines } from '../core/plain-text.ts';
import type { Mask } from '../core/secret-mask.ts';
import { foldLines } from '../reporters/fold.ts';

/** What a command may touch of the outside world. */
export interface CommandContext {
  /** Environment variables, those of a `.env` file among them. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Those of them that a `.env` file of the working folder sets. */
  readonly projectVariables: ReadonlySet<string>;
  /** The working folder. */
  readonly folder: string;
  /** Folder of what this user's runs on this machine share. */
  readonly stateFolder: string | null;
  readonly stdin: Readable;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly colors: Colors;
  /** Columns of a line on stdout, as many as its terminal has now. */
  readonly columns: () => number;
  /** Takes the keys of the environment out of a message. */
  readonly mask: Mask;
  /** Stopped by the first signal, killed by the second. */
  readonly control: RunControl;
  /** The words of the command line, for the command that resumes. */
  readonly words: readonly string[];
  /** The system that this runs on, whose shells the printed commands are for. */
  readonly platform: NodeJS.Platform;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  /** Sets what the process says at its end. */
  readonly end: (status: ExitStatus) => void;
}

/** Flags that every command has. */
export interface CommonFlags {
  readonly json?: boolean | undefined;
  readonly quiet?: boolean | undefined;
  readonly wide?: boolean | undefined;
}

/**
 * Says something to a person; `--quiet` keeps it back. Figures go to stdout, all else to stderr. It may hold text of a
 * server: what a terminal would obey in it is not printed, nor are keys.
 */
export function say(context: CommandContext, { quiet }: CommonFlags, text: string): void {
  if (quiet !== true) explain(context, text);
}

/** Says why the exit status is not 0, `--quiet` or not; else as `say`. */
export function explain({ stderr, mask }: CommandContext, text: string): void {
  stderr.write(`${mask(plainLines(text))}\n`);
}

/** True if a person reads the command's result as text, and so the reasons in it. */
export function showsText({ json, quiet }: CommonFlags): boolean {
  return json !== true && quiet !== true;
}

/** Columns that a command's result is laid out for; Infinity for as many as it takes. */
export function widthOf({ columns }: CommandContext, { wide }: CommonFlags): number {
  return wide === true ? Infinity : columns();
}

/**
 * Gives a command's result: one JSON document with `--json`, else the text, which `--quiet` keeps back. Lines
 * that are wider than the terminal are folded. Whatever it holds, no more of it than our own colours steers a terminal, and none of it is a command to a CI runner.
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
  /** True if an end of a line means something, as in markdown. */
  readonly keepsLines?: boolean;
}
