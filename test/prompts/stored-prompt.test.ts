import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { buildPrompts, type ConversationColumn, type PromptSpec } from '../../src/prompts/index.ts';
import { storedPrompt } from '../../src/prompts/stored-prompt.ts';

const CHAT = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Is {{ 1 + 1 }} code?' },
  { role: 'assistant', content: 'No.' },
];

function rowOf(vars: Row['vars']): Row {
  return { id: '3', hasOwnId: true, vars, line: 4 };
}

interface Given {
  readonly vars: Row['vars'];
  readonly specs?: readonly PromptSpec[];
  readonly system?: string;
  readonly conversations?: ConversationColumn;
}

const CASES: readonly (readonly [what: string, given: Given])[] = [
  ['a template', { vars: { city: 'Рим' }, specs: [{ name: 'p1', kind: 'text', text: 'Where is {{ city }}?' }] }],
  [
    'a template that looks like messages',
    {
      vars: { city: 'Рим' },
      specs: [{ name: 'p2', kind: 'text', text: '[{"role": "user", "content": "{{ city }}"}]' }],
    },
  ],
  ['a template that no message is', { vars: {}, specs: [{ name: 'list', kind: 'text', text: '[1] and [2]' }] }],
  [
    'a file of messages',
    {
      vars: { city: 'Рим' },
      specs: [{ name: 'chat', kind: 'messages', text: '[{"role":"user","content":"{{ city }}"}]' }],
    },
  ],
  [
    'a system template',
    { vars: { city: 'Рим' }, system: 'In {{ city }}.', specs: [{ name: 'p1', kind: 'text', text: 'Where?' }] },
  ],
  ['a system column', { vars: { system: 'Be kind.' }, specs: [{ name: 'p1', kind: 'text', text: 'Where?' }] }],
  ['the column prompt, whose braces are no template', { vars: { prompt: 'What is {{ x }}?' } }],
  ['the column messages', { vars: { messages: CHAT } }],
  ['the column messages as text', { vars: { messages: JSON.stringify(CHAT) } }],
  [
    'a conversation without its last answer',
    { vars: { turns: CHAT }, conversations: { path: 'turns', mayBeText: true, endsWithAnswer: true } },
  ],
  [
    'a text in place of a conversation',
    { vars: { body: 'hello' }, conversations: { path: 'body', mayBeText: true, endsWithAnswer: false } },
  ],
];

describe('a prompt made again from its record', () => {
  it.each(CASES)('asks what %s asked', (_what, { vars, specs = [], system = null, conversations = null }) => {
    const sources = { specs, system, columns: Object.keys(vars), file: 'rows.jsonl', conversations };
    const [prompt] = buildPrompts(sources);
    const again = storedPrompt(prompt?.name ?? '', prompt?.template ?? '');
    expect(again?.render(rowOf(vars))).toEqual(prompt?.render(rowOf(vars)));
    expect(again?.template).toBe(prompt?.template);
  });

  it.each(['', 'a template of an early version', '{"prompt": "x"}', '{"system":"column:system","prompt":"{% if"}'])(
    'is unknown for the record %j',
    (record) => {
      expect(storedPrompt('p1', record)).toBeNull();
    },
  );
});
