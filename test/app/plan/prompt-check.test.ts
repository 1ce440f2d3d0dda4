import { describe, expect, it } from 'vitest';
import { PromptCheck } from '../../../src/app/plan/prompt-check.ts';
import type { Row } from '../../../src/core/row.ts';
import { buildPrompts, type PromptSpec } from '../../../src/prompts/index.ts';
import { row } from '../../core/parts.ts';

interface Given {
  readonly prompts?: readonly string[];
  /** Texts of .json files of messages. */
  readonly files?: readonly string[];
  readonly system?: string;
  readonly rows?: readonly Row['vars'][];
}

const ROWS = [
  { id: 1, q: 'Why?', lang: 'en' },
  { id: 2, q: 'How?', lang: 'en' },
];

function warnings({ prompts = [], files = [], system, rows = ROWS }: Given): readonly string[] {
  const specs: readonly PromptSpec[] = [
    ...prompts.map((text, index) => ({ name: `p${index + 1}`, kind: 'text' as const, text })),
    ...files.map((text, index) => ({ name: `chat${index + 1}`, kind: 'messages' as const, text })),
  ];
  const columns = Object.keys(rows[0] ?? {});
  const dataset = {
    path: 'rows.csv',
    name: 'rows.csv',
    format: null,
    encoding: null,
    delimiter: null,
    more: [],
    given: [],
    sheet: null,
    idColumn: null,
    messagesColumn: null,
    shape: null,
  };
  const check = new PromptCheck({ prompts: specs, system: system ?? null, imageColumns: [], dataset });
  const built = buildPrompts({ specs, system: system ?? null, columns, file: 'rows.csv' });
  for (const vars of rows) {
    check.addRow(row(vars), built);
    for (const [place, prompt] of built.entries()) check.add(place, JSON.stringify(prompt.render(row(vars))));
  }
  return check.finish(built, columns);
}

const SAME = 'every row sends the same request: no prompt uses a column of rows.csv';

describe('prompts that ignore the content of their rows', () => {
  it('cause a warning, with the way to use a column', () => {
    expect(warnings({ prompts: ['Answer please'] })).toEqual([`${SAME}; a template reads a column as {{ q }}`]);
    expect(warnings({ prompts: ['Answer please', 'Answer'] })).toHaveLength(1);
    expect(warnings({ files: ['[{"role": "user", "content": "Answer"}]'] })).toHaveLength(1);
    expect(warnings({ prompts: ['Answer'], system: 'Be brief' })).toHaveLength(1);
  });

  it('get the right braces if they have single ones', () => {
    const meant = 'prompt "p1" has {q}, which is sent as it stands; did you mean {{ q }}?';
    expect(warnings({ prompts: ['Answer {q} please'] })).toEqual([SAME, meant]);
    expect(warnings({ prompts: ['Answer {q} in {{ lang }}'] })).toEqual([meant]);
    expect(warnings({ prompts: ['Answer {q}'], rows: ROWS.slice(0, 1) })).toEqual([meant]);
    expect(warnings({ prompts: ['{{ q }}'], system: 'Speak {lang} or {q}' })).toEqual([
      'the system template has {lang}, {q}, which is sent as it stands; did you mean {{ lang }}, {{ q }}?',
    ]);
    const file = '[{"role": "user", "content": "Answer {q}"}]';
    expect(warnings({ files: [file] })[1]).toMatch(/^prompt "chat1" has \{q\}, /);
  });

  it('are named if others do use columns', () => {
    expect(warnings({ prompts: ['{{ q }}', 'Answer'] })).toEqual([
      'prompt "p2" sends the same request for every row: it uses no column of rows.csv; ' +
        'a template reads a column as {{ q }}',
    ]);
  });

  it.each([
    ['uses a column', { prompts: ['{{ q }}'] }],
    ['uses a column that is the same in every row', { prompts: ['Speak {{ lang }}'] }],
    ['uses a column in a condition alone', { prompts: ['{% if q == "Why?" %}Yes{% endif %}No'] }],
    ['reads a column through the row', { prompts: ['{{ row["q"] }}'] }],
    ['reads one that is the same in every row through the row', { prompts: ['{{ row["lang"] }}'] }],
    ['has a system template that uses one', { prompts: ['Go'], system: '{{ q }}' }],
    ['has the system messages of its rows', { prompts: ['Go'], rows: [{ system: 'a' }, { system: 'b' }] }],
    ['is asked of one row alone', { prompts: ['Go'], rows: ROWS.slice(0, 1) }],
    ['is that of its rows', { rows: [{ prompt: 'Go' }, { prompt: 'Go' }] }],
    ['is that of its rows, as messages', { rows: [1, 2].map(() => ({ messages: [{ role: 'user', content: 'Go' }] })) }],
    ['has braces around what is no column', { prompts: ['{{ q }} as {"answer": {number}}'] }],
  ] as const)('are not reported if the prompt %s', (_what, given) => {
    expect(warnings(given)).toEqual([]);
  });
});

describe('rows without a text for any prompt', () => {
  const rows = [
    { id: 1, q: 'Why?', lang: 'en' },
    { id: 'Note: only open tickets', q: '', lang: 'en' },
    { id: 3, q: ' ', lang: 'en' },
  ];

  it('are warned about, since a note below a table is paid like a question', () => {
    expect(warnings({ prompts: ['Say {{ q }}'], rows: rows.slice(0, 2) })).toEqual([
      '1 row has nothing in what prompts read, q (rows.csv:2): sent all the same',
    ]);
    expect(warnings({ prompts: ['Say {{ q }}', 'Tell {{ q }}'], rows })).toEqual([
      '2 rows have nothing in what prompts read, q (first rows.csv:2): sent all the same',
    ]);
  });

  it('are none where another column has something, or no prompt reads one', () => {
    expect(warnings({ prompts: ['{{ lang }}: {{ q }}'], rows })).toEqual([]);
    expect(warnings({ prompts: ['Say {{ q }}', 'In {{ lang }}'], rows })).toEqual([]);
    expect(warnings({ prompts: ['{{ q }}'] })).toEqual([]);
    expect(warnings({ prompts: ['{{ q }} {{ row["lang"] }}'], rows })).toEqual([]);
    expect(warnings({ prompts: ['{{ q.text }}'], rows: [{ id: 1, q: { text: 'Why?' } }] })).toEqual([]);
  });
});
