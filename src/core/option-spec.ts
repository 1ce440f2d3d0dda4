/**
 * Type of a value: how its text is parsed, and its description in errors and help. Docs and schema are generated from
 * it too.
 */
export type OptionKind =
  | 'string'
  | 'path'
  | 'choice'
  | 'character'
  | 'boolean'
  | 'number'
  | 'integer'
  | 'share'
  | 'points'
  | 'amount'
  | 'age'
  | 'texts'
  | 'strings'
  | 'numbers'
  | 'thresholds'
  | 'values'
  | 'scorers'
  | 'models'
  | 'prompts'
  | 'headers'
  | 'switchOrPath'
  | 'switchOrName'
  | 'switchOrCount';

/** A numeric range; without an end there is no limit on that side. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  /** The ends themselves are excluded. */
  readonly isOpen?: true;
}

/** One value: of a flag, an argument, a key of promptgrid.yaml or an environment variable. */
export interface ValueSpec extends NumberRange {
  readonly kind: OptionKind;
  readonly describe: string;
  /** Values allowed. */
  readonly choices?: readonly string[];
  /** A valid value, for the hint of an error; default by kind. */
  readonly example?: string;
  /** An empty text is a value too: none, whatever a settings file or a run says. */
  readonly mayBeEmpty?: true;
}

/** The heading of an option in `--help`. */
export type OptionGroup =
  | 'Estimate'
  | 'Grid'
  | 'Rows'
  | 'Request'
  | 'Scores'
  | 'Money'
  | 'Endpoint'
  | 'Pace'
  | 'Files'
  | 'Gates'
  | 'Pairs'
  | 'Output'
  | 'Flags'
  | 'Faults';

/**
 * One option of a command; options of a grid are also keys of promptgrid.yaml, environment variables and library
 * fields.
 */
export interface OptionSpec extends ValueSpec {
  readonly group: OptionGroup;
  readonly alias?: string;
  /** The flag without its hyphens, if it is not the name in kebab case. */
  readonly flag?: string;
  /** The placeholder of the value in `--help`, such as `<id,…>`; default by kind. */
  readonly placeholder?: string;
  /** Omitted in `run --help`, included in `run --help-all`. */
  readonly isRare?: true;
  /** The default, for `--help`. */
  readonly defaultText?: string;
  /** Available as a flag only: it makes no sense in a file. */
  readonly flagOnly?: true;
}

/** Values by their names. */
export type ValueTable = Readonly<Record<string, ValueSpec>>;

/** Options by their names in camelCase. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** `max-tokens` from `maxTokens`. */
export function flagName(option: string, { flag }: Pick<OptionSpec, 'flag'> = {}): string {
  return flag ?? option.replace(/[A-Z]|(?<!\d)\d/g, (start) => `-${start.toLowerCase()}`);
}

/** True for a finite number within the range. */
export function isWithin({ min = -Infinity, max = Infinity, isOpen }: NumberRange, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  return isOpen === true ? value > min && value < max : value >= min && value <= max;
}

const NOUNS: Readonly<Partial<Record<OptionKind, string>>> = {
  number: 'a number',
  numbers: 'a number',
  integer: 'a whole number',
  switchOrCount: 'a whole number',
  share: 'a share',
  points: 'a number of points',
  amount: 'an amount',
  age: 'an age',
  character: 'one character, or \\t',
  boolean: 'true or false',
  thresholds: 'score=share with a share from 0 to 1',
  values: 'name=json',
  scorers: 'a scorer',
  headers: "'name: value'",
};

/** A valid value in words: `a whole number from 1`, `bare or bearer`. */
export function wantedValue({ kind, choices, mayBeEmpty, ...range }: ValueSpec): string {
  if (choices !== undefined) return oneOf(choices);
  const noun = NOUNS[kind];
  if (kind === 'points') return `${noun}${rangeText(range)}, with % below 1`;
  if (kind === 'share' && range.max === undefined) return `${noun}${rangeText(range)}, with % above 1`;
  if (noun !== undefined) return `${noun}${rangeText(range)}`;
  return mayBeEmpty === true ? "a text, or '' for none" : 'a text that is not empty';
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}

function rangeText({ min, max, isOpen }: NumberRange): string {
  if (min === undefined) return max === undefined ? '' : ` up to ${max}`;
  if (max === undefined) return isOpen === true ? ` above ${min}` : ` from ${min}`;
  return isOpen === true ? ` between ${min} and ${max}` : ` from ${min} to ${max}`;
}
