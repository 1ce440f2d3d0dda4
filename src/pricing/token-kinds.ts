/**
 * Content of a token, as far as tokenizers treat it differently: letters of a script, digits, signs (punctuation,
 * symbols, emoji, line ends, indents), or the frame that a chat puts around its texts.
 */
export const TOKEN_KINDS = ['latin', 'cyrillic', 'cjk', 'otherScript', 'digits', 'signs', 'frame'] as const;

/** One of `TOKEN_KINDS`. `cjk` is Chinese, Japanese and Korean; `otherScript` is every other one, such as Arabic. */
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Tokens of a prompt in one encoding. */
export interface PromptCount {
  /** The sum of `byKind`. */
  readonly tokens: number;
  /** Tokens of each kind. A piece of a text (a word with the sign or space before it) has its first letter's kind. */
  readonly byKind: Readonly<Record<TokenKind, number>>;
}

/** A count of zero tokens. */
export const NO_TOKENS: PromptCount = {
  tokens: 0,
  byKind: { latin: 0, cyrillic: 0, cjk: 0, otherScript: 0, digits: 0, signs: 0, frame: 0 },
};

/** The sum of two counts. A model's figures for a sum are the sums of its figures. */
export function addCounts(one: PromptCount, other: PromptCount): PromptCount {
  const byKind = { ...NO_TOKENS.byKind };
  for (const kind of TOKEN_KINDS) byKind[kind] = one.byKind[kind] + other.byKind[kind];
  return { tokens: one.tokens + other.tokens, byKind };
}

const FIRST_WORD_SIGN = /[\p{L}\p{N}]/u;
const SCRIPTS: readonly (readonly [kind: TokenKind, pattern: RegExp])[] = [
  ['latin', /\p{Script=Latin}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['cjk', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}ー]/u],
  ['digits', /\p{N}/u],
];

/** The kind of a piece: that of its first letter or digit, `signs` if it has none. */
export function kindOf(piece: string): TokenKind {
  const sign = FIRST_WORD_SIGN.exec(piece)?.[0];
  if (sign === undefined) return 'signs';
  return SCRIPTS.find(([, pattern]) => pattern.test(sign))?.[0] ?? 'otherScript';
}
