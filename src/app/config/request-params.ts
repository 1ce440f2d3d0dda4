import { UsageError } from '../../core/errors.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../../core/json.ts';
import { fieldFault, multiplierOf } from '../../core/request-fields.ts';
import { readJsonFile } from './json-file.ts';
import { readResponseFormat } from './response-format.ts';
import type { FileSettings } from './schema.ts';
import { readToolChoice, readTools } from './tools.ts';

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
    response_format: await responseFormatOf(settings),
    tools: settings.tools === undefined ? undefined : await readTools(settings.tools),
    ...logprobsFields(settings.logprobs),
    ...checkReserved(settings.param ?? {}, '--param'),
  };
  const all = { ...fields, ...toolChoiceField(fields['tools'], settings) };
  const given = Object.entries(all).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  for (const [name, value] of given) checkField(name, value, flagOf(name, value, settings));
  return Object.fromEntries(given);
}

function responseFormatOf({ responseFormat, strictSchema }: FileSettings): undefined | Promise<JsonObject> {
  if (responseFormat !== undefined) return readResponseFormat(responseFormat, strictSchema);
  if (strictSchema === undefined) return undefined;
  throw new UsageError('--strict-schema is about the schema of --response-format, and there is none', {
    hint: 'give --response-format schema.json, or remove it',
  });
}

function logprobsFields(given: FileSettings['logprobs']): Readonly<Record<string, JsonValue>> {
  if (typeof given !== 'number') return given === undefined ? {} : { logprobs: given };
  return { logprobs: true, top_logprobs: given };
}

function toolChoiceField(tools: JsonValue | undefined, settings: FileSettings): Readonly<Record<string, JsonValue>> {
  const { toolChoice, model = [] } = settings;
  if (toolChoice === undefined) return {};
  const ofModels = model.some((entry) => typeof entry !== 'string' && entry.params?.['tools'] !== undefined);
  return { tool_choice: readToolChoice(toolChoice, ofModels ? null : (tools ?? [])) };
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
  const value = await readJsonFile({ path, flag: '--functions' });
  if (isJsonArray(value)) return value;
  throw new UsageError(`--functions: ${path} holds no JSON array`, {
    hint: 'it holds an array like [{"name": "…", "parameters": {…}}]',
  });
}
