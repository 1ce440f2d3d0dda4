import { stderr, stdin, stdout } from 'node:process';
import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { exampleOf } from '../../src/app/config/values.ts';
import { RunControl } from '../../src/app/environment.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { type Command, defineCommand, nameOf } from '../../src/commands/command.ts';
import { commands } from '../../src/commands/index.ts';
import { PromptgridError } from '../../src/core/errors.ts';
import { flagName, isWithin, type OptionKind, type ValueSpec } from '../../src/core/option-spec.ts';
import { systemClock } from '../../src/io/clock.ts';

/** Values that no number parser accepts. */
const NO_NUMBERS = ['', ' ', '0x2', '0b1', '1_000', '1 000', 'NaN', 'Infinity', 'ten', '--1', '.', '٣', '1e999'];

interface Texts {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
}

/** A number in the range of the option, in every notation, and values out of the range. */
function numbers(spec: ValueSpec): Texts {
  const { min = 0, max = 0, isOpen } = spec;
  const some = [5, 1].find((number) => isWithin(spec, number)) ?? min;
  const outside = [min - 1, ...(spec.max === undefined ? [] : [max + 1]), ...(isOpen === true ? [min] : [])];
  return {
    accepted: [`${some}`, ` ${some} `, `+${some}`, `${some}.`, `${some}.0`, `0.${some}e1`, `${some * 10}e-1`],
    refused: [...NO_NUMBERS, '5%', '1;5', ...(spec.min === undefined ? [] : outside.map(String))],
  };
}

const ANY_TEXT: Texts = { accepted: ['x', ' ', '-1', '0x2'], refused: [''] };

/** Texts that every flag of a kind accepts, and texts that none accepts. */
const TEXTS: Readonly<Record<OptionKind, (spec: ValueSpec) => Texts>> = {
  number: (spec) => ({ ...numbers(spec), refused: [...numbers(spec).refused, '1,5'] }),
  integer: (spec) => ({ ...numbers(spec), refused: [...numbers(spec).refused, '1,5', '1.5', '1e30'] }),
  numbers: (spec) => ({
    accepted: [...numbers(spec).accepted, '1,.5', '1, 5,'],
    refused: [...numbers(spec).refused, ','],
  }),
  share: ({ max, isOpen }) => ({
    accepted: ['0.5', ' .5', '5e-1', '50%', '50 %', '+0.5', ...(max === undefined ? ['150%'] : [])],
    refused: [
      ...NO_NUMBERS,
      '-1',
      '-5%',
      '%',
      '0x2%',
      '1_0%',
      '5‰',
      '0,5',
      '1.01',
      '5',
      ...(max === 1 ? ['101%'] : []),
      ...(isOpen === true ? ['0', '1', '100%'] : []),
    ],
  }),
  points: ({ max }) => ({
    accepted: ['2', ' 2', '0', '.5%', '0.5 points', '2e0', '2%', '2 points', '1 point'],
    refused: [...NO_NUMBERS, '-1', '.5', '0.02', ...(max === undefined ? [] : ['100']), '2 pts', '0x2%', '1,5'],
  }),
  amount: ({ isOpen }) => ({
    accepted: ['5', ' 5', '.5', '5e-1', '1000000'],
    refused: [...NO_NUMBERS, '-1', '5%', '1,5', '5 RUB', ...(isOpen === true ? ['0', '1e-13'] : [])],
  }),
  age: () => ({
    accepted: ['30d', ' 12h', '1.5 h', '45m', '2w', '1e1d'],
    refused: ['', '30', 'd', '-1d', '0x1d', '1_0d', 'NaNd', '1y'],
  }),
  choice: ({ choices = [] }) => ({ accepted: choices, refused: ['', 'x', ...choices.map((choice) => ` ${choice}`)] }),
  character: () => ({ accepted: [';', ',', '\\t', '\t'], refused: ['', ';;', '0x2'] }),
  boolean: () => ({ accepted: ['true', 'false', '1', '0'], refused: ['', 'maybe', 'yes', '2', 'TRUE', ' 1'] }),
  string: ({ mayBeEmpty }) => (mayBeEmpty === true ? { accepted: [...ANY_TEXT.accepted, ''], refused: [] } : ANY_TEXT),
  path: () => ANY_TEXT,
  texts: () => ANY_TEXT,
  scorers: () => ANY_TEXT,
  prompts: () => ANY_TEXT,
  models: () => ({ accepted: ['x', 'x, y', ',x,'], refused: ['', ',', ' , '] }),
  headers: () => ANY_TEXT,
  strings: ({ choices }) =>
    choices === undefined
      ? { accepted: ['x', 'x, y', ',x,'], refused: ['', ',', ' , '] }
      : { accepted: [...choices, choices.join(',')], refused: ['', ',', 'x', `${choices.join(',')},x`] },
  thresholds: () => ({
    accepted: ['a=0.5', 'a=50%', 'a=b=.5', 'a=1,b=5e-1', 'a,b=1'],
    refused: ['', 'a', 'a=', '=1', 'a=2', 'a=-1', 'a=0x1', 'a=NaN', 'a=1,b', 'a=0,9', 'a=0,9,b=1'],
  }),
  values: () => ({ accepted: ['a=1', 'a=', 'a=b=c', 'a=-1'], refused: ['', 'a', '=1'] }),
  switchOrPath: () => ({ accepted: ['', 'x', 'true', '0'], refused: [] }),
  switchOrName: () => ({ accepted: ['', 'x', 'true', '0'], refused: [] }),
  switchOrCount: () => ({ accepted: ['', '5', 'true', 'false', ' 1e1'], refused: ['x', '0', '1.5', '21', '-1'] }),
};

