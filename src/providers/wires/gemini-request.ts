import { isJsonObject, type JsonObject, type JsonValue, listOf, objectOf, parseOutsideJson } from '../../core/json.ts';
import type { Message } from '../../core/prompt.ts';
import type { CompletionRequest } from '../../core/provider.ts';
import { readText } from '../read.ts';
import {
  answeredCallId,
  type ContentPart,
  callChoice,
  contentParts,
  givenTools,
  isCallResult,
  isInstruction,
  madeCalls,
  responseSchema,
  stopTexts,
} from './chat-message.ts';

/** The body of a request for `generateContent`. Source: `GenerateContentConfig` and `Content` of @google/genai 3.3.0. */
export function geminiBody({ model, messages, temperature, params }: CompletionRequest): JsonObject {
  const instructions = messages.filter(isInstruction).flatMap(contentParts).map(partOf);
  const contents = contentsOf(messages);
  const isApart = instructions.length > 0 && !GEMMA.test(model);
  const config = generationConfigOf(model, temperature, params);
  return {
    contents: isApart || instructions.length === 0 ? contents : withFirst(contents, instructions),
    ...(isApart ? { systemInstruction: { parts: instructions } } : {}),
    ...toolsOf(params),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...otherFields(params),
  };
}

/** The API refuses instructions to Gemma as a field: "Developer instruction is not enabled". */
const GEMMA = /^(?:models\/)?gemma-/i;

function withFirst(contents: readonly JsonObject[], instructions: readonly JsonObject[]): readonly JsonObject[] {
  const parts = instructions.map((part) => (typeof part['text'] === 'string' ? { text: `${part['text']}\n\n` } : part));
  const [first, ...rest] = contents;
  if (first?.['role'] !== 'user') return [{ role: 'user', parts }, ...contents];
  return [{ ...first, parts: [...parts, ...listOf(first['parts'])] }, ...rest];
}

function contentsOf(messages: readonly Message[]): readonly JsonObject[] {
  const contents: JsonObject[] = [];
  const names = new Map<string, string>();
  let results: JsonObject[] = [];
  for (const message of messages) {
    if (isInstruction(message)) continue;
    if (isCallResult(message)) {
      // The results of all calls of one message belong into one content.
      if (results.length === 0) contents.push({ role: 'user', parts: results });
      results.push({ functionResponse: resultOf(message, names) });
      continue;
    }
    results = [];
    const calls = madeCalls(message);
    for (const { id, name } of calls) names.set(id, name);
    const made = calls.map(({ id, name, args, thoughtSignature }) => ({
      functionCall: { id, name, args },
      ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
    }));
    const parts = [...contentParts(message).map(partOf), ...made];
    contents.push({
      role: message.role === 'assistant' ? 'model' : message.role,
      parts: parts.length === 0 ? [{ text: '' }] : parts,
    });
  }
  return contents;
}

/** A result that is a JSON object is the response itself, else its `output`. */
function resultOf(message: Message, names: ReadonlyMap<string, string>): JsonObject {
  const id = answeredCallId(message);
  const text = contentParts(message)
    .map((part) => (part.kind === 'text' ? part.text : ''))
    .join('');
  const value = parseOutsideJson(text);
  const name = names.get(id) ?? readText(message['name']) ?? id;
  return { id, name, response: isJsonObject(value) ? value : { output: text } };
}

/** A part of a content; one that OpenAI's API does not know is in the API's own format already. */
function partOf(given: ContentPart): JsonObject {
  switch (given.kind) {
    case 'text':
      return { text: given.text };
    case 'data':
      return { inlineData: { mimeType: given.mediaType, data: given.data } };
    case 'address':
      return { fileData: { fileUri: given.url } };
    case 'stored':
      return { fileData: { fileUri: given.id } };
    case 'other':
      return given.part;
  }
}

function toolsOf(params: JsonObject): JsonObject {
  const given = givenTools(params);
  const functions = given.flatMap((tool) => (tool.kind === 'function' ? [declarationOf(tool.definition)] : []));
  const own = given.flatMap((tool) => (tool.kind === 'other' ? [tool.tool] : []));
  const tools = [...(functions.length === 0 ? [] : [{ functionDeclarations: functions }]), ...own];
  const { tool_choice: newer, function_call: older } = params;
  const config = callingConfigOf(newer ?? older);
  return {
    ...(tools.length === 0 ? {} : { tools }),
    ...(config === null ? {} : { toolConfig: { functionCallingConfig: config, ...objectOf(params['toolConfig']) } }),
  };
}

