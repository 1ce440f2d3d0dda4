import { COMMAND_GROUPS, COMMON_FLAGS, type Command, type Flag, nameOf } from '../commands/index.ts';
import { UsageError } from '../core/errors.ts';
import { didYouMean } from '../io/nearest.ts';

/** Maximum columns of a help line: one less than the narrowest terminal has. */
const WIDTH = 79;
/** Flags with a longer label have their text on the next line. */
const LONGEST_LABEL = 28;

const STANDARD_FLAGS: Readonly<Record<string, Flag>> = {
  ...COMMON_FLAGS,
  help: { alias: 'h', describe: 'show this' },
};
const ALL_FLAGS: Readonly<Record<string, Flag>> = {
  'help-all': { describe: 'show every flag' },
  version: { alias: 'v', describe: 'show the version' },
};

/** The help that a command line requests. */
interface HelpRequest {
  /** null for the list of commands. */
  readonly command: string | null;
  /** With rarely needed flags. */
  readonly isWhole: boolean;
}

/** The help that a command line requests; null if it requests something else. Loads no parser, which costs the most. */
export function helpAskedFor(words: readonly string[]): HelpRequest | null {
  const end = words.indexOf('--');
  const before = end === -1 ? words : words.slice(0, end);
  const isCommand = before[0] === 'help';
  const isWhole = before.includes('--help-all') || (isCommand && before.includes('--all'));
  if (words.length > 0 && !isCommand && !isWhole && !before.some((word) => word === '--help' || word === '-h')) {
    return null;
  }
  const named = (isCommand ? before.slice(1) : before).find((word) => !word.startsWith('-'));
  return { command: named ?? null, isWhole };
}

/** The text of a help request. @throws UsageError for a command that does not exist */
export function renderHelp({ command, isWhole }: HelpRequest, commands: readonly Command[]): string {
  if (command === null) return renderOverview(commands);
  const found = commands.find((one) => nameOf(one) === command);
  if (found === undefined) throw unknownCommand(command, commands);
  return renderCommand(found, isWhole);
}

/** An error that suggests the nearest command. */
export function unknownCommand(word: string, commands: readonly Command[]): UsageError {
  const nearest = didYouMean(word, commands.map(nameOf)).replace('did you mean ', 'did you mean promptgrid ');
  return new UsageError(`unknown command "${word}"`, { hint: `promptgrid --help lists all commands${nearest}` });
}

/** The list of commands, from their registry. */
function renderOverview(commands: readonly Command[]): string {
  const groups = COMMAND_GROUPS.flatMap((group) => {
    const lines = commands.filter(({ page }) => page.group === group);
    return ['', `${group}:`, ...table(lines.map((one) => [nameOf(one), one.page.summary]))];
  });
  return [
    'promptgrid runs every row of a dataset against several models and saves the',
    'answers, tokens, exact cost and scores.',
    '',
    'Usage: promptgrid <command> [flags]',
    ...groups,
    '',
    'Flags of every command:',
    ...flagLines({ ...STANDARD_FLAGS, ...ALL_FLAGS }),
    '',
    'Examples:',
    '  promptgrid run rows.csv -m gpt-4o,gpt-4o-mini --prompt "Translate {{ text }}"',
    '  promptgrid run rows.csv -m gpt-4o --simulate      # no API key, no network',
    '',
    'promptgrid run --help shows the flags of a command.',
  ].join('\n');
}

function renderCommand({ page, flags }: Command, isWhole: boolean): string {
  const { usage, summary, examples = [] } = page;
  const named = Object.entries(page.arguments ?? {}).map(([name, { describe }]) => [`<${name}>`, describe ?? '']);
  const shown = Object.entries(flags).filter(([, { isRare }]) => isWhole || isRare !== true);
  const left = leftOf(shown.map(([name, flag]) => labelOf(name, flag)));
  const headings = [...new Set(shown.map(([, { group }]) => group ?? FLAGS))];
  const sections = headings.flatMap((heading) => {
    const own = shown.filter(([, { group = FLAGS }]) => group === heading);
    return ['', `${heading}:`, ...flagLines(Object.fromEntries(own), left)];
  });
  return [
    `Usage: promptgrid ${usage} [flags]`,
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    ...(named.length === 0 ? [] : ['', ...table(named)]),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((line) => `  promptgrid ${line}`)]),
    ...sections,
    '',
    ...ending({ page, flags }, shown.length < Object.keys(flags).length),
  ].join('\n');
}

const FLAGS = 'Flags';

/** Notes on flags of every command, shorter if the page leaves flags out. */
function ending({ page: { usage }, flags }: Pick<Command, 'page' | 'flags'>, isShort: boolean): readonly string[] {
  const isRepeatable = Object.values(flags).some(({ placeholder }) => placeholder?.endsWith('…'));
  const repeatable = isRepeatable ? ['A flag with … may be repeated.'] : [];
  if (!isShort) return ['Every command:', ...flagLines(STANDARD_FLAGS), ...repeatable];
  return [
    ...repeatable,
    'Every command takes --json, --quiet, --wide and --help.',
    `These are the usual flags: promptgrid ${nameOfUsage(usage)} --help-all shows all of them.`,
  ];
}

function nameOfUsage(usage: string): string {
  return usage.split(' ')[0] ?? '';
}

function flagLines(flags: Readonly<Record<string, Flag>>, left?: number): readonly string[] {
  const lines = Object.entries(flags).map(([name, flag]) => [labelOf(name, flag), textOf(flag)]);
  return table(lines, left);
}

/** `-m, --model <id>` */
function labelOf(name: string, { alias, placeholder }: Flag): string {
  const short = typeof alias === 'string' ? `-${alias}, ` : '    ';
  return `${short}--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`;
}

function textOf({ describe, defaultDescription }: Flag): string {
  return `${describe ?? ''}${defaultDescription === undefined ? '' : ` [${defaultDescription}]`}`;
}

/** Column at which the texts next to such labels begin. */
function leftOf(labels: readonly string[]): number {
  return Math.max(0, ...labels.map(({ length }) => length).filter((length) => length <= LONGEST_LABEL)) + 4;
}

/** Labels and their texts side by side, each text folded. */
function table(
  lines: readonly (readonly string[])[],
  left = leftOf(lines.map(([label = '']) => label)),
): readonly string[] {
  return lines.flatMap(([label = '', text = '']) => {
    const folded = fold(text, WIDTH - left);
    const [first = '', ...rest] = label.length > left - 4 ? ['', ...folded] : folded;
    return [`  ${label.padEnd(left - 2)}${first}`.trimEnd(), ...rest.map((line) => `${' '.repeat(left)}${line}`)];
  });
}

/** A text as lines of limited length, split between words. */
function fold(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
