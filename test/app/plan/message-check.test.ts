import { describe, expect, it } from 'vitest';
import { bytesOfRows, MessageCheck } from '../../../src/app/plan/message-check.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import type { Message } from '../../../src/core/prompt.ts';

interface Given {
  readonly messages: readonly Message[];
  readonly json: string;
}

function user(content: JsonValue): Given {
  const messages = [{ role: 'user', content }];
  return { messages, json: JSON.stringify(messages) };
}

describe('what a prompt produces from rows', () => {
  it('has the bytes of participating rows, and of the longest', () => {
    const check = new MessageCheck();
    const bytes = [check.add(user('a'), 'rows.csv:2'), check.add(user('Ё'), 'rows.csv:3')];
    expect(bytes).toEqual([31, 32]);
    expect(check.add(user('not asked'), null)).toBe(39);
    expect(check.facts()).toEqual({ bytes: 63, mostBytes: 32, leastBytes: 31, beyondText: null, writesCache: false });
  });

  it('names the first row that holds more than text', () => {
    const check = new MessageCheck();
    const image = user([{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }]);
    check.add(image, null);
    check.add(user('a'), 'rows.csv:2');
    check.add(image, 'rows.csv:3');
    check.add(user([{ type: 'file', file: {} }]), 'rows.csv:4');
    expect(check.facts().beyondText).toEqual({ where: 'rows.csv:3', what: 'image_url' });
  });

  it.each<[JsonValue, boolean]>([
    [[{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }], true],
    ['{"cache_control":1}', false],
    [[{ type: 'text', text: '"cache_control":' }], false],
  ])('is written to a cache if a message requests it: %j', (content, writesCache) => {
    const check = new MessageCheck();
    check.add(user(content), 'rows.csv:2');
    expect(check.facts().writesCache).toBe(writesCache);
  });

  it('bounds the bytes of some of the rows by the longest', () => {
    const facts = { bytes: 100, mostBytes: 40, leastBytes: 20, beyondText: null, writesCache: false };
    expect([1, 2, 3, 10].map((rows) => bytesOfRows(facts, rows, 10))).toEqual([40, 80, 100, 100]);
  });
});
