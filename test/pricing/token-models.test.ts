import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelEncoding } from '../../src/pricing/encodings.ts';
import { loadTokenCounter } from '../../src/pricing/token-counter.ts';
import { addCounts, NO_TOKENS, type PromptCount, TOKEN_KINDS } from '../../src/pricing/token-kinds.ts';
import { modelTokens } from '../../src/pricing/token-models.ts';

describe('modelEncoding', () => {
  it.each([
    ['cl100k_base', ['gpt-3.5-turbo', 'gpt-3.5-turbo-0613', 'gpt-35-turbo', 'gpt-4', 'gpt-4-0613', 'gpt-4-32k']],
    ['cl100k_base', ['gpt-4-turbo-2024-04-09', 'openai/gpt-4', 'ft:gpt-4:org', 'ft:gpt-3.5-turbo-0125:org::id']],
    ['cl100k_base', ['text-embedding-3-small', 'text-embedding-ada-002', 'GPT-4']],
    ['o200k_base', ['gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-mini', 'openai/gpt-4o', 'openrouter/openai/gpt-4o:nitro']],
    ['o200k_base', ['chatgpt-4o-latest', 'gpt-4.1', 'gpt-4.1-mini-2025-04-14', 'gpt-4.5-preview', 'ft:gpt-4o-mini:o']],
    [
      'o200k_base',
      ['o1', 'o1-mini', 'o3', 'o3-mini-2025-01-31', 'o4-mini', 'gpt-5', 'gpt-5-nano', 'gpt-5.1', 'azure/o3'],
    ],
    ['o200k_harmony', ['gpt-oss-20b', 'openai/gpt-oss-120b', 'openai/gpt-oss-20b:free']],
  ] as const)('is exactly %s for %j', (encoding, models) => {
    for (const model of models) expect(modelEncoding(model)).toEqual({ encoding, isExact: true });
  });

  it.each([
    'claude-3.5-sonnet',
    'anthropic/claude-opus-4-7',
    'gemini-2.0-flash',
    'deepseek-chat',
    'qwen-2.5-72b',
    'yandexgpt',
    'gigachat',
    'a/b',
    '',
    'gpt',
    'gpt-40',
    'o1000',
    'o200k',
    'foo-gpt-4o',
    'toString',
    '__proto__',
    '\n/',
  ])('is o200k_base and not exact for %j', (model) => {
    expect(modelEncoding(model)).toEqual({ encoding: 'o200k_base', isExact: false });
  });

  it("does not trust another vendor's use of a name", () => {
    expect(modelEncoding('acme/gpt-4')).toEqual({ encoding: 'cl100k_base', isExact: false });
  });
});

describe('a count by kind', () => {
  it.each([
    ['latin', 'Prompt naïve words'],
    ['cyrillic', 'Сколько стоит запуск'],
    ['cjk', '提示词の価格 가격 ﾊﾝｶｸ ー'],
    ['otherScript', 'Πόσο κοστίζει كم هذا'],
    ['digits', '12345'],
    ['signs', '{}[]; ==> 😀\n\n    \n'],
  ] as const)('assigns to %s: %s', async (kind, text) => {
    const { countPromptByKind, countText } = await loadTokenCounter('gpt-4o');
    const { byKind } = countPromptByKind([{ role: 'user', content: text }], {});
    expect(byKind).toEqual({ ...NO_TOKENS.byKind, frame: 7, [kind]: countText(text) });
  });

  it('has the same total, and can be summed', async () => {
    const { countPrompt, countPromptByKind } = await loadTokenCounter('gpt-4o');
    const tools = [{ type: 'function', function: { name: 'add', description: 'Сложить.' } }];
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.constantFrom({}, { tools }), (one, name, params) => {
        const messages = [{ role: 'user', content: one, name }];
        const count = countPromptByKind(messages, params);
        expect(count.tokens).toBe(countPrompt(messages, params));
        expect(TOKEN_KINDS.reduce((sum, kind) => sum + count.byKind[kind], 0)).toBe(count.tokens);
        expect(addCounts(count, NO_TOKENS)).toEqual(count);
        expect(addCounts(count, count).tokens).toBe(2 * count.tokens);
      }),
    );
  });
});

