import * as fc from 'fast-check';
import { get_encoding, type Tiktoken } from 'tiktoken';
import { afterAll, describe, expect, it } from 'vitest';
import { loadEncodingCounter } from '../../src/pricing/token-counter.ts';

// The second tokenizer is OpenAI's own, compiled to WebAssembly; with two empty lists marks are plain text to it.
const TEXTS: Readonly<Record<string, string>> = {
  nothing: '',
  'a pangram': 'The quick brown fox jumps over the lazy dog.',
  contractions: "I'm sure they've said it's Tom's, we'd go, you'll see, don't DON'T I'LL",
  'typographic quotes': '“Don’t,” she said — ‘it’s late’…',
  'capitals and camel case': 'HTTPServer parseJSONResponse XMLHttpRequest getHTTPResponseCode ÀÉÎ',
  'a long word': 'antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis',
  accents: 'Crème brûlée à la carte, déjà vu, naïve façade, Übergrößenträger, señor',
  'accents as marks of their own': 'Cre\u0300me bru\u0302le\u0301e n\u0303 a\u0308o\u0308u\u0308',
  Russian: 'Управление моделями осуществляется с помощью подсказок: чем точнее вопрос, тем точнее ответ.',
  'Russian capitals': 'ВНИМАНИЕ! Ёлка, съёмка, объём — ПОДЪЕЗД №5.',
  'Ukrainian and Bulgarian': 'Їжак з’їв ґанок; щъркел и жълъд',
  'Russian with English': 'Запусти npm install, затем проверь README.md и файл конфигурации config.yaml',
  Chinese: '提示词的价格在运行之前就应该知道，而不是之后。',
  'Chinese without a sign': '人工智能模型的评估需要大量的数据和时间',
  'traditional Chinese': '請將下列句子翻譯成英文，並說明理由。',
  Japanese: '吾輩は猫である。名前はまだ無い。カタカナとﾊﾝｶｸ、ー。',
  Korean: '모델에게 묻기 전에 가격을 알 수 있습니다.',
  Arabic: 'كم سيكلف هذا التشغيل قبل أن نبدأ؟ ١٢٣',
  'Hebrew with points': 'שָׁלוֹם עֲלֵיכֶם, מה המחיר?',
  Hindi: 'चलाने से पहले कीमत जानिए। १२३४',
  Thai: 'ราคาของคำสั่งควรทราบก่อนเริ่ม',
  'Greek and Georgian': 'Πόσο κοστίζει αυτό; რამდენი ღირს?',
  numbers: '0 12 123 1234 12345 1234567890 3.14159 1,000,000.00 -42 6.02e23 0xDEADBEEF',
  'other numerals': '½ ² ³ Ⅷ ① ٣ १ 五 𝟘𝟙',
  'dates and money': '2024-08-06T12:30:00Z, $80,000, 1 350,50 ₽, 99 %, №7, 5€',
  arithmetic: '16 - 3 - 4 = <<16-3-4=9>>9\n9 * 2 = $<<9*2=18>>18\n#### 18',
  TypeScript: 'export const sum = (a: number, b?: number): number => {\n  return a + (b ?? 0); // why\n};\n',
  'Python with tabs': 'def f(x):\n\tif x > 0:\n\t\treturn [i**2 for i in range(x)]\n\treturn None\n',
  'deep indents': 'a:\n    b:\n        c:\n                d: 1\n\n\n            e: 2',
  SQL: "SELECT t.id, COUNT(*) AS n FROM trials t WHERE t.status <> 'errored' GROUP BY 1 HAVING n >= 10;",
  HTML: '<div class="a b" data-x=\'1\'>&nbsp;<!-- note --><br/></div>',
  'a shell command': 'curl -sS -X POST "http://localhost:8080/v1/chat" | jq ".usage" > out.json && echo $?',
  'a regular expression': String.raw`^(?:\d{1,3}\.){3}\d{1,3}$|[^\s\\]+\/\/`,
  JSON: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Привет\n"мир"' }], n: null, t: 0.7 }),
  'indented JSON': JSON.stringify({ a: [1, 2, { b: true }], c: { d: 'e', f: [] } }, null, 2),
  Markdown: '# Title\n\n- one\n- **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet x;\n```\n',
  'an address': 'https://example.org/a/b-c_d?q=%D0%B0&x=1#frag, user.name+tag@mail.example.com, C:\\Temp\\x.txt',
  base64: 'QmFzZTY0IGlzIG5vdCBhIHRleHQgdGhhdCBwZW9wbGUgd3JpdGUsIGJ1dCBwcm9tcHRzIGhhdmUgaXQ=',
  emoji: '😀 👍🏽 ❤️ 🇷🇺🇨🇳 ✅ 🚀🚀🚀',
  'emoji joined': '👩🏽‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 🧑🏿‍🤝‍🧑🏻',
  'marks of the vocabulary':
    '<|endoftext|> <|im_start|>user<|im_end|><|fim_prefix|><|endofprompt|> <|start|>x<|message|>',
  'marks within words': 'a<|endoftext|>b<|endoftext|',
  blanks: ' ',
  'many blanks': '   a    b     c          ',
  'blanks at both ends': '\t  text  \t',
  'no-break and wide blanks': 'a\u00a0b\u2003c\u3000d\u2028e\u202ff',
  'line ends': 'one\ntwo\n\nthree\n\n\n  four\n',
  CRLF: 'one\r\ntwo\r\n\r\n  three\r\rfour\n\r',
  'a blank line with blanks': 'a\n   \nb\n \t \n\nc   \n',
  'a byte-order mark': '\ufeffid,prompt\r\n1,\ufeffWhat?',
  'a next-line sign': 'a\u0085b \u0085\u0085 c',
  'control signs': 'a\u0000b\u0001\u001b[31mred\u001b[0m\u007f',
  'long s in a contraction': "it'ſ IT'ſ it's",
  'titlecase and modifier letters': 'ǅ ǈ ʰʲ ªº ﬁ ﬀ ĳ',
  'halves of surrogate pairs': 'a\ud83d b\udc00c \ud83d\ud83d\ude00',
  'invisible signs': 'a\u200bb\u200dc\u2060d\u00ade',
  mathematics: '∀x∈ℝ: ∑ᵢ xᵢ² ≤ ∞ ⇒ √2 ≈ 1.414 ± 0.001, 𝒜𝔅ℂ',
  'signs in a row': '!!!???...---===***~~~///\\\\\\((([[[{{{$$$%%%^^^&&&',
  'slashes after signs': 'a ://\n// /* x */ .../\n/',
  'a table of signs': '┌──┬──┐\n│ a│ b│\n└──┴──┘ ░▒▓█',
  'a run of 600 letters': 'abcdefghij'.repeat(60),
  'a run of 600 Chinese letters': '价格提示词'.repeat(120),
  'a run of 600 blanks': `${' '.repeat(600)}x`,
  'a run of 600 signs': '=-'.repeat(300),
};

