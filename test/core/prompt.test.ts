import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/core/json.ts';
import { contentBeyondText, type Message } from '../../src/core/prompt.ts';

function user(content: JsonValue, more: Readonly<Record<string, JsonValue>> = {}): readonly Message[] {
  return [
    { role: 'system', content: 'Short.' },
    { role: 'user', content, ...more },
  ];
}

describe('messages', () => {
  it.each<JsonValue>([
    'Text',
    null,
    [],
    ['Text'],
    [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }, { text: 'b' }],
    [{ type: 'refusal', refusal: 'No' }],
  ])('of the content %j are text', (content) => {
    expect(contentBeyondText(user(content))).toBeNull();
  });

  it.each<[JsonValue, string]>([
    [
      [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'https://a/b.png' } },
      ],
      'image_url',
    ],
    [[{ type: 'input_audio', input_audio: {} }], 'input_audio'],
    [[{ type: 'file', file: { file_id: 'f' } }], 'file'],
    [[{ image: 'x' }], 'unknown part'],
    [[7], 'unknown part'],
  ])('of the content %j hold %s', (content, what) => {
    expect(contentBeyondText(user(content))).toBe(what);
  });

  it('contain files named next to their content', () => {
    expect(contentBeyondText(user('Look', { attachments: ['id'] }))).toBe('attachments');
    expect(contentBeyondText(user('Look', { attachments: [], audio: null, tool_calls: [{ id: 'c' }] }))).toBeNull();
  });
});
