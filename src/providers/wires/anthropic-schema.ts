import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { isObjectSchema, schemaParts } from '../../core/schema-parts.ts';
import type { FieldFault } from '../wire.ts';

/** Bounds that schemas of answers must not have. */
const REFUSED = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'minProperties',
  'maxProperties',
]);

/**
 * What strict outputs of the Messages API refuse of a schema; null for nothing that is known. Source: platform.claude.com,
 * "Structured outputs", section on the limits of JSON Schema, and what @anthropic-ai/sdk 1.14.0 takes out of schemas.
 * @param path of the schema in its field, as a JSON Pointer
 * @param lenient how the schema is sent all the same
 */
export function schemaFault(schema: JsonObject, path: string, lenient: string): FieldFault | null {
  const refused = Object.keys(schema).find((name) => REFUSED.has(name) || isLongMinimum(name, schema));
  if (refused !== undefined) {
    const hint = `leave it out (--score json-schema:<file> can check it), or send it all the same with ${lenient}`;
    return { what: ` with ${path}/${refused}`, hint };
  }
  if (isObjectSchema(schema) && schema['additionalProperties'] !== false) {
    const what = ` without "additionalProperties": false${path === '' ? '' : ` at ${path}`}`;
    return { what, hint: `write it into the schema of each object, or send it all the same with ${lenient}` };
  }
  for (const [place, part] of schemaParts(schema)) {
    const fault = isJsonObject(part) ? schemaFault(part, `${path}/${place}`, lenient) : null;
    if (fault !== null) return fault;
  }
  return null;
}

/** `minItems` may be 0 or 1. */
function isLongMinimum(name: string, schema: JsonObject): boolean {
  return name === 'minItems' && schema[name] !== 0 && schema[name] !== 1;
}
