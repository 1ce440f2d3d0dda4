import { basename, extname } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, textOf } from '../../core/json.ts';
import { compileSchema } from '../../scorers/json-schema.ts';
import { readJsonFile } from './json-file.ts';
import { strictFault } from './strict-schema.ts';

const FLAG = '--response-format';

/** Names of schemas and tools, as OpenAI's API takes them. */
export const API_NAME = /^[\w-]{1,64}$/;

/** The parts of a schema that is asked for. */
interface NamedSchema {
  readonly name: string;
  readonly schema: JsonObject;
  readonly description?: JsonValue;
  readonly strict?: boolean;
}

/**
 * The field `response_format` from a file that holds a JSON Schema, or the field itself.
 * @param isStrict as the user set it; undefined leaves it as the file has it, and strict for a mere schema
 * @throws UsageError for what is no schema, and for one that strict mode refuses: with the path in the schema
 */
export async function readResponseFormat(path: string, isStrict: boolean | undefined): Promise<JsonObject> {
  const value = await readJsonFile({ path, flag: FLAG });
  if (!isJsonObject(value)) {
    throw new UsageError(`${FLAG}: ${path} holds no JSON object`, {
      hint: 'it holds a JSON Schema like {"type": "object", "properties": {…}}',
    });
  }
  if (value['type'] === 'json_object' || value['type'] === 'text') return value;
  const named = namedSchema(value, path);
  const strict = isStrict ?? named.strict;
  await checkSchema({
    schema: named.schema,
    where: `${FLAG}: ${path}`,
    lenient: strict === true ? '--no-strict-schema' : null,
  });
  return { type: 'json_schema', json_schema: { ...named, ...(strict === undefined ? {} : { strict }) } };
}

/** A schema, and how it is sent. */
interface CheckedSchema {
  readonly schema: JsonObject;
  /** What holds it, for errors. */
  readonly where: string;
  /** How strict mode is switched off; null if it is off. */
  readonly lenient: string | null;
}

/** @throws UsageError for a schema that is none, or that strict mode refuses */
export async function checkSchema({ schema, where, lenient }: CheckedSchema): Promise<void> {
  // Generators of schemas name the draft; what they use of it is the same in all of them.
  const { $schema: _draft, ...own } = schema;
  await compileSchema(own, where);
  const fault = lenient === null ? null : strictFault(schema);
  if (fault === null) return;
  const place = fault.path === '' ? 'the schema' : fault.path;
  throw new UsageError(`${where}: strict mode refuses ${place}: ${fault.what}`, {
    hint: `${fault.hint}; or send it all the same, without strict mode: ${lenient}`,
  });
}

/** The schema of a `response_format`, without its draft; null if it has none. */
export function schemaOf(format: JsonValue | undefined): JsonObject | null {
  const named = isJsonObject(format) ? format['json_schema'] : undefined;
  const schema = isJsonObject(named) ? named['schema'] : undefined;
  if (!isJsonObject(schema)) return null;
  const { $schema: _draft, ...own } = schema;
  return own;
}

/** A whole `response_format` of either of OpenAI's APIs, the object in it, or a mere schema. */
function namedSchema(value: JsonObject, path: string): NamedSchema {
  const inner = value['type'] === 'json_schema' ? (value['json_schema'] ?? value) : value;
  const isWhole = value['type'] === 'json_schema' || (value['type'] === undefined && isJsonObject(value['schema']));
  if (!isWhole) return { name: nameOf(path), schema: value, strict: true };
  const { schema, name, description, strict } = isJsonObject(inner) ? inner : {};
  if (!isJsonObject(schema)) {
    throw new UsageError(`${FLAG}: ${path} has no schema in its json_schema`, {
      hint: 'write it like {"type": "json_schema", "json_schema": {"name": "…", "schema": {…}}}',
    });
  }
  const given = textOf(name) ?? nameOf(path);
  if (!API_NAME.test(given)) {
    throw new UsageError(`${FLAG}: ${path}: the name ${JSON.stringify(given)} is not taken`, {
      hint: 'use up to 64 letters, digits, - and _',
    });
  }
  return {
    name: given,
    schema,
    ...(description === undefined ? {} : { description }),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

/** The file's name, as far as the API takes it. */
function nameOf(path: string): string {
  const name = basename(path, extname(path)).replaceAll(/[^\w-]/g, '_');
  return name === '' ? 'answer' : name.slice(0, 64);
}
