/** An encoding that OpenAI publishes. `o200k_harmony` has o200k_base's texts and other marks around them. */
export type EncodingName = 'cl100k_base' | 'o200k_base' | 'o200k_harmony';

/** How a model's tokens are counted. */
export interface ModelEncoding {
  readonly encoding: EncodingName;
  /** True where it is the model's own; false where it only comes near, for the model's own is not public. */
  readonly isExact: boolean;
}

/** `openai/gpt-4o`, `openrouter/openai/gpt-4o`, `ft:gpt-4o-mini:org::id`; a vendor is whatever stands before a `/`. */
const MODEL_ID = /^(?:(?<vendors>.*)\/)?(?:ft:)?(?<name>[^/]*)$/s;
const OWN_VENDOR = /(?:^|\/)(?:openai|azure|azure-openai|github)$/;

// A name ends, or goes on with a date, a size or a variant: gpt-4o-2024-08-06, o3-mini, gpt-oss-20b:free.
const END = String.raw`(?=[-:@.]|$)`;
const NAMES: readonly (readonly [encoding: EncodingName, pattern: RegExp])[] = [
  ['o200k_harmony', new RegExp(`^gpt-oss${END}`)],
  [
    'o200k_base',
    new RegExp(
      String.raw`^(?:chatgpt-4o|gpt-4o|gpt-4\.\d+|gpt-5|gpt-audio|gpt-realtime|o[134]|codex-mini|computer-use)${END}`,
    ),
  ],
  [
    'cl100k_base',
    new RegExp(`^(?:gpt-3\\.5|gpt-35|gpt-4|text-embedding-ada-002|text-embedding-3|davinci-002|babbage-002)${END}`),
  ],
];

/**
 * The encoding of a model.
 * Source: `tiktoken/model.py` of OpenAI's tiktoken, and the prefixes that it has for families.
 * @param model the id as an API takes it, with or without vendors in front, a date or a variant behind. A name of
 * OpenAI's behind another vendor's is counted with its encoding and not taken for exact; every other name has
 * `o200k_base`, which is not its own.
 */
export function modelEncoding(model: string): ModelEncoding {
  const parts = MODEL_ID.exec(model.toLowerCase())?.groups;
  const name = parts?.['name'] ?? '';
  const vendors = parts?.['vendors'];
  const known = NAMES.find(([, pattern]) => pattern.test(name));
  if (known === undefined) return { encoding: 'o200k_base', isExact: false };
  return { encoding: known[0], isExact: vendors === undefined || OWN_VENDOR.test(vendors) };
}
