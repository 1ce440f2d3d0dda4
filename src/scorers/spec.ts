import { UsageError } from '../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, numberOf, textOf, textOr } from '../core/json.ts';
import { columnText, columnValue, type Row } from '../core/row.ts';
import { WrittenNumber } from '../core/written-number.ts';
import { didYouMean } from '../io/nearest.ts';
import type { ScorerDefinition } from './definition.ts';

/** How a user specifies a scorer: a text as `--score` takes it, or an object of promptgrid.yaml. */
export type GivenScorer = string | JsonObject;

type Cell = string | number | boolean;

/** What every scorer may have in promptgrid.yaml besides its own options. */
export interface CommonOptions {
  /** What its column is called behind `score.`. */
  readonly name?: string | undefined;
  /** Turns the score round: 1 - value. */
  readonly not?: boolean | undefined;
  /** Value from 0 to 1 from which on an answer passes; default 1. */
  readonly threshold?: number | undefined;
  /** What it counts for in a variant's weighted score, from 0. */
  readonly weight?: number | undefined;
  /** The part of an answer that is judged instead of all of it. */
  readonly extract?: string | undefined;
  /** Asks it only about rows of which this holds. */
  readonly when?: { readonly column: string; readonly equals: readonly Cell[] } | undefined;
}

/** A parsed scorer specification. */
export interface ScorerSpec {
  readonly definition: ScorerDefinition;
  readonly common: CommonOptions;
  readonly options: JsonObject;
  /** Its name in errors. */
  readonly label: string;
}

/** Parses a spec. @throws UsageError that suggests the nearest scorer, or says what is wrong with the spec */
export function parseScorer(given: GivenScorer, known: readonly ScorerDefinition[]): ScorerSpec {
  return typeof given === 'string' ? parseText(given, known) : parseItem(given, known);
}

/** Before the name of a scorer whose score is turned round. */
export const NOT = 'not:';

function parseText(text: string, known: readonly ScorerDefinition[]): ScorerSpec {
  const isNegated = text.startsWith(NOT);
  const spec = isNegated ? text.slice(NOT.length) : text;
  const at = spec.indexOf(':');
  const definition = findScorer(at === -1 ? spec : spec.slice(0, at), known);
  const options = at === -1 ? {} : argumentOptions(definition, spec.slice(at + 1));
  return { definition, options, common: isNegated ? { not: true } : {}, label: `--score ${text}` };
}

function argumentOptions({ name, argument }: ScorerDefinition, text: string): JsonObject {
  if (argument === null) {
    throw new UsageError(`--score ${name} takes no argument`, { hint: `write --score ${name}` });
  }
  if (text !== '') return { [argument]: text };
  throw new UsageError(`--score ${name}: there is nothing behind the colon`, {
    hint: `write --score ${name}:<${argument}>`,
  });
}

function parseItem(item: JsonObject, known: readonly ScorerDefinition[]): ScorerSpec {
  const { type } = item;
  if (typeof type !== 'string') {
    throw new UsageError('a scorer without a type', { hint: 'write it like {type: numeric, tolerance: 0.01}' });
  }
  const isNegated = type.startsWith(NOT);
  const definition = findScorer(isNegated ? type.slice(NOT.length) : type, known);
  const common = commonOf(item);
  if (/\p{Cc}/u.test(common.name ?? '')) {
    throw new UsageError(`score ${type}: its name has control characters`, { hint: 'give it another name' });
  }
  const options = Object.fromEntries(
    Object.entries(item).filter(([key]) => key !== 'type' && !Object.hasOwn(common, key)),
  );
  return {
    definition,
    options,
    label: `score ${type}`,
    common: isNegated ? { ...common, not: !(common.not ?? false) } : common,
  };
}

/** Settings have been checked: a value of another type can only be in a run.json that was edited. */
function commonOf({ name, not, threshold, weight, extract, when }: JsonObject): CommonOptions {
  return {
    name: textOf(name) ?? undefined,
    not: typeof not === 'boolean' ? not : undefined,
    threshold: numberOf(threshold) ?? undefined,
    weight: numberOf(weight) ?? undefined,
    extract: textOf(extract) ?? undefined,
    when: isJsonObject(when) ? conditionOf(when) : undefined,
  };
}

function conditionOf({ column, equals = null }: JsonObject): CommonOptions['when'] {
  return { column: textOr(column, ''), equals: (isJsonArray(equals) ? equals : [equals]).filter(isCell) };
}

function isCell(value: JsonValue): value is Cell {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function findScorer(name: string, known: readonly ScorerDefinition[]): ScorerDefinition {
  const definition = known.find((scorer) => scorer.name === name);
  if (definition !== undefined) return definition;
  const names = known.map((scorer) => scorer.name);
  const several = name.split(',').map((part) => part.trim());
  if (several.length > 1 && several.every((part) => names.includes(part))) {
    // A pattern may have commas, so they divide nothing.
    throw new UsageError(`unknown scorer "${name}"`, {
      hint: `give each its own flag: ${several.map((part) => `--score ${part}`).join(' ')}`,
    });
  }
  throw new UsageError(`unknown scorer "${name}"`, {
    hint: `use one of: ${names.join(', ')}${didYouMean(name, names)}`,
  });
}

/** Whether a scorer applies to a row; without a condition it applies to all. */
export function rowFilter({ common: { when } }: ScorerSpec): (row: Row) => boolean {
  if (when === undefined) return () => true;
  const { column, equals } = when;
  const wanted = new Set(equals.map(String));
  return (row) => {
    const value = columnValue(row, column);
    // Settings hold plain numbers: 1.10 equals 1.1.
    return wanted.has(columnText(value)) || (value instanceof WrittenNumber && wanted.has(String(value.valueOf())));
  };
}

/** Unique names of scores: the user's name, else the scorer's name, numbered from the second on. */
export function scoreNames(specs: readonly ScorerSpec[]): readonly string[] {
  const taken = new Set<string>();
  for (const { common, label } of specs) {
    if (common.name === undefined) continue;
    if (taken.has(common.name)) {
      throw new UsageError(`${label}: another scorer is named "${common.name}" too`, {
        hint: 'give each its own name',
      });
    }
    taken.add(common.name);
  }
  return specs.map(({ common, definition, options }) => {
    if (common.name !== undefined) return common.name;
    const own = definition.defaultName?.(options) ?? definition.name;
    const base = common.not === true ? `not-${own}` : own;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    return name;
  });
}
