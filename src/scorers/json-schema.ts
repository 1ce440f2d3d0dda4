import type { AnySchemaObject, ErrorObject, ValidateFunction } from 'ajv';
import type { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import type { RegExpLike } from 'ajv/dist/types/index.js';
import { sha256 } from '../core/digest.ts';
import { UsageError } from '../core/errors.ts';
import { isJsonObject, type JsonValue, parseJson } from '../core/json.ts';
import { plainJson } from '../core/written-json.ts';
import { describeTextFault, readTextFile } from '../io/text-file.ts';
import { defineScorer, verdict } from './definition.ts';
import { jsonOptions, scoreJson } from './json-scorer.ts';

/** 1 if the JSON of the answer matches a schema. */
export const jsonSchema = defineScorer({
  name: 'json-schema',
  title: 'the JSON of the answer fits a schema of draft 2020-12: json-schema:<file>',
  argument: 'schema',
  options: (z) => ({
    schema: z
      .union([z.string().min(1), z.record(z.string(), z.json()), z.boolean()])
      .describe('path of the schema, or the schema itself'),
    ...jsonOptions(z),
  }),
  async create({ schema, ...options }, { label }) {
    const where = typeof schema === 'string' ? `${label}: ${schema}` : label;
    const read = typeof schema === 'string' ? await readSchema(schema, label) : schema;
    const validate = await compileSchema(read, where);
    return {
      needsExpected: false,
      sources: typeof schema === 'string' ? [sha256(JSON.stringify(read))] : [],
      score: ({ output }) =>
        scoreJson(output, options, (value) => verdict(validate(plainJson(value)), describeError(validate.errors))),
    };
  },
});

async function readSchema(path: string, label: string): Promise<JsonValue> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    const fault = describeTextFault(cause, path);
    if (fault !== null) throw new UsageError(`${label}: ${fault.message}`, { hint: fault.hint, cause });
    throw new UsageError(`${label}: ${path} cannot be read`, { hint: 'check the path of the schema', cause });
  });
  const value = parseJson(text);
  if (value !== undefined) return value;
  throw new UsageError(`${label}: ${path} is no JSON`, { hint: 'a schema is a JSON object, or true or false' });
}

/**
 * @param where what holds the schema, for errors
 * @throws UsageError for what is no schema of draft 2020-12
 */
export async function compileSchema(schema: JsonValue, where: string): Promise<ValidateFunction> {
  if (!isJsonObject(schema) && typeof schema !== 'boolean') {
    throw new UsageError(`${where}: a schema is a JSON object`, { hint: 'write it like {"type": "object"}' });
  }
  const ajv = await makeAjv();
  const plain: AnySchemaObject | boolean = typeof schema === 'boolean' ? schema : { ...schema };
  try {
    if (ajv.validateSchema(plain) === true) return ajv.compile(plain);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${where}: the schema cannot be used: ${reason}`, {
      hint: 'it must be of draft 2020-12, and all that it refers to must be in it',
      cause,
    });
  }
  throw new UsageError(`${where}: the schema is broken: ${describeError(ajv.errors) ?? 'it is not a schema'}`, {
    hint: 'mend it; the path is that inside the schema',
  });
}

async function makeAjv(): Promise<Ajv> {
  const parts = await Promise.all([import('ajv/dist/2020.js'), import('ajv-formats'), import('re2js')]);
  const [{ Ajv2020 }, formats, { RE2JS }] = parts;
  // A pattern of the schema runs on answers: with JavaScript's engine it might never end.
  const compile = (pattern: string): RegExpLike => RE2JS.compile(RE2JS.translateRegExp(pattern));
  const regExp = Object.assign(compile, { code: 're2js' });
  // By the standard, keywords unknown to ajv are annotations, not mistakes.
  const ajv = new Ajv2020({ strict: false, logger: false, code: { regExp } });
  formats.default.default(ajv);
  return ajv;
}

/** `/price must be number`: the first error. */
function describeError(errors: readonly ErrorObject[] | null | undefined): string | null {
  const [error] = errors ?? [];
  if (error === undefined) return null;
  return `${error.instancePath === '' ? 'the value' : error.instancePath} ${error.message ?? 'does not fit'}`;
}
