import type { Options } from 'yargs';
import { flagName, type OptionGroup, type OptionKind, type OptionSpec, type OptionTable } from '../core/option-spec.ts';

/** A flag as the parser takes it, with what its help says besides. */
export interface Flag extends Options {
  /** What stands for the value, such as `<file>`; in square brackets where it may be left out. */
  readonly placeholder?: string;
  /** Only `--help-all` shows it. */
  readonly isRare?: true;
}

/** What a person looks for under each group of options, in the order of `--help`. */
const HEADINGS: Readonly<Record<OptionGroup, string>> = {
  Estimate: 'Estimate',
  Grid: 'What to run',
  Rows: 'What to run',
  Request: 'Request fields',
  Scores: 'How to score',
  Money: 'Cost',
  Endpoint: 'Provider',
  Pace: 'Speed and retries',
  Files: 'Files',
  Gates: 'Gates',
  Pairs: 'What is compared',
  Output: 'Output',
  Flags: 'Flags',
  Faults: 'Faults',
};

/** What stands for a value of which nothing more is said; switches have none. */
const PLACEHOLDERS: Readonly<Partial<Record<OptionKind, string>>> = {
  number: '<n>',
  integer: '<n>',
  share: '<share>',
  points: '<points>',
  amount: '<amount>',
  age: '<age>',
  path: '<file>',
};

/** Kinds whose flags may be given several times. */
const REPEATABLE: ReadonlySet<OptionKind> = new Set(['texts', 'thresholds', 'values', 'scorers', 'headers']);

/** Options as yargs takes them, by group. Values stay texts, which `defineCommand` has read. */
export function flagsOf(options: OptionTable): Readonly<Record<string, Flag>> {
  const order = Object.keys(HEADINGS);
  const sorted = Object.entries(options).sort(
    ([, one], [, other]) => order.indexOf(one.group) - order.indexOf(other.group),
  );
  return Object.fromEntries(sorted.map(([name, spec]) => [flagName(name, spec), flagOf(spec)]));
}

function flagOf({ kind, alias, choices = [], defaultText, describe, group, placeholder, isRare }: OptionSpec): Flag {
  const isSwitch = kind === 'boolean';
  return {
    type: isSwitch ? 'boolean' : 'string',
    describe: namesAll(describe, choices) ? describe : `${describe}: ${choices.join(', ')}`,
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

function namesAll(text: string, choices: readonly string[]): boolean {
  return choices.every((choice) => text.includes(choice));
}
