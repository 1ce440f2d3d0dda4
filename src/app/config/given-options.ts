import { UsageError } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import { isWithin, type ValueSpec, type ValueTable } from '../../core/option-spec.ts';
import { unknownKey } from '../../io/nearest.ts';
import { valueText } from '../../io/value-text.ts';
import type { OptionValues } from './settings.ts';
import { valueSchema } from './value-schema.ts';
import { badValue, refused } from './values.ts';

/** Where options of a function of the library stand. */
export interface GivenPlace {
  /** The option that holds them, such as `gates`; '' for the argument itself. */
  readonly name: string;
  /** Keys beside those of the table, which are read apart. */
  readonly apart?: readonly string[];
  /** The defaults: null is a value of those options whose default it is. */
  readonly defaults: object;
}

/**
 * Reads options that a program gives, checked and parsed as keys of promptgrid.yaml are; undefined ones are left out.
 * @throws UsageError that names the option, its value and what is allowed, or an unknown one and the nearest key
 */
export function readGiven<Table extends ValueTable>(
  table: Table,
  given: unknown,
  place: GivenPlace,
): OptionValues<Table>;
/** The schemas are made from the same table as the type. */
export function readGiven(table: ValueTable, given: unknown, { name, apart = [], defaults }: GivenPlace): object {
  const known = [...Object.keys(table), ...apart];
  const nullable = new Set(Object.entries(defaults).flatMap(([key, value]) => (value === null ? [key] : [])));
  const values: [string, unknown][] = [];
  for (const [key, value] of fieldsOf(given, name, known)) {
    if (value === undefined || (value === null && nullable.has(key)) || apart.includes(key)) continue;
    const spec = Object.hasOwn(table, key) ? table[key] : undefined;
    if (spec === undefined) throw refused(unknownKey(key, known, name));
    values.push([key, readGivenValue(spec, value, name === '' ? key : `${name}.${key}`)]);
  }
  return Object.fromEntries(values);
}

/** Values of a table, each given. */
type WholeValues<Table extends ValueTable> = {
  readonly [Name in keyof Table]-?: NonNullable<OptionValues<Table>[Name]>;
};

/** Reads a list of objects that have each key of the table. @throws UsageError as readGiven does */
export function readGivenList<Table extends ValueTable>(
  table: Table,
  given: unknown,
  name: string,
): readonly WholeValues<Table>[];
/** As above. */
export function readGivenList(table: ValueTable, given: unknown, name: string): readonly object[] {
  const known = Object.keys(table);
  if (!Array.isArray(given)) throw notHolding('a list of objects', known, { name, given });
  return given.map((item: unknown, index) => {
    const place = { name: `${name}.${index}`, defaults: {} };
    const values = readGiven(table, item, place);
    for (const [key, spec] of Object.entries(table)) {
      if (!Object.hasOwn(values, key)) readGivenValue(spec, undefined, `${place.name}.${key}`);
    }
    return values;
  });
}

function fieldsOf(given: unknown, name: string, known: readonly string[]): readonly (readonly [string, unknown])[] {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return Object.entries(given);
  throw notHolding('an object', known, { name, given });
}

function notHolding(
  what: string,
  known: readonly string[],
  { name, given }: { readonly name: string; readonly given: unknown },
): UsageError {
  const label = name === '' ? 'the options' : name;
  const hint = `give ${what} with the ${known.length === 1 ? 'key' : 'keys'} ${known.join(', ')}`;
  return new UsageError(`${label} must be ${what}, got ${valueText(given)}`, { hint });
}

/** Reads one value that a program must give. @throws UsageError that names it by its label, and what is allowed */
export function readGivenValue(spec: ValueSpec, value: unknown, label: string): unknown {
  // The library gives amounts as it returns them, in picounits.
  if (spec.kind === 'amount' && typeof value === 'bigint' && isWithin(spec, Number(value))) return value;
  const read = valueSchema(spec).safeParse(value);
  if (read.success) return read.data;
  throw refused(badValue(spec, { label, joint: ': ' }, jsonOf(value), valueText(value)));
}

/** What hints are made of: no object says anything there. */
function jsonOf(value: unknown): JsonValue {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
