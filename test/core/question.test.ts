import { expect, it } from 'vitest';
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
    'parts, those that are not text as JSON',
    [
      {
        role: 'user',
        content: [{ type: 'text', text: 'See:' }, { type: 'image_url', image_url: { url: 'x' } }, 'end'],
      },
    ],
    'See:\n{"type":"image_url","image_url":{"url":"x"}}\nend',
  ],
  ['calls as JSON', [{ role: 'assistant', content: null, tool_calls: [{ id: 'a' }] }], 'assistant: [{"id":"a"}]'],
  ['nothing of no messages', [], ''],
])('shows %s', (_what, messages, text) => {
  expect(questionText(messages)).toBe(text);
});