/** Kinds whose flags may be repeated; of switches the last one counts. */
const REPEATABLE: readonly OptionKind[] = [
  ...([
    'texts',
    'strings',
    'numbers',
    'thresholds',
    'values',
    'scorers',
    'headers',
    'models',
    'prompts',
    'boolean',
  ] as const),
];

const COMMANDS = commands({
  env: {},
  projectVariables: new Set(),
  folder: '.',
  stateFolder: null,
  stdin,
  stdout,
  stderr,
  words: [],
  platform: 'linux',
  colors: pico.createColors(false),
  errorColumns: () => Infinity,
  columns: () => 80,
  mask: (text) => text,
  control: new RunControl(),
  now: () => new Date(0),
  clock: systemClock,
  elapsedMs: () => 0,
  signalled: () => null,
  end: () => undefined,
});

/** The parsed flags and arguments of a command, without running it. */
async function read({ page }: Command, flags: readonly string[], own = argumentsOf(page)): Promise<object> {
  let values: object = {};
  const recording = defineCommand(page, (given) => {
    values = given;
  });
  await parseCommandLine({ words: [nameOf(recording), ...own, ...flags], platform: 'linux' }, [recording], '0');
  return values;
}

function argumentsOf({ arguments: table = {} }: Command['page']): readonly string[] {
  return Object.values(table).map(({ choices: [choice] = [] }) => choice ?? 'x');
}

/** The error for the words; null if they are accepted. */
async function refusal(
  command: Command,
  flags: readonly string[],
  own?: readonly string[],
): Promise<PromptgridError | null> {
  try {
    await read(command, flags, own);
    return null;
  } catch (error) {
    if (error instanceof PromptgridError) return error;
    throw error;
  }
}

const OPTIONS = COMMANDS.flatMap((command) =>
  Object.entries(command.page.options ?? {}).map(([name, spec]) => {
    const flag = `--${flagName(name, spec)}`;
    // Alone, since parsing takes longer with more flags.
    const alone = { ...command, page: { ...command.page, options: { [name]: spec } } };
    return { title: `${nameOf(command)} ${flag}`, command: alone, name, flag, spec };
  }),
);

describe.each(OPTIONS)('$title', ({ command, name, flag, spec }) => {
  const { accepted, refused } = TEXTS[spec.kind](spec);

  it('accepts what every flag of its kind accepts', async () => {
    for (const text of accepted) {
      expect(await read(command, [`${flag}=${text}`]), text).toHaveProperty(name);
    }
  });

  it('refuses what every flag of its kind refuses, in the same format', async () => {
    for (const text of refused) {
      const told = await refusal(command, [`${flag}=${text}`]);
      expect(told, text).toMatchObject({ code: 'E_USAGE', exitStatus: 2 });
      expect(told?.message, text).toMatch(new RegExp(`^${flag} must be .+, got .+$`, 's'));
    }
  });

  it('is refused if it is given twice and takes one value', async () => {
    const text = exampleOf(spec) ?? accepted[0] ?? '';
    const told = await refusal(command, [`${flag}=${text}`, `${flag}=${text}`]);
    if (REPEATABLE.includes(spec.kind)) expect(told).toBeNull();
    else expect(told).toMatchObject({ message: expect.stringContaining(', got 2 values'), hint: `give ${flag} once` });
  });

  it('names a valid value if it is refused', () => {
    const example = exampleOf(spec);
    if (example !== undefined) expect(TEXTS[spec.kind](spec).refused).not.toContain(example);
  });

  it('is switched off by --no- if it is a switch, and else refused', async () => {
    const told = await refusal(command, [flag.replace('--', '--no-')]);
    if (/^(?:boolean|switch)/.test(spec.kind)) expect(told).toBeNull();
    else expect(told?.message).toMatch(new RegExp(`^${flag} must be .+, got `));
  });
});

