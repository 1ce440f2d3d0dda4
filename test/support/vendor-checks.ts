import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  objectOf,
  textOf,
} from '../../src/core/json.ts';

/** Fields of `MessageCreateParamsBase` (@anthropic-ai/sdk 1.14.0), and those that only older header versions take. */
const ANTHROPIC_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'messages',
  'cache_control',
  'container',
  'diagnostics',
  'inference_geo',
  'metadata',
  'output_config',
  'service_tier',
  'speed',
  'stop_sequences',
  'stream',
  'system',
  'thinking',
  'tool_choice',
  'tools',
  'temperature',
  'top_p',
  'top_k',
]);

/** Kinds of blocks that requests may have (`ContentBlockParam`), as far as tests send them, with a required field. */
const ANTHROPIC_BLOCKS: Readonly<Record<string, string>> = {
  text: 'text',
  image: 'source',
  document: 'source',
  tool_use: 'input',
  tool_result: 'tool_use_id',
  thinking: 'signature',
};

/** What Anthropic's API finds wrong with a request, in its words; null for nothing. */
export function anthropicFault(body: JsonObject): string | null {
  const foreign = Object.keys(body).find((name) => !ANTHROPIC_FIELDS.has(name));
  if (foreign !== undefined) return `${foreign}: Extra inputs are not permitted`;
  const { model, max_tokens: maxTokens, messages, temperature, thinking, tools, tool_choice: choice } = body;
  if (typeof model !== 'string') return 'model: Field required';
  if (typeof maxTokens !== 'number') return 'max_tokens: Field required';
  if (!isJsonArray(messages ?? null) || listOf(messages).length === 0)
    return 'messages: at least one message is required';
  if (typeof temperature === 'number' && temperature > 1) return 'temperature: range: 0..1';
  const budget = isJsonObject(thinking) ? thinking['budget_tokens'] : undefined;
  if (typeof budget === 'number' && budget >= maxTokens) {
    return '`max_tokens` must be greater than `thinking.budget_tokens`.';
  }
  if (listOf(tools).some((tool) => !isJsonObject(tool) || typeof tool['name'] !== 'string'))
    return 'tools.0.name: Field required';
  if (
    listOf(tools).some(
      (tool) => isJsonObject(tool) && tool['type'] === undefined && !isJsonObject(tool['input_schema']),
    )
  ) {
    return 'tools.0.input_schema: Field required';
  }
  if (choice !== undefined && !(isJsonObject(choice) && typeof choice['type'] === 'string')) {
    return 'tool_choice: Input should be a valid dictionary or object';
  }
  return (
    listOf(messages)
      .map(turnFault)
      .find((fault) => fault !== null) ?? pairFault(listOf(messages))
  );
}

function turnFault(turn: JsonValue, index: number): string | null {
  const { role, content, ...others } = isJsonObject(turn) ? turn : {};
  const place = `messages.${index}`;
  if (role !== 'user' && role !== 'assistant') return `${place}.role: Input should be 'user' or 'assistant'`;
  const foreign = Object.keys(others)[0];
  if (foreign !== undefined) return `${place}.${foreign}: Extra inputs are not permitted`;
  if (typeof content === 'string') return content === '' ? `${place}: user messages must have non-empty content` : null;
  if (listOf(content).length === 0) return `${place}: user messages must have non-empty content`;
  return (
    listOf(content)
      .map((block, at) => blockFault(objectOf(block), `${place}.content.${at}`))
      .find((fault) => fault !== null) ?? null
  );
}

function blockFault(block: JsonObject, place: string): string | null {
  const type = textOf(block['type']) ?? '';
  const needed = ANTHROPIC_BLOCKS[type];
  if (needed === undefined)
    return `${place}: Input tag '${type}' found using 'type' does not match any of the expected tags`;
  if (block[needed] === undefined) return `${place}.${type}.${needed}: Field required`;
  return block['text'] === '' ? 'messages: text content blocks must be non-empty' : null;
}

/** Every call must be answered in the message right behind it. */
function pairFault(messages: readonly JsonValue[]): string | null {
  for (const [index, message] of messages.entries()) {
    const made = blocksOf(message).filter(({ type }) => type === 'tool_use');
    const answered = blocksOf(messages[index + 1]).map(({ tool_use_id: id }) => id);
    const open = made.find(({ id }) => !answered.includes(id ?? null));
    if (open !== undefined) {
      return `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${textOf(open['id']) ?? ''}`;
    }
  }
  return null;
}

function blocksOf(message: JsonValue | undefined): readonly JsonObject[] {
  return isJsonObject(message) ? listOf(message['content']).filter(isJsonObject) : [];
}

/** Fields of a request that `generateContentParametersToMldev` of @google/genai 3.3.0 writes. */
const GEMINI_FIELDS: ReadonlySet<string> = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'safetySettings',
  'cachedContent',
  'serviceTier',
  'labels',
  'store',
]);

const GENERATION_FIELDS: ReadonlySet<string> = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'responseLogprobs',
  'logprobs',
  'presencePenalty',
  'frequencyPenalty',
  'seed',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'mediaResolution',
  'speechConfig',
  'thinkingConfig',
  'imageConfig',
]);

const PART_FIELDS = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse'] as const;

/** What the Gemini API finds wrong with a request, in its words; null for nothing. */
export function geminiFault(body: JsonObject): string | null {
  const { contents, generationConfig = {} } = body;
  const foreign = Object.keys(body).find((name) => !GEMINI_FIELDS.has(name));
  if (foreign !== undefined) return unknownName(foreign, '');
  if (!isJsonObject(generationConfig)) return "Invalid value at 'generation_config'";
  const setting = Object.keys(generationConfig).find((name) => !GENERATION_FIELDS.has(name));
  if (setting !== undefined) return unknownName(setting, " at 'generation_config'");
  if (listOf(contents).length === 0) return '* GenerateContentRequest.contents: contents is not specified';
  for (const content of listOf(contents)) {
    const { role, parts } = isJsonObject(content) ? content : {};
    if (role !== 'user' && role !== 'model') return 'Please use a valid role: user, model.';
    const isWhole = listOf(parts).every(
      (part) => isJsonObject(part) && PART_FIELDS.some((name) => part[name] !== undefined),
    );
    if (!isWhole || listOf(parts).length === 0) {
      return "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field";
    }
  }
  return null;
}

function unknownName(name: string, place: string): string {
  return `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`;
}
