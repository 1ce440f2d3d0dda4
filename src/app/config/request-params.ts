import { UsageError } from '../../core/errors.ts';
import {
  isJsonArray,
  type JsonObject,
  type JsonValue,
  MAX_LEVELS,
  parseOutsideJson,
  TOO_DEEP,
} from '../../core/json.ts';
import { fieldFault, multiplierOf } from '../../core/request-fields.ts';
import { describeTextFault, readTextFile } from '../../io/text-file.ts';
import type { FileSettings } from './schema.ts';

/** Fields that promptgrid itself fills or reads, with what to use instead. */
const RESERVED: Readonly<Record<string, string>> = {
  model: '--model',
  messages: '--prompt or a messages column',
  temperature: '--temperature',
  n: '--repeat',
  best_of: '--repeat',
  stream: '--stream',
};

/** The request fields of every call, in the API's own names. */
export async function resolveParams(settings: FileSettings): Promise<JsonObject> {
  const fields: Readonly<Record<string, JsonValue | undefined>> = {
    max_tokens: settings.maxTokens,
    top_p: settings.topP,
    frequency_penalty: settings.frequencyPenalty,
    presence_penalty: settings.presencePenalty,
    functions: settings.functions === undefined ? undefined : await readFunctions(settings.functions),
    useWalletBalance: settings.useWalletBalance,
    ...checkReserved(settings.param ?? {}, '--param'),
  };
  const given = Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  for (const [name, value] of given) checkField(name, value, flagOf(name, value, settings));
  return Object.fromEntries(given);
}

/** A request field as it was given, in words. */
function flagOf(name: string, value: JsonValue, { maxTokens, param = {} }: FileSettings): string {
  const isFlag = name === 'max_tokens' && maxTokens !== undefined && !Object.hasOwn(param, name);
  return isFlag ? `--max-tokens ${maxTokens}` : `--param ${name}=${JSON.stringify(value)}`;
}

/**
 * @param what the field as it was given, for errors
 * @throws UsageError for a bound that does not bound: a budget would rely on it
 */
export function checkField(name: string, value: JsonValue, what: string): void {
  const fault = fieldFault(name, value);
  if (fault === null) return;
  if (multiplierOf(name, value) !== null) {
    throw new UsageError(`${what} asks for several answers: ${fault}`, { hint: 'use --repeat' });
  }
  throw new UsageError(`${what} is not a bound: ${fault}`, {
    hint: 'give such a number, or leave it out for no bound of yours',
  });
}

/** @param where the setting, for errors. @throws UsageError for a field that promptgrid itself fills or reads */
export function checkReserved(
  params: Readonly<Record<string, JsonValue>>,
  where: string,
): Readonly<Record<string, JsonValue>> {
  const taken = Object.keys(params).find((name) => Object.hasOwn(RESERVED, name));
  if (taken === undefined) return params;
  throw new UsageError(`${where} ${taken}: promptgrid sets this field itself`, { hint: `use ${RESERVED[taken]}` });
}

async function readFunctions(path: string): Promise<JsonValue> {
  const text = await readTextFile(path).catch((cause: unknown) => {
    const fault = describeTextFault(cause, path);
    if (fault !== null) throw new UsageError(`--functions: ${fault.message}`, { hint: fault.hint, cause });
    throw new UsageError(`--functions: ${path} cannot be read`, { hint: 'name a JSON file', cause });
  });
  const value = parseOutsideJson(text);
  if (isJsonArray(value)) return value;
  const fault = value === TOO_DEEP ? `is nested more than ${MAX_LEVELS} levels deep` : 'holds no JSON array';
  throw new UsageError(`--functions: ${path} ${fault}`, {
    hint: 'it holds an array like [{"name": "…", "parameters": {…}}]',
  });
}
