import type { OptionSpec } from '../app/config/option-spec.ts';
import { flagName, GRID_OPTIONS, type OptionName } from '../app/config/options.ts';
import type { Flag } from './command.ts';

/** What a person looks for under each group of options. */
const HEADINGS = {
  Grid: 'What to run',
  Rows: 'What to run',
  Request: 'Request fields',
  Scores: 'How to score',
  Money: 'Cost',
  Endpoint: 'Provider',
  Pace: 'Speed and retries',
  Files: 'Files',
} as const satisfies Readonly<Record<OptionSpec['group'], string>>;

/**
 * Options as yargs takes them. Values stay texts: the configuration reads and checks them.
 * @param names which; every option of a grid without it
 */
export function gridOptions(names?: readonly OptionName[]): Readonly<Record<string, Flag>> {
  const order = Object.keys(HEADINGS);
  const wanted = Object.entries<OptionSpec>(GRID_OPTIONS)
    .filter(([name]) => names?.some((n) => n === name) ?? true)
    .sort(([, one], [, other]) => order.indexOf(one.group) - order.indexOf(other.group));
  return { ...Object.fromEntries(wanted.map(([name, spec]) => [flagName(name), flagOf(spec)])), config: CONFIG };
}

const CONFIG: Flag = {
  alias: 'c',
  type: 'string',
  group: HEADINGS.Files,
  placeholder: '<file>',
  requiresArg: true,
  describe: 'settings file',
  defaultDescription: 'promptgrid.yaml',
};

/** What decides which account is asked about. */
export const ACCOUNT_OPTIONS: readonly OptionName[] = [
  'provider',
  'baseUrl',
  'apiKeyEnv',
  'auth',
  'header',
  'trustConfig',
  'useWalletBalance',
];

/** What stands for a value of which nothing more is said. */
const PLACEHOLDERS: Partial<Record<OptionSpec['kind'], string>> = {
  number: '<n>',
  integer: '<n>',
  path: '<file>',
};

/** Kinds whose flags may be given several times. */
const REPEATABLE: ReadonlySet<OptionSpec['kind']> = new Set(['texts', 'values', 'scorers', 'headers']);

function flagOf({ kind, alias, choices, defaultText, describe, group, placeholder, isRare }: OptionSpec): Flag {
  const isSwitch = kind === 'boolean';
  return {
    type: isSwitch ? 'boolean' : 'string',
    describe: choices === undefined ? describe : `${describe}: ${choices.join(', ')}`,
    group: HEADINGS[group],
    ...(isSwitch
      ? {}
      : { placeholder: `${placeholder ?? PLACEHOLDERS[kind] ?? '<text>'}${REPEATABLE.has(kind) ? '…' : ''}` }),
    ...(isRare === undefined ? {} : { isRare }),
    ...(isSwitch || kind === 'switchOrPath' || kind === 'switchOrName' ? {} : { requiresArg: true }),
    ...(alias === undefined ? {} : { alias }),
    ...(defaultText === undefined ? {} : { defaultDescription: defaultText }),
  };
}

/** The dataset as it was named: the parser reads a lone hyphen as an empty text. */
export function namedDataset(dataset: string | undefined, words: readonly string[]): string | undefined {
  return dataset === '' && words.includes('-') ? '-' : dataset;
}
