import type { CommandModule, Options } from 'yargs';

/** A flag as the parser takes it, with what its help says besides. */
export interface Flag extends Options {
  /** What stands for the value, such as `<file>`; in square brackets where it may be left out. */
  readonly placeholder?: string;
  /** Only `--help-all` shows it. */
  readonly isRare?: true;
}

/** Headings of the list of commands. */
export const COMMAND_GROUPS = ['Run', 'Results', 'Account', 'Set up'] as const;

/** What the help of a command shows. */
interface CommandPage {
  /** The command's name and its arguments: `run [dataset]`. */
  readonly usage: string;
  readonly group: (typeof COMMAND_GROUPS)[number];
  /** What it does, in a few words. */
  readonly summary: string;
  readonly arguments?: Readonly<Record<string, Options>>;
  readonly flags?: Readonly<Record<string, Flag>>;
  /** Command lines without `promptgrid`. */
  readonly examples?: readonly string[];
}

/** A command: its page, and what the parser takes. */
export interface Command<Flags = object> extends CommandModule<object, Flags> {
  readonly page: CommandPage;
}

/** A command as its page describes it. @param handler carries it out */
export function defineCommand<Flags>(
  page: CommandPage,
  handler: CommandModule<object, Flags>['handler'],
): Command<Flags> {
  return {
    page,
    command: page.usage,
    describe: page.summary,
    builder: { ...page.arguments, ...page.flags },
    handler,
  };
}

/** `run` of `run [dataset]`. */
export function nameOf({ page }: Command): string {
  return page.usage.split(' ')[0] ?? '';
}

/** The dataset of a grid. */
export const DATASET_ARGUMENT = {
  dataset: { type: 'string', describe: 'CSV or JSONL file; - is standard input' },
} as const satisfies Readonly<Record<string, Options>>;

/** Flags that every command has. */
export const COMMON_FLAGS = {
  json: { type: 'boolean', describe: 'print one JSON document on stdout' },
  quiet: { type: 'boolean', describe: 'print only errors and why the exit status is not 0' },
  wide: { type: 'boolean', describe: 'print tables in full, however wide the terminal is' },
} as const satisfies Readonly<Record<string, Flag>>;
