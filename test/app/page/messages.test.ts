import { describe, expect, it } from 'vitest';
import { askedOf, messagesOf } from '../../../src/app/page/messages.ts';
import { buildPrompts, type PromptSpec } from '../../../src/prompts/index.ts';

const COLUMNS = ['id', 'question', 'system', 'prompt', 'messages'];
const ROW = {
  id: 'r1',
  hasOwnId: true,
  line: 2,
  vars: {
    id: 'r1',
    question: 'Why?',
    system: 'Be brief.',
    prompt: 'Say {{ why }}',
    messages: '[{"role":"user","content":"Hi"}]',
  },
};

function stored(specs: readonly PromptSpec[], system: string | null, columns: readonly string[]) {
  return buildPrompts({ specs, system, columns, file: 'rows.csv' }).map(({ name, template }) => ({ name, template }));
}

const COLUMNS_OF_TOPICS = ['id', 'topic', 'question', 'order no'];

function textPrompt(template: string): PromptSpec {
  return { name: 'p1', kind: 'text', text: template };
}

describe('messages of a stored run', () => {
  it.each([
    ['a template', [{ name: 'p', kind: 'text', text: 'Answer: {{ question }}' }], null, COLUMNS],
    [
      'a template with a system template',
      [{ name: 'p', kind: 'text', text: '{{ question }}' }],
      'You answer {{ id }}.',
      COLUMNS,
    ],
    [
      'a file of messages',
      [{ name: 'p', kind: 'messages', text: '[{"role":"user","content":"{{ question }}"}]' }],
      null,
      COLUMNS,
    ],
    ['the prompt column', [], null, ['id', 'system', 'prompt']],
    ['the messages column', [], null, COLUMNS],
  ] as const)('are those that were sent, with %s', (_name, specs, system, columns) => {
    const [prompt] = buildPrompts({ specs, system, columns, file: 'rows.csv' });
    expect(messagesOf(stored(specs, system, columns))(ROW)).toEqual([prompt?.render(ROW)]);
  });

  it('have the names of files, which are not looked at', () => {
    const file = [
      { type: 'image', path: 'few/cat.png' },
      { type: 'text', text: '{{ question }}' },
    ];
    const text = JSON.stringify([{ role: 'user', content: file }]);
    const specs = [{ name: 'p', kind: 'messages' as const, text }];
    const files = { columns: ['prompt'], folderOf: () => '/nowhere' };
    const own = { ...ROW, vars: { ...ROW.vars, system: '', prompt: '["a.png", "b.PDF"]' } };
    const [prompt] = buildPrompts({ specs, system: null, columns: COLUMNS, file: 'rows.csv', files });
    const known = prompt === undefined ? [] : [{ name: prompt.name, template: prompt.template }];
    const content = '[image few/cat.png]\nWhy?\n[image a.png]\n[pdf b.PDF]';
    expect(messagesOf(known)(own)).toEqual([[{ role: 'user', content }]]);
  });

  it.each([
    ['a template that is damaged', [{ name: 'p', template: 'not JSON' }]],
    [
      'a column that the rows lack',
      [{ name: 'messages', template: '{"system":"column:system","prompt":"column:gone.inner"}' }],
    ],
    ['a variable that the rows lack', [{ name: 'p', template: '{"system":"column:system","prompt":"{{ gone }}"}' }]],
  ])('are unknown with %s', (_name, prompts) => {
    expect(messagesOf(prompts)(ROW)).toEqual([[]]);
  });
});

describe('what the prompts of a stored run ask', () => {
  it.each<[string, Parameters<typeof buildPrompts>[0]['specs'], readonly string[], ReturnType<typeof askedOf>]>([
    [
      'a column by its name',
      [textPrompt('About {{ topic }}: {{ question }}')],
      COLUMNS_OF_TOPICS,
      { columns: [1, 2], conversations: [] },
    ],
    [
      'a column whose name is no variable',
      [textPrompt('{{ row["order no"] }}')],
      COLUMNS_OF_TOPICS,
      { columns: [3], conversations: [] },
    ],
    [
      'nothing that is known, with a whole row',
      [textPrompt('{{ row | json }} {{ question }}')],
      COLUMNS_OF_TOPICS,
      { columns: [], conversations: [] },
    ],
    [
      'no column that a template goes into',
      [textPrompt('{{ topic.name }}')],
      COLUMNS_OF_TOPICS,
      { columns: [], conversations: [] },
    ],
    [
      'columns of all prompts, each once',
      [textPrompt('{{ question }}'), textPrompt('{{ topic }} {{ question }}')],
      COLUMNS_OF_TOPICS,
      { columns: [2, 1], conversations: [] },
    ],
    [
      'what user messages insert',
      [
        {
          name: 'file',
          kind: 'messages',
          text: '[{"role":"system","content":"{{ topic }}"},{"role":"user","content":[{"type":"text","text":"{{ row[\\"order no\\"] }}"}]}]',
        },
      ],
      COLUMNS_OF_TOPICS,
      { columns: [3], conversations: [] },
    ],
    ['the prompt column', [], ['id', 'prompt'], { columns: [1], conversations: [] }],
    ['conversations', [], ['id', 'prompt', 'messages'], { columns: [], conversations: [2] }],
  ])('is %s', (_what, specs, columns, asked) => {
    const named = specs.map((spec, place) => (spec.kind === 'text' ? { ...spec, name: `p${place + 1}` } : spec));
    expect(askedOf(stored(named, null, columns), columns)).toEqual(asked);
  });
});
