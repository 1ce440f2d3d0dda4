import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/core/prompt.ts';
import { loadTokenCounter } from '../../src/pricing/token-counter.ts';

// The example of OpenAI's Cookbook, "How to count tokens with tiktoken", section 6.
const COOKBOOK_MESSAGES: readonly Message[] = [
  {
    role: 'system',
    content: 'You are a helpful, pattern-following assistant that translates corporate jargon into plain English.',
  },
  { role: 'system', name: 'example_user', content: 'New synergies will help drive top-line growth.' },
  { role: 'system', name: 'example_assistant', content: 'Things working well together will increase revenue.' },
  {
    role: 'system',
    name: 'example_user',
    content: "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
  },
  {
    role: 'system',
    name: 'example_assistant',
    content: "Let's talk later when we're less busy about how to do better.",
  },
  {
    role: 'user',
    content: "This late pivot means we don't have time to boil the ocean for the client deliverable.",
  },
];

describe('loadTokenCounter', () => {
  it.each([
    ['gpt-3.5-turbo', 129],
    ['gpt-4-0613', 129],
    ['gpt-4', 129],
    ['gpt-4o', 124],
    ['gpt-4o-mini', 124],
  ])('counts the published example as the API of %s did: %i tokens', async (model, tokens) => {
    expect((await loadTokenCounter(model)).countMessages(COOKBOOK_MESSAGES)).toBe(tokens);
  });

  it.each(['gpt-4-turbo', 'openai/gpt-4', 'GPT-3.5-turbo-16k', 'ft:gpt-4:org', 'text-embedding-3-small'])(
    'counts %s with cl100k_base',
    async (model) => {
      expect(await loadTokenCounter(model)).toBe(await loadTokenCounter('gpt-4'));
    },
  );

  it.each(['gpt-4.1', 'gpt-4.5-preview', 'chatgpt-4o-latest', 'o4-mini', 'gpt-5', 'claude-3-haiku', 'a/b'])(
    'counts %s with o200k_base',
    async (model) => {
      expect(await loadTokenCounter(model)).toBe(await loadTokenCounter('gpt-4o'));
    },
  );
});

describe('countText', () => {
  it('treats special tokens as plain text', async () => {
    const { countText } = await loadTokenCounter('gpt-4o');
    expect(countText('<|endoftext|>')).toBeGreaterThan(1);
    expect(countText('')).toBe(0);
  });

  it.each(['gpt-4o', 'gpt-4'])(
    'counts 50,000 times the same letter exactly for %s: eight to a token',
    async (model) => {
      expect((await loadTokenCounter(model)).countText('a'.repeat(50_000))).toBe(6250);
    },
  );

  it.each([
    ['letters', 'x'],
    ['blanks', ' '],
    ['newlines', '\n'],
    ['signs', '!?'],
    ['blanks inside and outside ASCII', '\u00a0 '],
    ['emoji', '😀'],
    ['combining marks', 'a\u0301'],
    ['letters of a script without blanks', '日本'],
    ['halves of surrogate pairs', '\ud83d'],
  ])('avoids quadratic time for a million %s', async (_kind, unit) => {
    const { countText } = await loadTokenCounter('gpt-4o');
    const times = Math.floor(1_000_000 / unit.length);
    // Whole, such a text takes ten minutes and more: this test would time out.
    const whole = countText(unit.repeat(times));
    const half = countText(unit.repeat(times / 2));
    expect(whole / half).toBeCloseTo(2, 1);
  });
});

describe('countMessages', () => {
  it('adds 3 for each message, its role, and 3 for the reply', async () => {
    const { countMessages, countText } = await loadTokenCounter('gpt-4o');
    expect(countMessages([])).toBe(3);
    expect(countMessages([{ role: 'user', content: 'Hello there' }])).toBe(3 + 3 + 1 + countText('Hello there'));
  });

  it('adds 1 for a name, and the name', async () => {
    const { countMessages, countText } = await loadTokenCounter('gpt-4o');
    const named = countMessages([{ role: 'user', content: 'Hi', name: 'example_user' }]);
    expect(named).toBe(countMessages([{ role: 'user', content: 'Hi' }]) + countText('example_user') + 1);
  });

  it('counts the texts of a content in parts, and nothing for null', async () => {
    const { countMessages } = await loadTokenCounter('gpt-4o');
    const parts = [
      { type: 'text', text: 'Hello there' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ];
    const plain = countMessages([{ role: 'user', content: 'Hello there' }]);
    expect(countMessages([{ role: 'user', content: parts }])).toBe(plain);
    expect(countMessages([{ role: 'assistant', content: null }])).toBe(3 + 3 + 1);
  });

  it('counts tool calls as their JSON', async () => {
    const { countMessages, countText } = await loadTokenCounter('gpt-4o');
    const calls = [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }];
    const message = { role: 'assistant', content: null, tool_calls: calls };
    expect(countMessages([message])).toBe(3 + 3 + 1 + countText(JSON.stringify(calls)));
  });
});

describe('countPrompt', () => {
  // GPTunnel's documentation, "Запрос чату": the answer of gpt-3.5-turbo-0613 to these messages has 24 prompt tokens.
  it('counts GPTunnel’s example: 24 tokens', async () => {
    const { countPrompt } = await loadTokenCounter('gpt-3.5-turbo');
    const messages = [
      { role: 'system', content: 'My name is Robert.' },
      { role: 'user', content: 'как тебя зовут' },
    ];
    expect(countPrompt(messages, { max_tokens: 100 })).toBe(24);
  });

  it('adds the definitions of functions and tools to the messages, and no other field', async () => {
    const { countPrompt, countMessages, countText } = await loadTokenCounter('gpt-4o');
    const messages = [{ role: 'user', content: 'What is 2 + 2?' }];
    const functions = [{ name: 'add', parameters: { type: 'object' } }];
    const tools = [{ type: 'function', function: { name: 'sum', description: 'Adds.' } }];
    const definitions = 7 + countText('add:') + 7 + countText('sum:Adds') + 12;
    expect(countPrompt(messages, { top_p: 0.5, max_tokens: 9 })).toBe(countMessages(messages));
    expect(countPrompt(messages, { functions, tools })).toBe(countMessages(messages) + definitions);
  });
});

describe('truncate', () => {
  it('returns the longest beginning that fits', async () => {
    const { truncate, countText } = await loadTokenCounter('gpt-4o');
    const text = 'The quick brown fox jumps over the lazy dog. '.repeat(20);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (maxTokens) => {
        const cut = truncate(text, maxTokens);
        expect(text.startsWith(cut)).toBe(true);
        expect(countText(cut)).toBe(Math.min(maxTokens, countText(text)));
      }),
    );
  });

  it('never ends within a character', async () => {
    const { truncate, countText } = await loadTokenCounter('gpt-4o');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, maxTokens) => {
        const cut = truncate(text, maxTokens);
        expect(cut).not.toMatch(/[\ud800-\udbff]$/);
        expect(countText(cut)).toBeLessThanOrEqual(maxTokens);
      }),
    );
  });
});
