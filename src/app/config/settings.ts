import { UsageError } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { GivenScorer } from '../../scorers/spec.ts';
import type { OptionKind, OptionSpec } from './option-spec.ts';
import { flagName, GRID_OPTIONS, type OptionName, variableName } from './options.ts';
import { readParamValue } from './param-value.ts';
import { parseNumber } from './values.ts';

interface ValueByKind {
  readonly string: string;
  readonly path: string;
  readonly texts: readonly string[];
  readonly strings: readonly string[];
  readonly number: number;
  readonly integer: number;
  readonly numbers: readonly number[];
  readonly boolean: boolean;
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly scorers: readonly GivenScorer[];
  readonly headers: readonly string[];
  readonly switchOrPath: boolean | string;
  readonly switchOrName: boolean | string;
}

/** Options of a grid with their values; each may be left out. The fields are described in GRID_OPTIONS. */
export type GridSettings = {
  readonly [Name in OptionName]?: ValueByKind[(typeof GRID_OPTIONS)[Name]['kind']] | undefined;
};

/** A value as a command line or an environment variable gives it. */
type RawValue = string | boolean | number | readonly (string | number)[];

/** Turns texts into an option's kind of value; what is no such value stays as it is and fails the schema. */
function readRawValue(spec: OptionSpec, raw: RawValue, where: string): JsonValue {
  const texts = (Array.isArray(raw) ? raw : [raw]).map(String);
  return READERS[spec.kind](texts, where);
}

const READERS: Readonly<Record<OptionKind, (texts: readonly string[], where: string) => JsonValue>> = {
  string: (texts, where) => single(texts, where),
  path: (texts, where) => single(texts, where),
  texts: (texts) => texts,
  strings: splitList,
  number: (texts, where) => toNumber(single(texts, where)),
  integer: (texts, where) => toNumber(single(texts, where)),
  numbers: (texts) => splitList(texts).map(toNumber),
  boolean: (texts, where) => toBoolean(single(texts, where)),
  values: readAssignments,
  scorers: (texts) => texts,
  headers: (texts) => texts,
  switchOrPath: (texts, where) => readSwitch(single(texts, where)),
  switchOrName: (texts, where) => readSwitch(single(texts, where)),
};

function single(texts: readonly string[], where: string): string {
  const [text, ...more] = texts;
  if (text !== undefined && more.length === 0) return text;
  throw new UsageError(`${where} is given ${texts.length} times`, { hint: `give ${where} once` });
}

function splitList(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(',').map((part) => part.trim())).filter((part) => part !== '');
}

function toNumber(text: string): JsonValue {
  return parseNumber(text) ?? text;
}

function toBoolean(text: string): JsonValue {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : text;
}

/** A flag without a value switches on. */
function readSwitch(text: string): JsonValue {
  return text === '' ? true : toBoolean(text);
}

function readAssignments(texts: readonly string[], where: string): JsonValue {
  const entries = texts.map((text): [string, JsonValue] => {
    const at = text.indexOf('=');
    const name = text.slice(0, at);
    if (at > 0) return [name, readParamValue({ where, name, text: text.slice(at + 1) })];
    throw new UsageError(`${where}: "${text}" is not name=value`, { hint: `write it like ${where} seed=7` });
  });
  return Object.fromEntries(entries);
}

/** Options found in environment variables PROMPTGRID_…. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, JsonValue> {
  const found: Record<string, JsonValue> = {};
  for (const [name, spec] of Object.entries<OptionSpec>(GRID_OPTIONS)) {
    const variable = variableName(name);
    const text = env[variable];
    if (text !== undefined && text !== '' && spec.flagOnly !== true) found[name] = readRawValue(spec, text, variable);
  }
  return found;
}

/** Options found on a command line; keys are option names, absent ones undefined. */
export function readFlags(flags: Readonly<Record<string, unknown>>): Record<string, JsonValue> {
  const found: Record<string, JsonValue> = {};
  for (const [name, spec] of Object.entries<OptionSpec>(GRID_OPTIONS)) {
    const raw = flags[name];
    if (isRawValue(raw)) found[name] = readRawValue(spec, raw, `--${flagName(name)}`);
  }
  return found;
}

function isRawValue(value: unknown): value is RawValue {
  return ['string', 'boolean', 'number'].includes(typeof value) || Array.isArray(value);
}
