import yargs from 'yargs';
import { COMMON_FLAGS, type Command, type CommandContext, commands, nameOf } from '../commands/index.ts';
import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../io/nearest.ts';
import { unknownCommand } from './help.ts';

/** Parses a command line and carries its command out. @throws whatever the command throws; UsageError for unknown words */
export async function parseCommandLine(context: CommandContext, version: string): Promise<void> {
  const known = commands(context);
  const [word = ''] = context.words;
  const command = known.find((one) => nameOf(one) === word);
  if (command === undefined && !word.startsWith('-')) throw unknownCommand(word, known);
  const parser = yargs([...context.words])
    .scriptName('promptgrid')
    .locale('en')
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false })
    .options(COMMON_FLAGS)
    .demandCommand(1, 'no command given')
    .strict()
    .version(version)
    .alias('v', 'version')
    .help(false)
    .exitProcess(false)
    .fail((message, error) => fail(message, { error, command }));
  for (const one of known) parser.command(one);
  await parser.parseAsync();
}

/** What a complaint is about. */
interface Complaint {
  readonly error: Error | undefined;
  readonly command: Command | undefined;
}

/** The parser's complaints in our words. */
function fail(message: string | null, { error, command }: Complaint): never {
  if (error !== undefined && error.name !== 'YError') throw error;
  const complaint = error?.message ?? message ?? 'the command line cannot be read';
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(complaint)?.[1];
  const hint = helpHint(command);
  if (unknown !== undefined) throw unknownWord(unknown, command);
  const lacking = /^Not enough arguments following: (.+)$/.exec(complaint)?.[1];
  if (lacking !== undefined) throw new UsageError(`--${longName(lacking, command)} has no value`, { hint });
  if (command !== undefined && complaint.startsWith('Not enough non-option arguments')) {
    throw new UsageError(`an argument is missing: promptgrid ${command.page.usage}`, { hint });
  }
  throw new UsageError(complaint, { hint });
}

function helpHint(command: Command | undefined): string {
  if (command === undefined) return 'promptgrid --help lists the commands, promptgrid run --help the flags of one';
  return `promptgrid ${nameOf(command)} --help-all lists its flags`;
}

function unknownWord(word: string, command: Command | undefined): UsageError {
  const flags = [...Object.keys(command?.page.flags ?? {}), ...Object.keys(COMMON_FLAGS)];
  const nearest = didYouMean(word, flags).replace('did you mean ', 'did you mean --');
  return new UsageError(`unknown flag or word "${word}"`, { hint: `${helpHint(command)}${nearest}` });
}

/** `model` of `m`. */
function longName(name: string, command: Command | undefined): string {
  const found = Object.entries(command?.page.flags ?? {}).find(([, { alias }]) => alias === name);
  return found?.[0] ?? name;
}
