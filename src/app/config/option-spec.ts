/** What values an option takes; `strings` and `numbers` are repeatable and, as a flag, comma-separated. */
export type OptionKind =
  | 'string'
  | 'texts'
  | 'strings'
  | 'number'
  | 'integer'
  | 'numbers'
  | 'boolean'
  | 'values'
  | 'scorers'
  | 'headers'
  | 'path'
  | 'switchOrPath'
  | 'switchOrName';

/** One option: a flag, a key of promptgrid.yaml, an environment variable and a field of the library's settings. */
export interface OptionSpec {
  readonly kind: OptionKind;
  readonly describe: string;
  /** Heading in `--help`. */
  readonly group: 'Grid' | 'Request' | 'Endpoint' | 'Pace' | 'Money' | 'Rows' | 'Scores' | 'Files';
  readonly alias?: string;
  /** What stands for the value in `--help`, such as `<id,…>`; default by the kind. */
  readonly placeholder?: string;
  /** `run --help` leaves it out; `run --help-all` has it. */
  readonly isRare?: true;
  /** Smallest value allowed. */
  readonly min?: number;
  /** Values allowed. */
  readonly choices?: readonly string[];
  /** Text for `--help` where the default is not a plain value. */
  readonly defaultText?: string;
  /** Only a flag: it makes no sense in a file. */
  readonly flagOnly?: true;
}
