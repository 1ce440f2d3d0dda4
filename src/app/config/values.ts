import { UsageError } from '../../core/errors.ts';
import type { LeastScore } from '../../core/gate-settings.ts';
import type { JsonValue } from '../../core/json.ts';
import { type Picounits, parseDecimal } from '../../core/money.ts';
import { isWithin, type NumberRange, type OptionKind, type ValueSpec, wantedValue } from '../../core/option-spec.ts';
import { hundredthOf } from '../../core/rounding.ts';
import { didYouMean } from '../../io/nearest.ts';

/**
 * Parsers of the values of flags, arguments, variables and the settings file. All numbers use JSON-like notation: `20`,
 * `0.25`, `.5`, `1e-1`; not `0x2`, `1_000` or `0,25`.
 */

const NUMBER = /^[+-]?(?:\d{1,99}\.?\d{0,99}|\.\d{1,99})(?:e[+-]?\d{1,3})?$/i;

/** Parses a finite decimal number; null for anything else. */
export function parseNumber(text: string): number | null {
  const number = NUMBER.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/**
 * Parses a share: a number up to 1 or a percentage, `0.1` or `10%`; null for anything else. `10` may be meant as 10 %.
 */
export function parseShare(text: string): number | null {
  const trimmed = text.trim();
  if (!trimmed.endsWith('%')) return within({ max: 1 }, parseNumber(trimmed));
  const percent = parseNumber(trimmed.slice(0, -1));
  return percent === null ? null : hundredthOf(percent);
}

/** A share as percentage points, without rounding error: 0.07 is 7. */
export function pointsOf(share: number): number {
  return Number((100 * share).toFixed(9));
}

const AGE = /^(.*\d\.?)\s*([mhdw])$/;
const UNIT_MS: ReadonlyMap<string | undefined, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** Milliseconds of an age such as `30d`; null for anything else. */
function parseAge(text: string): number | null {
  const [, amount = '', unit] = AGE.exec(text.trim()) ?? [];
  const number = parseNumber(amount);
  return number === null || number < 0 ? null : number * (UNIT_MS.get(unit) ?? 0);
}

/** A share of percentage points: `2`, `2%` or `2 points`. `0.02` alone may be meant as 2 of them, `0.02%` may not. */
function parsePoints(text: string, spec: ValueSpec): number | null {
  const trimmed = text.trim();
  const number = trimmed.replace(/(?:%| ?points?)$/, '');
  const points = within(spec, parseNumber(number));
  return points === null || (number === trimmed && isShareLike(points)) ? null : hundredthOf(points);
}

function isShareLike(points: number): boolean {
  return points > 0 && points < 1;
}

function within(spec: NumberRange, value: number | null): number | null {
  return value !== null && isWithin(spec, value) ? value : null;
}

function parseInteger(text: string, spec: NumberRange): number | null {
  const number = within(spec, parseNumber(text));
  return Number.isSafeInteger(number) ? number : null;
}

function parseAmount(text: string, spec: ValueSpec): Picounits | null {
  const amount = within(spec, parseNumber(text)) === null ? null : parseDecimal(text);
  // An amount below a picounit counts as zero.
  return amount === 0n && spec.isOpen === true ? null : amount;
}

/** `exact=0.9` or `exact=90%` */
function parseThreshold(text: string): LeastScore | null {
  const at = text.lastIndexOf('=');
  const least = within({ min: 0, max: 1 }, parseShare(text.slice(at + 1)));
  return at < 1 || least === null ? null : { scorer: text.slice(0, at).trim(), least };
}

/** The value types that one text can have. */
type ParsedValue = number | Picounits | boolean | string | LeastScore;

/** How one text is parsed; null for an invalid value. Kinds without a parser take any text that is not empty. */
const PARSERS: Readonly<Partial<Record<OptionKind, (text: string, spec: ValueSpec) => ParsedValue | null>>> = {
  number: (text, spec) => within(spec, parseNumber(text)),
  numbers: (text, spec) => within(spec, parseNumber(text)),
  integer: parseInteger,
  switchOrCount: parseInteger,
  share: (text, spec) => within(spec, parseShare(text)),
  points: parsePoints,
  amount: parseAmount,
  age: parseAge,
  thresholds: parseThreshold,
  boolean: (text) => parseSwitch(text),
  character: (text) => (text === '\\t' ? '\t' : [...text].length === 1 ? text : null),
};

/** `true`, `1`, `false` or `0`; null for anything else. */
export function parseSwitch(text: string): boolean | null {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}

/** Parses one text as a value of that kind: points and shares as shares, ages in milliseconds; null if invalid. */
export function parseValue(spec: ValueSpec, text: string): ParsedValue | null {
  const parse = PARSERS[spec.kind];
  if (parse !== undefined) return parse(text, spec);
  if (text === '') return spec.mayBeEmpty === true ? text : null;
  return (spec.choices?.includes(text) ?? true) ? text : null;
}

/** Where a value is given. */
export interface ValuePlace {
  /** The flag, argument, variable or key as written: `--max-errored`. */
  readonly label: string;
  /** The separator between that and the value. */
  readonly joint: ' ' | '=' | ': ';
}

const EXAMPLES: Readonly<Partial<Record<OptionKind, string>>> = {
  number: '1',
  integer: '10',
  switchOrCount: '5',
  numbers: '0.7',
  share: '10%',
  points: '2',
  amount: '500',
  age: '30d',
  thresholds: 'exact=0.9',
  character: ',',
  values: 'seed=7',
};

/** A valid value of an option; undefined if any text is valid. */
export function exampleOf({ example, kind, choices }: ValueSpec): string | undefined {
  return example ?? choices?.[0] ?? EXAMPLES[kind];
}

/** What is wrong with a value, and what to do. */
interface BadValue {
  readonly what: string;
  readonly hint: string;
}

/** A value as a message shows it: YAML has numbers that JSON writes as null. */
export function valueJson(value: JsonValue): string {
  if (typeof value === 'number') return String(value);
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? `${item}` : item,
  );
}

