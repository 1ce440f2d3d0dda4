import { expect, it } from 'vitest';
import { showsAttached } from '../../src/core/attached.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Message } from '../../src/core/prompt.ts';
import { questionText } from '../../src/core/question.ts';

it.each<readonly [what: string, messages: readonly Message[], text: string]>([
  ['one user message as it is', [{ role: 'user', content: 'Where?\nWhen?' }], 'Where?\nWhen?'],
  [
    'several after their roles',
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where?' },
    ],
    'system: Be brief.\n\nuser: Where?',
  ],
  ['a lone message of another role', [{ role: 'system', content: 'Be brief.' }], 'system: Be brief.'],
  [
    'parts, those that are neither text nor files as JSON',
    [
      {
        role: 'user',
        content: [{ type: 'text', text: 'See:' }, { type: 'file', file: { file_id: 'x' } }, 'end'],
      },
    ],
    'See:\n{"type":"file","file":{"file_id":"x"}}\nend',
  ],
  ['calls as JSON', [{ role: 'assistant', content: null, tool_calls: [{ id: 'a' }] }], 'assistant: [{"id":"a"}]'],
  ['nothing of no messages', [], ''],
])('shows %s', (_what, messages, text) => {
  expect(questionText(messages)).toBe(text);
});

const PIXELS = 'data:image/png;base64,iVBORw0KGgo=';

it.each<readonly [part: JsonObject, text: string]>([
  [{ type: 'image_url', image_url: { url: PIXELS } }, '[image, 8 bytes]'],
  [
    { type: 'image_url', image_url: { url: 'https://example.org/a b' } },
    '{"type":"image_url","image_url":{"url":"https://example.org/a b"}}',
  ],
  [{ type: 'image_url', image_url: { url: 'https://example.org/cat.png' } }, '[image https://example.org/cat.png]'],
  [{ type: 'input_image', image_url: PIXELS }, '[image, 8 bytes]'],
  [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }, '[image, 8 bytes]'],
  [{ inline_data: { mime_type: 'application/pdf', data: 'AAAA' } }, '[pdf, 3 bytes]'],
  [
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'word' } },
    '{"type":"document","source":{"type":"text","media_type":"text/plain","data":"word"}}',
  ],
  [{ type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' } }, '[pdf, 1 byte]'],
  [{ type: 'input_audio', input_audio: { data: 'A'.repeat(4096), format: 'wav' } }, '[audio, 3 KB]'],
])('shows the content of a file by its kind and size: %j', (part, text) => {
  expect(questionText([{ role: 'user', content: [part] }])).toBe(text);
  expect(showsAttached(text)).toBe(text.startsWith('['));
});
