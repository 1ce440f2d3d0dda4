import yargs, { type CommandModule } from 'yargs';
import type { OptionSpec } from '../app/config/option-spec.ts';
import { flagName, GRID_OPTIONS } from '../app/config/options.ts';
import { type CommandContext, commands } from '../commands/index.ts';
import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../io/nearest.ts';
import { COMMON_OPTIONS } from './overview.ts';

const MAX_WIDTH = 110;
const HINT = 'promptgrid --help lists the commands, promptgrid run --help the flags of one';

/** Parses a command line and carries its command out. @throws whatever the command throws; UsageError for unknown words */
export async function parseCommandLine(context: CommandContext, version: string): Promise<void> {
  const known = commands(context);
  checkCommand(context.words, known);
  const parser = yargs([...context.words])
    .scriptName('promptgrid')
    .locale('en')
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .options(COMMON_OPTIONS)
    .demandCommand(1, 'say what to do')
    .strict()
    .version(version)
    .help()
    .wrap(Math.min(MAX_WIDTH, context.stderr.columns ?? MAX_WIDTH))
    .exitProcess(false)
    .fail(fail);
  for (const command of known) parser.command(command);
  await parser.parseAsync();
}

function checkCommand(words: readonly string[], known: readonly CommandModule<object, object>[]): void {
  const [word] = words;
  const names = known.map(({ command }) => String(command).split(' ')[0] ?? '');
  if (word === undefined || word.startsWith('-') || names.includes(word)) return;
  throw new UsageError(`unknown command "${word}"`, {
    hint: `promptgrid --help tells of ${names.join(', ')}${didYouMean(word, names)}`,
  });
}

/** The parser's complaints in our words. */
function fail(message: string | null, error: Error | undefined): never {
  if (error !== undefined && error.name !== 'YError') throw error;
  const complaint = error?.message ?? message ?? 'the command line cannot be read';
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(complaint)?.[1];
  if (unknown !== undefined) throw unknownWord(unknown);
  const lacking = /^Not enough arguments following: (.+)$/.exec(complaint)?.[1];
  if (lacking !== undefined) throw new UsageError(`--${longName(lacking)} has no value`, { hint: HINT });
  throw new UsageError(complaint, { hint: HINT });
}

function unknownWord(word: string): UsageError {
  const flags = [...Object.keys(GRID_OPTIONS).map(flagName), ...Object.keys(COMMON_OPTIONS)];
  const nearest = didYouMean(word, flags).replace('did you mean ', 'did you mean --');
  return new UsageError(`unknown flag or word "${word}"`, { hint: `${HINT}${nearest}` });
}

/** `model` of `m`. */
function longName(name: string): string {
  const found = Object.entries<OptionSpec>(GRID_OPTIONS).find(([, { alias }]) => alias === name);
  return found === undefined ? name : flagName(found[0]);
}