/** `strict` has no counterpart: the API checks arguments in a mode of its own. */
function declarationOf({ name = null, description = null, parameters }: JsonObject): JsonObject {
  return {
    name,
    ...(description === null ? {} : { description }),
    // A JSON Schema; `parameters` takes a subset of OpenAPI's schemas.
    ...(isJsonObject(parameters) ? { parametersJsonSchema: parameters } : {}),
  };
}

function callingConfigOf(given: JsonValue | undefined): JsonObject | null {
  const choice = callChoice(given);
  if (choice === null) return null;
  if (typeof choice === 'object') return { mode: 'ANY', allowedFunctionNames: [choice.name] };
  return { mode: { auto: 'AUTO', none: 'NONE', required: 'ANY' }[choice] };
}

/** Names of OpenAI and of other APIs for members of `generationConfig`. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['max_output_tokens', 'maxOutputTokens'],
  ['max_completion_tokens', 'maxOutputTokens'],
  ['max_tokens', 'maxOutputTokens'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
  ['seed', 'seed'],
  ['logprobs', 'responseLogprobs'],
  ['top_logprobs', 'logprobs'],
]);

/** Members of `generationConfig` that the Gemini API takes. Source: `generateContentConfigToMldev` of @google/genai. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'responseLogprobs',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'mediaResolution',
  'speechConfig',
  'thinkingConfig',
  'imageConfig',
  'enableEnhancedCivicAnswers',
]);

/** Fields that are written elsewhere. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'stop',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'response_format',
  'reasoning_effort',
  'generationConfig',
  'service_tier',
]);

/** The user's own `generationConfig` wins over its single members, and those over what is made of OpenAI's names. */
function generationConfigOf(model: string, temperature: number | null, params: JsonObject): JsonObject {
  const { stop = null, response_format: format, reasoning_effort: effort = null, generationConfig } = params;
  const config: Record<string, JsonValue> = {};
  if (temperature !== null) config['temperature'] = temperature;
  for (const [name, target] of RENAMED) {
    const value = params[name] ?? null;
    if (value !== null) config[target] = value;
  }
  if (stop !== null) config['stopSequences'] = stopTexts(stop);
  if (isJsonObject(format) && format['type'] !== 'text') {
    config['responseMimeType'] = 'application/json';
    const schema = responseSchema(format);
    if (schema !== null) config['responseJsonSchema'] = schema;
  }
  for (const name of OWN_NAMES) {
    const value = params[name];
    if (value !== undefined) config[name] = value;
  }
  Object.assign(config, objectOf(generationConfig));
  const thinking = objectOf(config['thinkingConfig']);
  // With a budget and a level a request is refused.
  const isSet = thinking['thinkingBudget'] !== undefined || thinking['thinkingLevel'] !== undefined;
  if (typeof effort === 'string' && !isSet) config['thinkingConfig'] = { ...thinkingOf(model, effort), ...thinking };
  return config;
}

/** Models before Gemini 3 take a number of tokens instead of a level. */
const TAKES_BUDGET = /^(?:models\/)?gemini-[12]\b/i;

/** What Google's own OpenAI-compatible endpoint makes of efforts (ai.google.dev/gemini-api/docs/openai). */
const BUDGETS: Readonly<Record<string, number>> = { none: 0, minimal: 1024, low: 1024, medium: 8192, high: 24_576 };

function thinkingOf(model: string, effort: string): JsonObject {
  const budget = TAKES_BUDGET.test(model) ? BUDGETS[effort] : undefined;
  if (budget !== undefined) return { thinkingBudget: budget };
  return { thinkingLevel: effort === 'none' ? 'MINIMAL' : effort.toUpperCase() };
}

function otherFields(params: JsonObject): JsonObject {
  const fields: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(params)) {
    const isWritten = RENAMED.has(name) || OWN_NAMES.has(name) || ELSEWHERE.has(name);
    if (!isWritten && !(name === 'toolConfig' && isJsonObject(value) && hasChoice(params))) fields[name] = value;
  }
  const { service_tier: tier = null } = params;
  if (tier !== null) fields['serviceTier'] = tier;
  return fields;
}

function hasChoice({ tool_choice: newer, function_call: older }: JsonObject): boolean {
  return callChoice(newer ?? older) !== null;
}