describe.each(['cl100k_base', 'o200k_base'] as const)('a count with %s equals that of a second tokenizer', (name) => {
  const second: Tiktoken = get_encoding(name);
  afterAll(() => {
    second.free();
  });
  const counted = (text: string): number => second.encode(text, [], []).length;

  it.each(Object.entries(TEXTS))('for %s', async (_what, text) => {
    const { countText } = await loadEncodingCounter(name);
    expect(countText(text)).toBe(counted(text));
  });

  it('for all of these texts as one', async () => {
    const { countText } = await loadEncodingCounter(name);
    const text = Object.values(TEXTS).join('');
    expect(countText(text)).toBe(counted(text));
  });

  it('for texts longer than a window, wherever it ends', async () => {
    const { countText } = await loadEncodingCounter(name);
    const texts = Object.values(TEXTS).join('\n');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: texts.length }), fc.string({ maxLength: 9 }), (turn, glue) => {
        const turned = texts.slice(turn) + glue + texts.slice(0, turn);
        const text = turned.repeat(Math.ceil(70_000 / turned.length));
        expect(countText(text)).toBe(counted(text));
      }),
      { numRuns: 8 },
    );
  });

  it('for any text', async () => {
    const { countText } = await loadEncodingCounter(name);
    fc.assert(
      fc.property(fc.string({ unit: anySign(), maxLength: 60 }), (text) => {
        expect(countText(text)).toBe(counted(text));
      }),
      { numRuns: 3000 },
    );
  });
});

/**
 * Signs of blocks that were full long ago, alone and in clusters, and lone halves of pairs. Not of all of Unicode: the
 * regular expressions of the two tokenizers know different versions, and differ in what is a letter since version 16.
 */
function anySign(): fc.Arbitrary<string> {
  const blocks: readonly (readonly [from: number, to: number])[] = [
    ...([
      [0, 0x52f],
      [0x600, 0x6ff],
      [0x900, 0x97f],
      [0x2000, 0x206f],
      [0x20a0, 0x20bf],
      [0x2190, 0x23ff],
    ] as const),
    ...([
      [0x3000, 0x30ff],
      [0x4e00, 0x9fa5],
      [0xac00, 0xd7a3],
      [0xd800, 0xdfff],
      [0xfe00, 0xfe0f],
    ] as const),
    ...([
      [0xfeff, 0xfeff],
      [0xff01, 0xff9f],
      [0x1d400, 0x1d4ff],
      [0x1f300, 0x1f64f],
      [0x20000, 0x2a6d6],
    ] as const),
  ];
  const points = blocks.map(([min, max]) => fc.integer({ min, max }).map((point) => String.fromCodePoint(point)));
  const frequent = fc.constantFrom(
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '\r',
    "'s",
    "'LL",
    "'",
    '/',
    '.',
    '!',
    'a',
    'A',
    't',
    '0',
    'я',
    '日',
    '👩🏽‍💻',
  );
  return fc.oneof({ weight: 20, arbitrary: frequent }, fc.string({ unit: 'grapheme', maxLength: 3 }), ...points);
}
