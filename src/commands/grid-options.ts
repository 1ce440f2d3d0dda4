import type { Options } from 'yargs';
import type { OptionSpec } from '../app/config/option-spec.ts';
import { flagName, GRID_OPTIONS, type OptionName } from '../app/config/options.ts';

/**
 * Options as yargs takes them. Values stay texts: the configuration reads and checks them.
 * @param names which; every option of a grid without it
 */
export function gridOptions(names?: readonly OptionName[]): Readonly<Record<string, Options>> {
  const wanted = Object.entries<OptionSpec>(GRID_OPTIONS).filter(([name]) => names?.some((n) => n === name) ?? true);
  return { ...Object.fromEntries(wanted.map(([name, spec]) => [flagName(name), yargsOption(spec)])), config: CONFIG };
}

const CONFIG: Options = {
  alias: 'c',
  type: 'string',
  group: 'Files:',
  requiresArg: true,
  describe: 'settings file',
  defaultDescription: 'promptgrid.yaml where there is one',
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

function yargsOption({ kind, alias, choices, defaultText, describe, group }: OptionSpec): Options {
  const isSwitch = kind === 'boolean';
  return {
    type: isSwitch ? 'boolean' : 'string',
    describe: choices === undefined ? describe : `${describe}: ${choices.join(', ')}`,
    group: `${group}:`,
    ...(isSwitch || kind === 'switchOrPath' || kind === 'switchOrName' ? {} : { requiresArg: true }),
    ...(alias === undefined ? {} : { alias }),
    ...(defaultText === undefined ? {} : { defaultDescription: defaultText }),
  };
}

/** The dataset as it was named: the parser reads a lone hyphen as an empty text. */
export function namedDataset(dataset: string | undefined, words: readonly string[]): string | undefined {
  return dataset === '' && words.includes('-') ? '-' : dataset;
}
