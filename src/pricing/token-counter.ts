import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';

/** Counts tokens as one encoding of OpenAI's does. Every function is synchronous and throws on no text. */
export interface TokenCounter {
  /**
   * Tokens of a text; marks such as `<|endoftext|>` are plain text here.
   * The time is linear in the length. Byte-pair merging is quadratic in one unbroken word, so a run of more than 512
   * letters, of blanks or of signs is counted in pieces of 512 code points: exact for every text without such a run,
   * at most a few tokens too many for each piece otherwise.
   */
  readonly countText: (text: string) => number;
  /**
   * Tokens of a chat as the model reads it: 3 for each message, 1 more for a `name`, 3 for the start of the reply, and
   * every value's own. `content` is a text, null or parts of which those with a `text` count; a value that is no text,
   * such as `tool_calls`, counts as its JSON.
   * Source: OpenAI Cookbook, "How to count tokens with tiktoken", section 6 (the form of gpt-3.5-turbo-0613 and later).
   */
  readonly countMessages: (messages: readonly Message[]) => number;
  /**
   * Tokens of a request's prompt: its messages, and the definitions in `functions` and `tools` as their JSON.
   * The form in which a model sees definitions is not published, so for those the figure is an approximation.
   */
  readonly countPrompt: (messages: readonly Message[], params: JsonObject) => number;
  /** The longest beginning of a text that has at most so many tokens; never ends within a surrogate pair. */
  readonly truncate: (text: string, maxTokens: number) => string;
}

type EncodingName = 'cl100k_base' | 'o200k_base';

interface Encoding {
  readonly countTokens: (text: string, options: { disallowedSpecial: Set<string> }) => number;
  readonly setMergeCacheSize: (size: number) => void;
  readonly clearMergeCache: () => void;
}

const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_NAME = 1;
const TOKENS_OF_REPLY_START = 3;

const MAX_RUN_LENGTH = 512;
// A cut is made only where the run goes on, so that texts without a longer run are counted whole.
const LONG_RUN = new RegExp(
  [String.raw`[\p{L}\p{M}]`, String.raw`\s`, String.raw`[^\s\p{L}\p{N}]`]
    .map((kind) => `${kind}{${MAX_RUN_LENGTH}}(?=${kind})`)
    .join('|'),
  'gu',
);

// The package remembers words with the text around them in memory; few words and no long texts keep that small.
const REMEMBERED_WORDS = 4096;
const LONGEST_REMEMBERED_TEXT = 16_384;

const OLDER_MODEL = /^(?:ft:)?(?:gpt-3\.5|gpt-35|gpt-4(?:[-:]|$)|text-embedding)/;

const encodings = new Map<EncodingName, Promise<TokenCounter>>();

/**
 * The token counter for a model. The vocabulary (some 2 MB) is loaded at the first call for its encoding.
 * @param model the id as the API takes it, with or without a `vendor/` in front; gpt-3.5, gpt-4 and text-embedding
 * have `cl100k_base`, every other model is counted with `o200k_base`, which for models that are not OpenAI's is an
 * approximation
 */
export function loadTokenCounter(model: string): Promise<TokenCounter> {
  const name = encodingOf(model);
  const known = encodings.get(name);
  if (known !== undefined) return known;
  const loading = loadEncoding(name).then(createTokenCounter);
  encodings.set(name, loading);
  return loading;
}

function encodingOf(model: string): EncodingName {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return OLDER_MODEL.test(name) ? 'cl100k_base' : 'o200k_base';
}

async function loadEncoding(name: EncodingName): Promise<Encoding> {
  switch (name) {
    case 'cl100k_base':
      return await import('gpt-tokenizer/encoding/cl100k_base');
    case 'o200k_base':
      return await import('gpt-tokenizer/encoding/o200k_base');
  }
}

function createTokenCounter(encoding: Encoding): TokenCounter {
  encoding.setMergeCacheSize(REMEMBERED_WORDS);
  const countText = (text: string): number => countInPieces(encoding, text);
  const countMessages = (messages: readonly Message[]): number =>
    messages.reduce((tokens, message) => tokens + countMessage(countText, message), TOKENS_OF_REPLY_START);
  return {
    countText,
    countMessages,
    countPrompt: (messages, params) => {
      const definitions = [params['functions'], params['tools']];
      return definitions.reduce(
        (tokens: number, value) => tokens + countValue(countText, value),
        countMessages(messages),
      );
    },
    truncate: (text, maxTokens) => truncateText(countText, text, maxTokens),
  };
}

function countInPieces(encoding: Encoding, text: string): number {
  let tokens = 0;
  let start = 0;
  for (const end of longRunCuts(text)) {
    tokens += countWhole(encoding, text.slice(start, end));
    start = end;
  }
  tokens += countWhole(encoding, start === 0 ? text : text.slice(start));
  if (text.length > LONGEST_REMEMBERED_TEXT) encoding.clearMergeCache();
  return tokens;
}

function countWhole(encoding: Encoding, text: string): number {
  return encoding.countTokens(text, { disallowedSpecial: new Set() });
}

function longRunCuts(text: string): readonly number[] {
  if (!mayHaveLongRun(text)) return [];
  return Array.from(text.matchAll(LONG_RUN), (match) => match.index + match[0].length);
}

/** False for nearly every text, and much cheaper than the pattern. A sign outside ASCII may belong to any run. */
function mayHaveLongRun(text: string): boolean {
  let solid = 0;
  let blank = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const isBlank = unit === 32 || (unit >= 9 && unit <= 13);
    solid = isBlank ? 0 : solid + 1;
    blank = isBlank || unit > 127 ? blank + 1 : 0;
    if (solid > MAX_RUN_LENGTH || blank > MAX_RUN_LENGTH) return true;
  }
  return false;
}

type CountText = TokenCounter['countText'];

function countMessage(countText: CountText, message: Message): number {
  let tokens = TOKENS_PER_MESSAGE;
  for (const [key, value] of Object.entries(message)) {
    tokens += key === 'content' ? countContent(countText, value) : countValue(countText, value);
    if (key === 'name') tokens += TOKENS_PER_NAME;
  }
  return tokens;
}

function countContent(countText: CountText, content: JsonValue): number {
  if (typeof content === 'string') return countText(content);
  if (!Array.isArray(content)) return 0;
  return content.reduce((tokens: number, part: unknown) => tokens + countPart(countText, part), 0);
}

function countPart(countText: CountText, part: unknown): number {
  if (!isJsonObject(part)) return 0;
  const text = part['text'];
  return typeof text === 'string' ? countText(text) : 0;
}

function countValue(countText: CountText, value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 0;
  return countText(typeof value === 'string' ? value : JSON.stringify(value));
}

function truncateText(countText: CountText, text: string, maxTokens: number): string {
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
