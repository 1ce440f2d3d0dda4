/**
 * An encoding published by OpenAI. `o200k_harmony` has the same text tokens as o200k_base and other special tokens
 * around them.
 */
export type EncodingName = 'cl100k_base' | 'o200k_base' | 'o200k_harmony';

/** How a model's tokens are counted. */
export interface ModelEncoding {
  readonly encoding: EncodingName;
  /** True if it is the model's own encoding; false if it is an approximation because the model's own is not public. */
  readonly isExact: boolean;
}

/** `openai/gpt-4o`, `openrouter/openai/gpt-4o`, `ft:gpt-4o-mini:org::id`; a vendor is the part before a `/`. */
const MODEL_ID = /^(?:(?<vendors>.*)\/)?(?:ft:)?(?<name>[^/]*)$/s;
const OWN_VENDOR = /(?:^|\/)(?:openai|azure|azure-openai|github)$/;

// A name ends here, or continues with a date, a size or a variant: gpt-4o-2024-08-06, o3-mini, gpt-oss-20b:free.
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
 * The encoding of a model. Source: `tiktoken/model.py` of OpenAI's tiktoken, with its prefixes for families.
 * @param model the id as the API takes it, possibly with vendor prefixes, a date or a variant suffix. An OpenAI name
 * under another vendor uses its encoding but does not count as exact; every other name uses `o200k_base`, which is not
 * its own.
 */
export function modelEncoding(model: string): ModelEncoding {
  const parts = MODEL_ID.exec(model.toLowerCase())?.groups;
  const name = parts?.['name'] ?? '';
  const vendors = parts?.['vendors'];
  const known = NAMES.find(([, pattern]) => pattern.test(name));
  if (known === undefined) return { encoding: 'o200k_base', isExact: false };
  return { encoding: known[0], isExact: vendors === undefined || OWN_VENDOR.test(vendors) };
}
