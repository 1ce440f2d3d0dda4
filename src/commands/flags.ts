import type { Options } from 'yargs';
import { flagName, type OptionGroup, type OptionKind, type OptionSpec, type OptionTable } from '../core/option-spec.ts';

/** A flag in the parser's form, with additional help. */
export interface Flag extends Options {
  /** Placeholder of the value, such as `<file>`; in square brackets if it is optional. */
  readonly placeholder?: string;
  /** Only shown by `--help-all`. */
  readonly isRare?: true;
}

/** The topic of each group of options, in the order of `--help`. */
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

/** Default placeholder of a value; switches have none. */
const PLACEHOLDERS: Readonly<Partial<Record<OptionKind, string>>> = {
  number: '<n>',
  integer: '<n>',
  share: '<share>',
  points: '<points>',
  amount: '<amount>',
  age: '<age>',
  path: '<file>',
};

/** Kinds whose flags may be repeated. */
const REPEATABLE: ReadonlySet<OptionKind> = new Set(['texts', 'thresholds', 'values', 'scorers', 'headers']);

/** Kinds whose flags need no value. */
const OPTIONAL: ReadonlySet<OptionKind> = new Set(['switchOrPath', 'switchOrName', 'switchOrCount']);

/** Options in the form of yargs, by group. Values stay texts; `defineCommand` parses them. */
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
    ...(isSwitch || OPTIONAL.has(kind) ? {} : { requiresArg: true }),
    ...(alias === undefined ? {} : { alias }),
    ...(defaultText === undefined ? {} : { defaultDescription: defaultText }),
  };
}

function namesAll(text: string, choices: readonly string[]): boolean {
  return choices.every((choice) => text.includes(choice));
}