/** `--flag must be …, got …`, for every value that is refused. @param shown the value as the message shows it */
export function badValue(
  spec: ValueSpec,
  { label, joint }: ValuePlace,
  value: JsonValue,
  shown = valueJson(value),
): BadValue {
  // The value of a header may be a secret.
  const got = spec.kind === 'headers' ? 'something else, which is not shown' : shown;
  return { what: `${label} must be ${wantedValue(spec)}, got ${got}`, hint: hintOf(spec, { label, joint }, value) };
}

function hintOf(spec: ValueSpec, { label, joint }: ValuePlace, value: JsonValue): string {
  if (spec.choices !== undefined) {
    const nearest = typeof value === 'string' ? didYouMean(value, spec.choices) : '';
    return `use one of: ${spec.choices.join(', ')}${nearest}`;
  }
  const example = exampleOf(spec);
  switch (spec.kind) {
    case 'boolean':
      return 'give true or false';
    case 'headers':
      return "give texts like 'name: value', or in the settings file names with their values";
    case 'scorers':
      return 'give a text such as exact, or in the settings file an object with a type';
    case 'share':
    case 'thresholds':
      return percentHint(spec, value) ?? `give one, such as ${label}${joint}${example}`;
    case 'points':
      return pointsHint(spec, value) ?? `give one, such as ${label}${joint}${example}`;
    default:
      return example === undefined
        ? `give a text, or leave out ${label}`
        : `give one, such as ${label}${joint}${example}`;
  }
}

/** The two ways to write a percentage that was given without its sign; null for any other value. */
function percentHint(spec: ValueSpec, value: JsonValue): string | null {
  const [, name = '', number = ''] =
    /^(.*=)?([^=]*)$/s.exec(typeof value === 'string' ? value : JSON.stringify(value)) ?? [];
  const percent = parseNumber(number);
  if (percent === null || percent <= 1 || parseValue(spec, `${name}${percent}%`) === null) return null;
  return `write ${name}${percent}% or ${name}${hundredthOf(percent)}`;
}

/** The two that a number below 1 may mean; null for any other value. */
function pointsHint(spec: ValueSpec, value: JsonValue): string | null {
  const points = parseNumber(typeof value === 'string' ? value : JSON.stringify(value));
  if (points === null || !isShareLike(points) || parsePoints(`${points}%`, spec) === null) return null;
  return `write ${pointsOf(points)}% for ${pointsOf(points)} points of 100, or ${points}% for ${points}`;
}

/** Parses one text as a value of that kind. @throws UsageError in the common format of all values */
export function readValue(spec: ValueSpec, text: string, place: ValuePlace): ParsedValue {
  const value = parseValue(spec, text);
  if (value !== null) return value;
  throw refused(badValue(spec, place, text));
}

/** A fault as a command-line error. */
export function refused({ what, hint }: BadValue): UsageError {
  return new UsageError(what, { hint });
}