it.each(COMMANDS.map((command) => [nameOf(command), command] as const))(
  '%s accepts all its flags at once',
  async (_, command) => {
    const options = Object.entries(command.page.options ?? {});
    const words = options.map(([name, spec]) => `--${flagName(name, spec)}=${TEXTS[spec.kind](spec).accepted[0]}`);
    expect(Object.keys(await read(command, words))).toEqual(expect.arrayContaining(options.map(([name]) => name)));
  },
);

const ARGUMENTS = COMMANDS.flatMap((command) =>
  Object.keys(command.page.arguments ?? {}).map((name, at) => ({ title: `${nameOf(command)} <${name}>`, command, at })),
);

it.each(ARGUMENTS)('$title is not empty', async ({ command, at }) => {
  const told = await refusal(command, [], argumentsOf(command.page).with(at, ''));
  expect(told?.message).toMatch(/^<\w+> must be .+, got ""$/);
});

it.each([
  ['cache', ['statz'], '<action> must be stats, clear or prune, got "statz"', 'did you mean stats?'],
  ['cache', [], 'the subcommand stats, clear or prune is missing', 'write: promptgrid cache stats'],
  [
    'baseline',
    ['results/v1', 'a b.jsonl', '--with-rows'],
    'the subcommand save is missing',
    "write: promptgrid baseline save results/v1 'a b.jsonl' --with-rows",
  ],
  ['baseline', ['results/v1'], 'the subcommand save is missing', 'write: promptgrid baseline save results/v1 <file>'],
  ['baseline', ['save', 'x'], 'an argument is missing: promptgrid baseline <action> <run> <file>', '--help-all'],
  ['baseline', ['svae', 'x'], 'an argument is missing: promptgrid baseline <action> <run> <file>', '--help-all'],
  ['compare', ['x'], 'an argument is missing: promptgrid compare <base> <candidate>', '--help-all'],
  ['run', ['x', '-m'], '--model must be a text that is not empty, got nothing', '--model'],
  ['estimate', ['x', '--pilot', '--json'], '--pilot must be a whole number from 2, got nothing', '--pilot 20'],
  ['run', ['x', '-y=maybe'], '--yes must be true or false, got "maybe"', 'true or false'],
  ['run', ['x', '--dryRun=maybe'], '--dry-run must be true or false, got "maybe"', 'true or false'],
  ['run', ['x', '--hlep'], 'unknown flag --hlep', 'did you mean --help?'],
  ['run', ['x', '--out.x', 'y'], 'unknown flag --out.x', 'did you mean --out?'],
  ['run', ['x', '--modle=y'], 'unknown flag --modle', 'did you mean --model?'],
  ['run', ['x', '-z', 'y'], 'unknown flag -z', '--help-all'],
  ['run', ['x', '-model', 'y'], 'unknown flag -model', 'did you mean --model?'],
  ['run', ['x', '-m', 'y', '-tempreature=0'], 'unknown flag -tempreature', 'did you mean --temperature?'],
  ['models', ['modle'], 'unknown flag or word "modle"', '--help-all'],
] as const)('%s refuses %j', async (name, words, message, hint) => {
  const [command] = COMMANDS.filter((one) => nameOf(one) === name);
  const told = command === undefined ? null : await refusal(command, [], words);
  expect(told).toMatchObject({ message, hint: expect.stringContaining(hint) });
});

it('a lone hyphen as dataset means standard input', async () => {
  const [run] = COMMANDS;
  expect(run === undefined ? null : await read(run, [], ['-'])).toMatchObject({ dataset: ['-'] });
});
