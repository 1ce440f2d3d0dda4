/**
 * How OpenAI's encodings split a text into pieces before they merge bytes; no token spans two pieces. Source:
 * `tiktoken_ext/openai_public.py` of OpenAI's tiktoken. Its regular expressions are Rust's, in which `\s` is Unicode's
 * White_Space and a case-insensitive letter has all its forms (`s` also as `ſ`); both are written out.
 */
export type SplitPattern = 'cl100k' | 'o200k';

const SPACE = String.raw`\p{White_Space}`;
const SOLID = String.raw`\P{White_Space}`;
const SIGN = String.raw`[^\p{White_Space}\p{L}\p{N}]`;
const BEFORE_WORD = String.raw`[^\r\n\p{L}\p{N}]?`;
const CONTRACTION = `'(?:[sSſdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;

const PATTERNS: Readonly<Record<SplitPattern, readonly string[]>> = {
  cl100k: [
    CONTRACTION,
    String.raw`${BEFORE_WORD}\p{L}+`,
    String.raw`\p{N}{1,3}`,
    String.raw` ?${SIGN}+[\r\n]*`,
    `${SPACE}+$`,
    String.raw`${SPACE}*[\r\n]`,
    `${SPACE}+(?!${SOLID})`,
    SPACE,
  ],
  o200k: [
    `${BEFORE_WORD}${UPPER}*${LOWER}+(?:${CONTRACTION})?`,
    `${BEFORE_WORD}${UPPER}+${LOWER}*(?:${CONTRACTION})?`,
    String.raw`\p{N}{1,3}`,
    String.raw` ?${SIGN}+[\r\n/]*`,
    String.raw`${SPACE}*[\r\n]+`,
    `${SPACE}+(?!${SOLID})`,
    `${SPACE}+`,
  ],
};

/** A global regular expression whose matches are the pieces of a text, without gaps. */
export function splitPattern(name: SplitPattern): RegExp {
  return new RegExp(PATTERNS[name].join('|'), 'gu');
}
