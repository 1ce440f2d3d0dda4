import yargs, { type CommandModule } from 'yargs';
import { badValue, parseSwitch, refused } from '../app/config/values.ts';
import { COMMON_FLAGS, type Command, type CommandContext, nameOf } from '../commands/index.ts';
import { shellLine } from '../commands/shell-words.ts';
import { UsageError } from '../core/errors.ts';
import { flagName, oneOf } from '../core/option-spec.ts';
import { didYouMean } from '../io/nearest.ts';
import { unknownCommand } from './help.ts';

/** Parses a command line and runs its command. @throws whatever the command throws; UsageError for unknown words */
export async function parseCommandLine(
  { words, platform }: Pick<CommandContext, 'words' | 'platform'>,
  known: readonly Command[],
  version: string,
): Promise<void> {
  const [word = ''] = words;
  const command = known.find((one) => nameOf(one) === word);
  if (command === undefined && !word.startsWith('-')) throw unknownCommand(word, known);
  const readable = words.map((each) => (each === '-' ? LONE_HYPHEN : switchWord(each, command)));
  const parser = yargs(command === undefined ? readable : readable.slice(1))
    .scriptName('promptgrid')
    .locale('en')
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false, 'dot-notation': false })
    .options(COMMON_FLAGS)
    .middleware((given) => {
      for (const [name, value] of Object.entries(given)) given[name] = withHyphens(value);
    })
    .strict()
    .version(version)
    .alias('v', 'version')
    .help(false)
    .exitProcess(false)
    .fail((message, error) => fail(message, { error, command, words, platform }));
  if (command === undefined) parser.demandCommand(1, 'no command given').command([...known]);
  else parser.command(onlyOne(command));
  await parser.parseAsync();
}

/** The command as the parser's only one, not to be named: for a named one, it would lay out its own help each time. */
function onlyOne(command: Command): CommandModule {
  return { ...command, command: [command.page.usage.replace(nameOf(command), UNTYPEABLE), '$0'] };
}

/** No word of a command line contains it. */
const UNTYPEABLE = '\u0000';

/** Stands for a lone hyphen, which is standard input: the parser would drop it from a list. */
const LONE_HYPHEN = `${UNTYPEABLE}-`;

function withHyphens(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withHyphens);
  return value === LONE_HYPHEN ? '-' : value;
}

/** Converts a switch with a value, such as `--exact=1`, for the parser, which takes anything as false. */
function switchWord(word: string, command: Command | undefined): string {
  const [, given = '', text = ''] = /^--?([^=]+)=(.*)$/s.exec(word) ?? [];
  const name = longName(flagName(given), command);
  if ((command?.flags[name] ?? COMMON_FLAGS[name])?.type !== 'boolean') return word;
  const isOn = parseSwitch(text);
  if (isOn !== null) return `--${name}=${isOn}`;
  throw refused(badValue({ kind: 'boolean', describe: '' }, { label: `--${name}`, joint: '=' }, text));
}

/** The subject of a parser error. */
interface Complaint {
  readonly error: Error | undefined;
  readonly command: Command | undefined;
  readonly words: readonly string[];
  readonly platform: NodeJS.Platform;
}

/** The parser's errors in our words. */
function fail(message: string | null, { error, command, words, platform }: Complaint): never {
  if (error !== undefined && error.name !== 'YError') throw error;
  const said = error?.message ?? message ?? 'the command line cannot be read';
  const complaint = said.replaceAll(LONE_HYPHEN, '-');
  const unknown = /^Unknown arguments?: ([^,]+)/.exec(complaint)?.[1];
  const hint = helpHint(command);
  if (unknown !== undefined) throw unknownWord(unknown, words, command);
  const lacking = /^Not enough arguments following: (.+)$/.exec(complaint)?.[1];
  if (lacking !== undefined) throw withoutValue(longName(lacking, command), command);
  if (command !== undefined && complaint.startsWith('Not enough non-option arguments')) {
    throw (
      withoutAction(command, words, platform) ??
      new UsageError(`an argument is missing: promptgrid ${command.page.usage}`, { hint })
    );
  }
  throw new UsageError(complaint, { hint });
}

/** For a command whose first argument, what it is to do, was forgotten; null for any other. */
function withoutAction({ page }: Command, words: readonly string[], platform: NodeJS.Platform): UsageError | null {
  const [first, ...others] = Object.entries(page.arguments ?? {});
  const choices = first?.[1].choices ?? [];
  const [name = '', ...given] = words;
  const [word = ''] = given;
  const [action] = choices;
  if (action === undefined || choices.includes(word) || didYouMean(word, choices) !== '') return null;
  const missing = others.slice(given.filter((each) => !each.startsWith('-')).length).map(([other]) => `<${other}>`);
  const { text } = shellLine([name, action, ...given], platform);
  return new UsageError(`the subcommand ${oneOf(choices)} is missing`, {
    hint: `write: ${['promptgrid', text, ...missing].join(' ')}`,
  });
}

function helpHint(command: Command | undefined): string {
  if (command === undefined) return 'promptgrid --help lists the commands, promptgrid run --help the flags of one';
  return `promptgrid ${nameOf(command)} --help-all lists its flags`;
}

function withoutValue(flag: string, command: Command | undefined): UsageError {
  const options = Object.entries(command?.page.options ?? {});
  const [, spec = { kind: 'string', describe: '' } as const] =
    options.find(([name, option]) => flagName(name, option) === flag) ?? [];
  return refused(badValue(spec, { label: `--${flag}`, joint: ' ' }, '', 'nothing'));
}

function unknownWord(word: string, words: readonly string[], command: Command | undefined): UsageError {
  const flags = words.map((each) => each.split('=', 1)[0] ?? '').filter((each) => each.startsWith('-'));
  const flag =
    flags.find((each) => bare(each) === word || bare(each) === `no-${word}`) ??
    flags.find((each) => LETTERS.test(each) && each.includes(word));
  // The parser complains of `--no-x` as of `x`, and of `-model` as of one of its letters.
  const typed = flag === undefined ? word : bare(flag);
  const nearest = didYouMean(typed, flagNames(typed, command)).replace('did you mean ', 'did you mean --');
  const what = flag === undefined ? `unknown flag or word "${word}"` : `unknown flag ${flag}`;
  return new UsageError(what, { hint: `${helpHint(command)}${nearest}` });
}

/** A flag with one hyphen, which the parser takes for as many flags as it has letters. */
const LETTERS = /^-[a-z][a-z-]/i;

/** The flags that a mistyped one may have meant; one that begins with `no-` is probably a switch. */
function flagNames(typed: string, command: Command | undefined): readonly string[] {
  const flags = { ...command?.flags, ...COMMON_FLAGS };
  const switches = Object.keys(flags).filter((name) => flags[name]?.type === 'boolean');
  const off = typed.startsWith('no-') ? switches.map((name) => `no-${name}`) : [];
  return [...off, ...Object.keys(flags), 'help', 'help-all', 'version'];
}

/** A flag without its hyphens. */
function bare(flag: string): string {
  return flag.replace(/^--?/, '');
}

/** `model` of `m`. */
function longName(name: string, command: Command | undefined): string {
  const found = Object.entries(command?.flags ?? {}).find(([, { alias }]) => alias === name);
  return found?.[0] ?? name;
}
