import { isJsonObject, type JsonObject, listOf, objectOf, textsOf } from '../../core/json.ts';
import { isObjectSchema, schemaParts } from '../../core/schema-parts.ts';

/**
 * OpenAI's limits of a schema for strict outputs. Source: platform.openai.com/docs/guides/structured-outputs, "Supported
 * schemas", as of February 2026.
 */
const MOST_PROPERTIES = 5000;
const MOST_LEVELS = 10;
const MOST_CHARACTERS = 120_000;
const MOST_ENUM_VALUES = 1000;
/** An `enum` of texts with more values than this is limited in their length too. */
const LONG_ENUM_VALUES = 250;
const LONG_ENUM_CHARACTERS = 15_000;

/** Keywords that are refused. `oneOf` and those of names are not among the documented ones that are supported. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['allOf', 'join its schemas into one'],
  ['not', 'leave it out'],
  ['dependentRequired', 'leave it out'],
  ['dependentSchemas', 'leave it out'],
  ['if', 'write the cases as anyOf'],
  ['then', 'write the cases as anyOf'],
  ['else', 'write the cases as anyOf'],
  ['oneOf', 'write anyOf'],
  ['patternProperties', 'name the properties'],
  ['propertyNames', 'name the properties'],
]);

/** Why strict mode refuses a schema. */
export interface StrictFault {
  /** JSON Pointer of the part, such as `/properties/price`; empty for the whole schema. */
  readonly path: string;
  readonly what: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Why OpenAI's strict mode refuses a schema that is valid; null if it takes it. */
export function strictFault(schema: JsonObject): StrictFault | null {
  if (schema['anyOf'] !== undefined) {
    return { path: '', what: 'the root must not be anyOf', hint: 'put it into a property of an object' };
  }
  if (schema['type'] !== 'object') {
    return {
      path: '',
      what: 'the root must have "type": "object"',
      hint: 'put the value into a property of an object',
    };
  }
  return new StrictCheck().check(schema);
}

class StrictCheck {
  #properties = 0;
  #characters = 0;
  #enumValues = 0;

  check(schema: JsonObject): StrictFault | null {
    const fault = this.#faultAt(schema, '', 0);
    if (fault !== null) return fault;
    const totals: readonly (readonly [count: number, most: number, what: string])[] = [
      [this.#properties, MOST_PROPERTIES, 'properties'],
      [this.#enumValues, MOST_ENUM_VALUES, 'values of enums'],
      [this.#characters, MOST_CHARACTERS, 'characters in names and values of enums'],
    ];
    const over = totals.find(([count, most]) => count > most);
    if (over === undefined) return null;
    const [count, most, what] = over;
    return { path: '', what: `it has ${count} ${what}, and at most ${most} are taken`, hint: 'make it smaller' };
  }

  /** @param levels objects around this part */
  #faultAt(schema: JsonObject, path: string, levels: number): StrictFault | null {
    const [refused] = Object.keys(schema).flatMap((name) => {
      const hint = REFUSED.get(name);
      return hint === undefined ? [] : [{ path: `${path}/${name}`, what: 'is not taken', hint }];
    });
    if (refused !== undefined) return refused;
    const inner = isObjectSchema(schema) ? levels + 1 : levels;
    return (
      typeFault(schema, path) ??
      (inner > levels ? objectFault(schema, path, inner) : null) ??
      this.#countFault(schema, path) ??
      this.#innerFault(schema, path, inner)
    );
  }

  #countFault(schema: JsonObject, path: string): StrictFault | null {
    const names = [schema['properties'], schema['$defs'], schema['definitions']].flatMap((named) =>
      Object.keys(objectOf(named)),
    );
    this.#properties += Object.keys(objectOf(schema['properties'])).length;
    const values = listOf(schema['enum']);
    const constant = schema['const'];
    const texts = textsOf([...values, ...(constant === undefined ? [] : [constant])]);
    const length = lengthOf(texts);
    this.#enumValues += values.length;
    this.#characters += lengthOf(names) + length;
    if (values.length <= LONG_ENUM_VALUES || length <= LONG_ENUM_CHARACTERS) return null;
    const what = `has ${length} characters in ${values.length} values, and at most ${LONG_ENUM_CHARACTERS} are taken`;
    return { path: `${path}/enum`, what, hint: 'shorten the values' };
  }

  #innerFault(schema: JsonObject, path: string, levels: number): StrictFault | null {
    for (const [place, inner] of schemaParts(schema)) {
      const fault = isJsonObject(inner) ? this.#faultAt(inner, `${path}/${place}`, levels) : null;
      if (fault !== null) return fault;
    }
    return null;
  }
}

const WITHOUT_TYPE = ['anyOf', '$ref', 'enum', 'const'];

function typeFault(schema: JsonObject, path: string): StrictFault | null {
  if (schema['type'] !== undefined || WITHOUT_TYPE.some((name) => schema[name] !== undefined)) return null;
  return { path, what: 'must have a type', hint: 'write one, such as "type": "string"' };
}

function objectFault(schema: JsonObject, path: string, levels: number): StrictFault | null {
  const required = listOf(schema['required']);
  const optional = Object.keys(objectOf(schema['properties'])).find((name) => !required.includes(name));
  if (schema['additionalProperties'] !== false) {
    return { path, what: 'additionalProperties must be false', hint: 'write "additionalProperties": false' };
  }
  if (optional !== undefined) {
    const hint = `name it there; a property that may be missing has the type ["string", "null"]`;
    return { path, what: `required must name every property, and "${optional}" is missing`, hint };
  }
  if (levels <= MOST_LEVELS) return null;
  return {
    path,
    what: `is nested in ${levels - 1} objects, and at most ${MOST_LEVELS} levels are taken`,
    hint: 'flatten it',
  };
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
