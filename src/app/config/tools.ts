import { UsageError } from '../../core/errors.ts';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  objectOf,
  parseJson,
  textOf,
} from '../../core/json.ts';
import { describeJsonFault } from '../../datasets/json-fault.ts';
import { didYouMean } from '../../io/nearest.ts';
import { readJsonFile } from './json-file.ts';
import { API_NAME, checkSchema } from './response-format.ts';

const FLAG = '--tools';
const SHAPE = '{"type": "function", "function": {"name": "…", "parameters": {…}}}';

/**
 * The field `tools` from a file.
 * @throws UsageError for a tool that is none: with its place in the file, before anything is paid
 */
export async function readTools(path: string): Promise<JsonValue> {
  const value = await readJsonFile({ path, flag: FLAG });
  if (!isJsonArray(value) || value.length === 0) {
    throw new UsageError(`${FLAG}: ${path} holds no JSON array of tools`, {
      hint: `it holds an array like [${SHAPE}]`,
    });
  }
  const names = new Set<string>();
  for (const [index, tool] of value.entries()) {
    const where = `${FLAG}: ${path}: tool ${index + 1}`;
    const name = await checkTool(tool, where);
    if (name === null) continue;
    if (names.has(name)) throw new UsageError(`${where}: the name "${name}" is there twice`, { hint: 'rename one' });
    names.add(name);
  }
  return value;
}

/** @returns its name; null for a tool that is not a function, which providers know by its type */
async function checkTool(tool: JsonValue, where: string): Promise<string | null> {
  const type = isJsonObject(tool) ? textOf(tool['type']) : null;
  if (!isJsonObject(tool) || type === null) {
    throw new UsageError(`${where} has no type`, { hint: `write it like ${SHAPE}` });
  }
  if (type !== 'function') return null;
  const { function: definition } = tool;
  if (!isJsonObject(definition)) {
    throw new UsageError(`${where} has no object in "function"`, { hint: `write it like ${SHAPE}` });
  }
  const name = textOf(definition['name']) ?? '';
  if (!API_NAME.test(name)) {
    throw new UsageError(`${where}: the name ${JSON.stringify(definition['name'] ?? null)} is not taken`, {
      hint: 'use up to 64 letters, digits, - and _',
    });
  }
  await checkParameters(definition, `${where} "${name}"`);
  return name;
}

async function checkParameters({ parameters, strict }: JsonObject, where: string): Promise<void> {
  if (parameters === undefined || parameters === null) return;
  if (!isJsonObject(parameters)) {
    throw new UsageError(`${where}: its parameters are not a JSON Schema`, {
      hint: 'write them like {"type": "object"}',
    });
  }
  await checkSchema({
    schema: parameters,
    where: `${where}: parameters`,
    lenient: strict === true ? '"strict": false' : null,
  });
}

const CHOICES = ['auto', 'none', 'required'];

/**
 * The field `tool_choice`: a word, the name of a tool, or JSON.
 * @param tools the field of that name; null if each model has its own
 * @throws UsageError without tools, and for a name that no tool has
 */
export function readToolChoice(given: string, tools: JsonValue | null): JsonValue {
  if (tools !== null && listOf(tools).length === 0) {
    throw new UsageError('--tool-choice chooses among the tools of --tools, and there are none', {
      hint: 'give --tools file.json; for --functions there is --param function_call=…',
    });
  }
  if (CHOICES.includes(given)) return given;
  const choice = given.trimStart().startsWith('{') ? parseChoice(given) : named(given);
  const name = choice['type'] === 'function' ? textOf(objectOf(choice['function'])['name']) : null;
  const names = tools === null ? null : namesOf(tools);
  if (name === null || names === null || names.includes(name)) return choice;
  throw new UsageError(`--tool-choice: no tool is named "${name}"`, {
    hint: `use one of: ${[...CHOICES, ...names].join(', ')}${didYouMean(name, [...CHOICES, ...names])}`,
  });
}

function named(name: string): JsonObject {
  return { type: 'function', function: { name } };
}

function parseChoice(text: string): JsonObject {
  const value = parseJson(text);
  if (isJsonObject(value)) return value;
  const fault = describeJsonFault(text, 'value');
  throw new UsageError(`--tool-choice: ${fault?.what ?? 'it is not a JSON object'}`, {
    hint: `write it like ${JSON.stringify(named('name'))}`,
  });
}

function namesOf(tools: JsonValue): readonly string[] {
  return listOf(tools).flatMap((tool) => {
    const name = textOf(objectOf(objectOf(tool)['function'])['name']);
    return name === null ? [] : [name];
  });
}
