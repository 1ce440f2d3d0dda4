import { isJsonArray, type JsonObject, type JsonValue, listOf, objectOf } from './json.ts';

/** Schemas directly within a JSON Schema, with their places as JSON Pointers: `properties/price`. */
export function* schemaParts(schema: JsonObject): Generator<readonly [place: string, part: JsonValue]> {
  for (const name of ['properties', '$defs', 'definitions']) {
    for (const [key, part] of Object.entries(objectOf(schema[name]))) yield [`${name}/${pointer(key)}`, part];
  }
  const { items } = schema;
  if (items !== undefined && !isJsonArray(items)) yield ['items', items];
  for (const name of ['anyOf', 'oneOf', 'allOf', 'prefixItems']) {
    for (const [index, part] of listOf(schema[name]).entries()) yield [`${name}/${index}`, part];
  }
}

/** True if a schema is one of objects. */
export function isObjectSchema({ type, properties }: JsonObject): boolean {
  return type === 'object' || listOf(type).includes('object') || properties !== undefined;
}

/** A key in a JSON Pointer, by RFC 6901. */
function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