const anyCount: fc.Arbitrary<PromptCount> = fc
  .array(fc.nat({ max: 100_000 }), { minLength: TOKEN_KINDS.length, maxLength: TOKEN_KINDS.length })
  .map((tokens) =>
    TOKEN_KINDS.reduce(
      (count, kind, place) =>
        addCounts(count, { tokens: tokens[place] ?? 0, byKind: { ...NO_TOKENS.byKind, [kind]: tokens[place] ?? 0 } }),
      NO_TOKENS,
    ),
  );

describe('modelTokens', () => {
  it.each(['gpt-4o', 'openai/gpt-3.5-turbo', 'gpt-oss-20b'])('returns the count itself for %s', (model) => {
    fc.assert(
      fc.property(anyCount, (count) => {
        const { low, expected, high } = modelTokens(model).range(count);
        expect([low, expected, high]).toEqual([count.tokens, count.tokens, count.tokens]);
      }),
    );
  });

  it.each([
    ['claude-3.5-sonnet', 'Claude'],
    ['anthropic/claude-sonnet-4-20250514', 'Claude'],
    ['claude-opus-4.6', 'Claude'],
    ['claude-opus-4-7', 'Claude 4.7 and later'],
    ['anthropic/claude-sonnet-5', 'Claude 4.7 and later'],
    ['google/gemini-2.0-flash', 'Gemini'],
    ['deepseek-chat', 'DeepSeek'],
    ['deepseek-r1-distill-llama-70b', 'Llama'],
    ['qwen-2.5-72b', 'Qwen'],
    ['meta-llama/llama-3.3-70b-instruct', 'Llama'],
    ['mistralai/Mixtral-8x7B', 'Mistral'],
    ['yandexgpt', 'YandexGPT'],
    ['GigaChat-Max', 'GigaChat'],
    ['mystery-1', null],
  ])('recognises %s as %s', (model, family) => {
    expect(modelTokens(model)).toMatchObject({ encoding: 'o200k_base', isExact: false, family });
  });

  it.each(['claude-3-haiku', 'claude-opus-5', 'gemini-pro', 'deepseek-chat', 'qwen', 'llama', 'mistral', 'yandexgpt'])(
    'returns a range for %s, the same for parts as for the whole',
    (model) => {
      const { range } = modelTokens(model);
      fc.assert(
        fc.property(anyCount, anyCount, (one, other) => {
          const whole = range(addCounts(one, other));
          expect(whole.low).toBeLessThanOrEqual(whole.expected);
          expect(whole.expected).toBeLessThanOrEqual(whole.high);
          expect(Math.abs(range(one).expected + range(other).expected - whole.expected)).toBeLessThanOrEqual(2);
          if (one.tokens > 0) expect(range(one).high).toBeGreaterThan(range(one).low);
        }),
      );
      expect(range(NO_TOKENS)).toEqual({ low: 0, expected: 0, high: 0 });
    },
  );

  // Anthropic's documentation, "Token counting": 14 tokens.
  it('contains the published example of Claude', async () => {
    const { countPromptByKind } = await loadTokenCounter('claude-3-haiku');
    const messages = [
      { role: 'system', content: 'You are a scientist' },
      { role: 'user', content: 'Hello, Claude' },
    ];
    const { low, high } = modelTokens('claude-3-haiku').range(countPromptByKind(messages, {}));
    expect(low).toBeLessThanOrEqual(14);
    expect(high).toBeGreaterThanOrEqual(14);
  });

  // Yandex Cloud's documentation, "Tokens": 86 tokens of YandexGPT Pro for this text.
  it('contains the published example of YandexGPT, near the expected value', async () => {
    const text =
      'Управление генеративными моделями осуществляется с помощью промтов. Эффективный промт должен содержать контекст ' +
      'запроса (инструкцию) для модели и непосредственно задание, которое модель должна выполнить, учитывая переданный ' +
      'контекст. Чем конкретнее составлен промт, тем более точными будут результаты работы модели.\n Кроме промта на ' +
      'результаты генерации моделей будут влиять и другие параметры запроса. Используйте AI Playground, доступный в ' +
      'консоли управления, чтобы протестировать ваши запросы.';
    const { countPromptByKind } = await loadTokenCounter('yandexgpt');
    const count = countPromptByKind([{ role: 'user', content: text }], {});
    const { frame } = count.byKind;
    const content = { tokens: count.tokens - frame, byKind: { ...count.byKind, frame: 0 } };
    const { low, expected, high } = modelTokens('yandexgpt').range(content);
    expect(low).toBeLessThan(86);
    expect(high).toBeGreaterThan(86);
    expect(Math.abs(expected / 86 - 1)).toBeLessThan(0.1);
  });
});
