import type { LeastScore } from '../../core/gate-settings.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Picounits } from '../../core/money.ts';
import { flagName, type OptionKind, type OptionSpec, type ValueSpec, type ValueTable } from '../../core/option-spec.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import type { GivenModel, GivenPrompt } from './model-entries.ts';
import { GRID_OPTIONS, variableName } from './options.ts';
import { readParamValue } from './param-value.ts';
import { badValue, parseSwitch, readValue, refused, type ValuePlace } from './values.ts';

interface ValueByKind {
  readonly string: string;
  readonly path: string;
  readonly choice: string;
  readonly character: string;
  readonly boolean: boolean;
  readonly number: number;
  readonly integer: number;
  readonly share: number;
  /** As a share. */
  readonly points: number;
  readonly amount: Picounits;
  /** In milliseconds. */
  readonly age: number;
  readonly texts: readonly string[];
  readonly strings: readonly string[];
  readonly numbers: readonly number[];
  readonly thresholds: readonly LeastScore[];
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly scorers: readonly GivenScorer[];
  readonly models: readonly GivenModel[];
  readonly prompts: readonly GivenPrompt[];
  readonly headers: readonly string[];
  readonly switchOrPath: boolean | string;
  readonly switchOrName: boolean | string;
  readonly switchOrCount: boolean | number;
}

/** Kinds that the library takes as text, as a flag does. */
interface GivenByKind extends Omit<ValueByKind, 'share' | 'points' | 'amount' | 'thresholds'> {
  readonly share: number | string;
  readonly points: number | string;
  readonly amount: number | string;
  readonly thresholds: readonly string[];
}

type ValueOf<Spec extends ValueSpec, Values extends Record<OptionKind, unknown>> = Spec extends {
  readonly kind: 'choice';
  readonly choices: readonly (infer Choice)[];
}
  ? Choice
  : Values[Spec['kind']];

/** Parsed values of the options of a table; each is optional. */
export type OptionValues<Table extends ValueTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name], ValueByKind> | undefined;
};

/** Values of the options of a grid. GRID_OPTIONS describes the fields. */
export type GridSettings = OptionValues<typeof GRID_OPTIONS>;

/** Values of a table in the form of the library: amounts and shares as in a flag or a file. */
export type GivenValues<Table extends ValueTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name], GivenByKind> | undefined;
};

/** The options of a grid in that form. */
export type GivenGridSettings = GivenValues<typeof GRID_OPTIONS>;

/** A value from a command line or an environment variable; false for `--no-<flag>`. */
type RawValue = string | boolean | number | readonly unknown[];

/** Kinds with several values, each in its own flag; those of the second group may also be separated by commas. */
const LISTS: ReadonlySet<OptionKind> = new Set(['texts', 'prompts', 'scorers', 'headers', 'values']);
/** Kinds that are on or off, or have a value. */
const SWITCHES: ReadonlySet<OptionKind> = new Set(['switchOrPath', 'switchOrName', 'switchOrCount']);
const COMMA_LISTS: ReadonlySet<OptionKind> = new Set(['strings', 'models', 'numbers', 'thresholds']);

/** Reads one option of a command line or an environment. @throws UsageError that names the source */
function readOption(spec: ValueSpec, raw: RawValue, place: ValuePlace): unknown {
  const isSwitch = SWITCHES.has(spec.kind);
  if (typeof raw === 'boolean' && (isSwitch || spec.kind === 'boolean')) return raw;
  const given: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  if (given.includes(false)) throw refused(badValue(spec, place, false, place.label.replace('--', '--no-')));
  const texts = given.map(String);
  if (spec.kind === 'values') return readAssignments(spec, texts, place);
  if (LISTS.has(spec.kind)) return texts.map((text) => readValue(spec, text, place));
  if (COMMA_LISTS.has(spec.kind)) {
    const items = texts.flatMap((text) => splitList(spec, text));
    if (items.length === 0) throw refused(badValue(spec, place, texts.join(',')));
    return items.map((text) => readValue(spec, text, place));
  }
  const [text = ''] = texts;
  if (texts.length !== 1) {
    // Values are not shown: one may be a key.
    throw refused({ ...badValue(spec, place, texts, `${texts.length} values`), hint: `give ${place.label} once` });
  }
  return isSwitch ? readSwitch(spec, text, place) : readValue(spec, text, place);
}

function readSwitch(spec: ValueSpec, text: string, place: ValuePlace): unknown {
  // A flag without a value switches on.
  if (text === '') return true;
  if (spec.kind !== 'switchOrCount') return parseSwitch(text) ?? text;
  // `1` is a count.
  return text === 'true' || text === 'false' ? parseSwitch(text) : readValue(spec, text, place);
}

/**
 * A score name may contain commas, so only commas after a share separate two thresholds, and those of a share that is
 * written with a decimal comma, which is refused as a whole, do not.
 */
const BETWEEN_THRESHOLDS = /(?<==\s*[\d.,e%+-]+\s*),(?!\s*\d+\s*%?\s*(?:,|$))/i;

/** The parts of a list. */
function splitList({ kind }: ValueSpec, text: string): readonly string[] {
  const parts = text.split(kind === 'thresholds' ? BETWEEN_THRESHOLDS : ',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function readAssignments(spec: ValueSpec, texts: readonly string[], place: ValuePlace): JsonValue {
  const entries = texts.map((text): [string, JsonValue] => {
    const at = text.indexOf('=');
    const name = text.slice(0, at);
    if (at > 0) return [name, readParamValue({ where: place.label, name, text: text.slice(at + 1) })];
    throw refused(badValue(spec, place, text));
  });
  return Object.fromEntries(entries);
}

/** Options of a grid from PROMPTGRID_… environment variables. @throws UsageError that names the variable */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): GridSettings {
  return readTable(GRID_OPTIONS, (name, { flagOnly }) => {
    const label = variableName(name);
    const text = env[label];
    return text === undefined || text === '' || flagOnly === true ? null : { raw: text, label, joint: '=' };
  });
}

/**
 * Values of options and arguments of a command line.
 * @param given by name; absent ones are undefined
 * @throws UsageError that names the flag, or an argument as `<run>`
 */
export function readOptions<Table extends ValueTable>(
  table: Table,
  given: Readonly<Record<string, unknown>>,
): OptionValues<Table> {
  return readTable(table, (name, spec) => {
    const label = spec.group === undefined ? `<${name}>` : `--${flagName(name, spec)}`;
    const raw = given[name];
    // An argument that may be repeated is an empty list if it is not given.
    const isGiven = isRawValue(raw) && !(spec.group === undefined && Array.isArray(raw) && raw.length === 0);
    return isGiven ? { raw, label, joint: ' ' } : null;
  });
}

/** A value with its source. */
interface FoundValue extends ValuePlace {
  readonly raw: RawValue;
}

type FindValue = (name: string, spec: ValueSpec & Partial<OptionSpec>) => FoundValue | null;

/** Parses every value of a table that is present. The type is made from the table, as the values are. */
function readTable<Table extends ValueTable>(table: Table, find: FindValue): OptionValues<Table>;
function readTable(table: ValueTable, find: FindValue): object {
  const values = Object.entries(table).flatMap(([name, spec]): [string, unknown][] => {
    const found = find(name, spec);
    return found === null ? [] : [[name, readOption(spec, found.raw, found)]];
  });
  return Object.fromEntries(values);
}

function isRawValue(value: unknown): value is RawValue {
  return ['string', 'boolean', 'number'].includes(typeof value) || Array.isArray(value);
}
