import type { CommandModule, Options } from 'yargs';
import type { OptionValues } from '../app/config/settings.ts';
import type { OptionTable, ValueTable } from '../core/option-spec.ts';
import { type Flag, flagsOf } from './flags.ts';
import { COMMON_OPTIONS } from './shared-options.ts';

/** Headings of the command list. */
export const COMMAND_GROUPS = ['Run', 'Results', 'Account', 'Set up'] as const;

/** The help of a command, and the options that it takes. */
interface CommandPage<Arguments extends ValueTable = ValueTable, Own extends OptionTable = OptionTable> {
  /** The command's name and its arguments: `run [dataset]`. */
  readonly usage: string;
  readonly group: (typeof COMMAND_GROUPS)[number];
  /** What it does, in a few words. */
  readonly summary: string;
  readonly arguments?: Arguments;
  /** Its flags by their names in camelCase. */
  readonly options?: Own;
  /** The hint of a signal that ends it at once, if more is to say than that nothing was paid. */
  readonly interrupted?: string;
  /** Command lines without `promptgrid`. */
  readonly examples?: readonly string[];
}

/** A command: its page, its flags in the parser's form, and its handler. */
export interface Command extends CommandModule {
  readonly page: CommandPage;
  readonly flags: Readonly<Record<string, Flag>>;
}

/** Options of every command, in the parser's form. */
export const COMMON_FLAGS = flagsOf(COMMON_OPTIONS);

/** Values of arguments and options by name, including those of every command. */
export type FlagsOf<Own extends ValueTable> = OptionValues<Own & typeof COMMON_OPTIONS>;

/** A command as its page describes it. @param handler runs it, with parsed and checked values */
export function defineCommand<Arguments extends ValueTable, Own extends OptionTable>(
  page: CommandPage<Arguments, Own>,
  handler: (flags: FlagsOf<Arguments & Own>) => void | Promise<void>,
): Command {
  let flags: Command['flags'] | undefined;
  return {
    page,
    // A command line needs those of one command.
    get flags() {
      flags ??= flagsOf(page.options ?? {});
      return flags;
    },
    command: page.usage,
    describe: page.summary,
    get builder() {
      return { ...positionals(page.arguments ?? {}), ...hidden(this.flags) };
    },
    handler: async (given) => {
      const { readOptions } = await import('../app/config/settings.ts');
      await handler(readOptions(tableOf(page), given));
    },
  };
}

/** Help is rendered from the page; for each visible flag, the parser would lay out its own help on every command. */
function hidden(flags: Readonly<Record<string, Flag>>): Readonly<Record<string, Options>> {
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, { ...flag, hidden: true }]));
}

function positionals(table: ValueTable): Readonly<Record<string, Options>> {
  const named = Object.entries(table).map(([name, { describe }]): [string, Options] => [
    name,
    { type: 'string', describe },
  ]);
  return Object.fromEntries(named);
}

/** All that a command takes. */
function tableOf<Arguments extends ValueTable, Own extends OptionTable>(
  page: CommandPage<Arguments, Own>,
): Arguments & Own & typeof COMMON_OPTIONS;
function tableOf(page: CommandPage): ValueTable {
  return { ...COMMON_OPTIONS, ...page.arguments, ...page.options };
}

/** The command that a command line names; undefined for none. */
export function commandOf(words: readonly string[], all: readonly Command[]): Command | undefined {
  const name = words.find((word) => !word.startsWith('-'));
  return all.find((command) => nameOf(command) === name);
}

/** `run` of `run [dataset]`. */
export function nameOf({ page }: Command): string {
  return page.usage.split(' ')[0] ?? '';
}
