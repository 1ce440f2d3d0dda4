import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';
import { type EncodingName, modelEncoding } from './encodings.ts';
import { CL100K_FRAME, type DefinitionFrame, definitionTexts, O200K_FRAME } from './token-definitions.ts';
import type { PromptCount } from './token-kinds.ts';
import { Tokenizer, TokenTally } from './tokenizer.ts';
import { readVocabulary } from './vocabulary-file.ts';

/** Counts tokens in one of OpenAI's encodings. Every function is synchronous and never throws, whatever the text. */
export interface TokenCounter {
  /**
   * Tokens of a text; special tokens such as `<|endoftext|>` are plain text here. Linear time. Exact for every text
   * without an unbroken run of more than 16,384 UTF-16 code units, see `Tokenizer`.
   */
  readonly countText: (text: string) => number;
  /**
   * Tokens of a chat as the model reads it: 3 for each message, 1 more for a `name`, 3 for the start of the reply, and
   * those of each value. `content` is a text, null or parts, of which those with a `text` count; a value that is not a
   * text, such as `tool_calls`, counts as its JSON. Source: OpenAI Cookbook, "How to count tokens with tiktoken",
   * section 6 (the form of gpt-3.5-turbo-0613 and later). Server additions, such as the system message of gpt-oss or
   * hidden instructions, are not included.
   */
  readonly countMessages: (messages: readonly Message[]) => number;
  /**
   * Tokens of a request's prompt: its messages, and the definitions in `functions`, `tools` and `response_format` (see
   * `definitionTexts`). How models see definitions is not published; the rule for functions was fitted to gpt-4o, gpt-4
   * and gpt-3.5, so the figure for definitions is an approximation.
   */
  readonly countPrompt: (messages: readonly Message[], params: JsonObject) => number;
  /** The result of `countPrompt` by kind of token: enough to derive every model's figures without counting again. */
  readonly countPromptByKind: (messages: readonly Message[], params: JsonObject) => PromptCount;
  /** Tokens of the definitions in a request, a part of `countPromptByKind`. */
  readonly countDefinitionsByKind: (params: JsonObject) => PromptCount;
  /** The longest beginning of a text with at most this many tokens; never ends within a surrogate pair. */
  readonly truncate: (text: string, maxTokens: number) => string;
}

const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_NAME = 1;
const TOKENS_OF_REPLY_START = 3;

const counters = new Map<EncodingName, Promise<TokenCounter>>();

/**
 * The token counter for a model: that of its encoding, see `modelEncoding`.
 * @param model the id as the API takes it, with or without a `vendor/` prefix; one that is not OpenAI's uses
 * `o200k_base`, which is an approximation (see `modelTokens`)
 */
export function loadTokenCounter(model: string): Promise<TokenCounter> {
  return loadEncodingCounter(modelEncoding(model).encoding);
}

/**
 * The token counter of an encoding, always the same instance. The vocabulary (2 to 4 MB) is read at its first use;
 * `o200k_harmony` counts like `o200k_base` and shares its counter.
 */
export function loadEncodingCounter(encoding: EncodingName): Promise<TokenCounter> {
  const known = counters.get(encoding);
  if (known !== undefined) return known;
  const loading = loadCounter(encoding);
  counters.set(encoding, loading);
  return loading;
}

async function loadCounter(encoding: EncodingName): Promise<TokenCounter> {
  switch (encoding) {
    case 'cl100k_base':
      return createTokenCounter(new Tokenizer(readVocabulary('cl100k_base'), 'cl100k'), CL100K_FRAME);
    case 'o200k_base':
      return createTokenCounter(new Tokenizer(readVocabulary('o200k_base'), 'o200k'), O200K_FRAME);
    case 'o200k_harmony':
      return await loadEncodingCounter('o200k_base');
  }
}

function createTokenCounter(tokenizer: Tokenizer, frame: DefinitionFrame): TokenCounter {
  const countText = (text: string): number => {
    const tally = new TokenTally();
    tokenizer.count(text, tally);
    return tally.tokens;
  };
  const tallyMessages = (messages: readonly Message[]): TokenTally => {
    const tally = new TokenTally();
    tally.add('frame', TOKENS_OF_REPLY_START);
    for (const message of messages) addMessage(tokenizer, message, tally);
    return tally;
  };
  const addDefinitions = (tally: TokenTally, params: JsonObject): TokenTally => {
    const definitions = definitionTexts(params, frame);
    for (const text of definitions.texts) tokenizer.count(text, tally);
    tally.add('frame', definitions.frame);
    return tally;
  };
  const tallyPrompt = (messages: readonly Message[], params: JsonObject): TokenTally =>
    addDefinitions(tallyMessages(messages), params);
  return {
    countText,
    countMessages: (messages) => tallyMessages(messages).tokens,
    countPrompt: (messages, params) => tallyPrompt(messages, params).tokens,
    countPromptByKind: (messages, params) => tallyPrompt(messages, params).toCount(),
    countDefinitionsByKind: (params) => addDefinitions(new TokenTally(), params).toCount(),
    truncate: (text, maxTokens) => truncateText(countText, text, maxTokens),
  };
}

function addMessage(tokenizer: Tokenizer, message: Message, tally: TokenTally): void {
  tally.add('frame', TOKENS_PER_MESSAGE);
  for (const [key, value] of Object.entries(message)) {
    if (key === 'content') addContent(tokenizer, value, tally);
    else if (key === 'role') tally.add('frame', tokensOf(tokenizer, value));
    else addValue(tokenizer, value, tally);
    if (key === 'name') tally.add('frame', TOKENS_PER_NAME);
  }
}

function addContent(tokenizer: Tokenizer, content: JsonValue, tally: TokenTally): void {
  if (typeof content === 'string') tokenizer.count(content, tally);
  if (!Array.isArray(content)) return;
  for (const part of content) {
    const text: unknown = isJsonObject(part) ? part['text'] : undefined;
    if (typeof text === 'string') tokenizer.count(text, tally);
  }
}

function addValue(tokenizer: Tokenizer, value: JsonValue, tally: TokenTally): void {
  if (value !== null) tokenizer.count(typeof value === 'string' ? value : JSON.stringify(value), tally);
}

function tokensOf(tokenizer: Tokenizer, value: JsonValue): number {
  const tally = new TokenTally();
  addValue(tokenizer, value, tally);
  return tally.tokens;
}

function truncateText(countText: TokenCounter['countText'], text: string, maxTokens: number): string {
  if (countText(text) <= maxTokens) return text;
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (countText(text.slice(0, middle)) <= maxTokens) fits = middle;
    else tooLong = middle;
  }
  const lastUnit = text.charCodeAt(fits - 1);
  const isHalfPair = lastUnit >= 0xd800 && lastUnit <= 0xdbff;
  return text.slice(0, isHalfPair ? fits - 1 : fits);
}
