import { describe, expect, it } from 'vitest';
import { DatasetError, PromptError, PromptgridError, UsageError } from '../../src/core/errors.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { Message } from '../../src/core/prompt.ts';
import type { Row } from '../../src/core/row.ts';
import { buildPrompts, type PromptSpec } from '../../src/prompts/index.ts';

function row(vars: Row['vars']): Row {
  return { id: '3', hasOwnId: false, vars, line: 4 };
}

interface Given {
  readonly vars: Row['vars'];
  readonly specs?: readonly PromptSpec[];
  readonly system?: string;
}

function prompts({ vars, specs = [], system }: Given) {
  return buildPrompts({ specs, system: system ?? null, columns: Object.keys(vars), file: 'rows.jsonl' });
}

/** Messages of the first prompt for one row. */
function messages(given: Given): readonly Message[] {
  return prompts(given)[0]?.render(row(given.vars)) ?? [];
}

function refusal(given: Given): PromptgridError {
  try {
    messages(given);
  } catch (error) {
    if (error instanceof PromptgridError) return error;
    throw error;
  }
  throw new Error('not refused');
}

function text(template: string, name = 'p1'): PromptSpec {
  return { name, kind: 'text', text: template };
}

function file(content: JsonValue | string, name = 'chat'): PromptSpec {
  return { name, kind: 'messages', text: typeof content === 'string' ? content : JSON.stringify(content) };
}

const USER = { role: 'user', content: 'Hi' };

describe('the prompts of a grid', () => {
  it('are the given templates, each as the only user message', () => {
    const made = prompts({ vars: { q: 'Hi' }, specs: [text('{{ q }}?'), text('{{ q }}!', 'p2')] });
    expect(made.map(({ name }) => name)).toEqual(['p1', 'p2']);
    expect(made.map((prompt) => prompt.render(row({ q: 'Hi' })))).toEqual([
      [{ role: 'user', content: 'Hi?' }],
      [{ role: 'user', content: 'Hi!' }],
    ]);
  });

  it('are the given templates even if the dataset has prompts', () => {
    const vars = { q: 'Hi', prompt: 'Not me', messages: [] };
    expect(messages({ vars, specs: [text('{{ q }}')] })).toEqual([USER]);
  });

  it('are the messages column before the prompt column', () => {
    expect(messages({ vars: { prompt: 'Not me', messages: [USER] } })).toEqual([USER]);
    expect(prompts({ vars: { prompt: 'x', messages: [USER] } }).map(({ name }) => name)).toEqual(['messages']);
  });

  it('are the prompt column if there is nothing else', () => {
    expect(messages({ vars: { prompt: 'Hi' } })).toEqual([USER]);
  });

  it('need some source, and the error shows how', () => {
    const refused = refusal({ vars: { id: 'q1', question: 'Why?' } });
    expect(refused).toBeInstanceOf(UsageError);
    expect(refused.message).toBe('rows.jsonl: there is no prompt, and no column named "prompt" or "messages"');
    expect(refused.hint).toBe('give one with --prompt "… {{ question }}"; columns: id, question');
  });

  it('have different templates if their texts differ', () => {
    const templates = [
      prompts({ vars: {}, specs: [text('a')] }),
      prompts({ vars: {}, specs: [text('b')] }),
      prompts({ vars: {}, specs: [text('a')], system: 's' }),
      prompts({ vars: {}, specs: [text('a')], system: 't' }),
      prompts({ vars: { prompt: 'a' } }),
      prompts({ vars: { messages: [USER] } }),
    ].map(([prompt]) => prompt?.template);
    expect(new Set(templates).size).toBe(6);
  });

  it('know the columns that they read, including those of the system message', () => {
    const [prompt] = prompts({ vars: {}, specs: [text('{{ a }}')], system: '{{ b }}' });
    expect(prompt?.variables).toEqual(['b', 'a']);
  });
});

describe('the prompt column', () => {
  it('is sent verbatim: a row’s text is not a template', () => {
    expect(messages({ vars: { prompt: '{{ 7 | plus: 1 }} {% if' } })[0]?.['content']).toBe('{{ 7 | plus: 1 }} {% if');
  });

  it('must not be empty', () => {
    const refused = refusal({ vars: { prompt: '' } });
    expect(refused).toBeInstanceOf(DatasetError);
    expect(refused.message).toBe('rows.jsonl:4: the column "prompt" is empty in row 3');
  });
});

describe('the messages column', () => {
  it.each<[string, JsonValue]>([
    ['an array, as in JSONL', [{ role: 'system', content: 'Be brief' }, USER]],
    ['the text of one, as in CSV', JSON.stringify([{ role: 'system', content: 'Be brief' }, USER])],
  ])('may be %s', (_form, cell) => {
    expect(messages({ vars: { messages: cell } })).toEqual([{ role: 'system', content: 'Be brief' }, USER]);
  });

  it('is sent verbatim: a row’s text is not a template', () => {
    const said = [{ role: 'user', content: '{{ 7 | plus: 1 }}' }];
    expect(messages({ vars: { messages: said } })).toEqual(said);
  });

  it('keeps other fields of a message: names, parts, calls', () => {
    const said = [
      { role: 'developer', content: 'Be brief' },
      { role: 'user', name: 'anna', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function' }] },
      { role: 'assistant', function_call: { name: 'f', arguments: '{}' } },
      { role: 'tool', tool_call_id: 'c1', content: '7' },
      { role: 'function', name: 'f', content: '7' },
    ];
    expect(messages({ vars: { messages: said } })).toEqual(said);
  });

  it.each<[JsonValue, string]>([
    ['', 'it is not an array of messages'],
    ['Hi', 'it is not an array of messages'],
    ['[{"role": "user"', 'it is not an array of messages'],
    ['{"role": "user", "content": "Hi"}', 'it is not an array of messages'],
    [null, 'it is not an array of messages'],
    [7, 'it is not an array of messages'],
    [[], 'it is an empty array'],
    [['Hi'], 'message 1 is not an object with role and content'],
    [[USER, null], 'message 2 is not an object with role and content'],
    [[[USER]], 'message 1 is not an object with role and content'],
    [[{ content: 'Hi' }], 'message 1 has no role'],
    [[{ role: 7, content: 'Hi' }], 'message 1 has no role'],
    [
      [{ role: 'human', content: 'Hi' }],
      'message 1 has the role "human"; known are system, developer, user, assistant, tool, function',
    ],
    [[{ role: 'user' }], 'message 1 has no content'],
    [[USER, { role: 'user', content: 7 }], 'message 2 has a content that is neither text nor a list of parts'],
    [`[{"role":"user","content":${'['.repeat(5000)}${']'.repeat(5000)}}]`, 'it is nested more than 500 levels deep'],
    [[{ role: 'user', content: { text: 'Hi' } }], 'message 1 has a content that is neither text nor a list of parts'],
  ])('%j is rejected with the fault', (cell, what) => {
    const refused = refusal({ vars: { messages: cell } });
    expect(refused).toBeInstanceOf(DatasetError);
    expect(refused.message).toBe(`rows.jsonl:4: the column "messages" of row 3: ${what}`);
    expect(refused.hint).toContain('[{"role": "user"');
  });
});

describe('a file of messages', () => {
  it('is a conversation whose contents are templates', () => {
    const spec = file([
      { role: 'system', content: 'Answer in {{ language }}' },
      { role: 'user', content: 'Capital of France?' },
      { role: 'assistant', content: 'Paris' },
      { role: 'user', content: '{{ q }}' },
    ]);
    expect(messages({ vars: { q: 'Of Japan?', language: 'English' }, specs: [spec] })).toEqual([
      { role: 'system', content: 'Answer in English' },
      { role: 'user', content: 'Capital of France?' },
      { role: 'assistant', content: 'Paris' },
      { role: 'user', content: 'Of Japan?' },
    ]);
    expect(prompts({ vars: {}, specs: [spec] })[0]?.variables).toEqual(['language', 'q']);
  });

  it('fills the parts of a content too', () => {
    const spec = file([{ role: 'user', content: [{ type: 'text', text: '{{ q }}' }] }]);
    expect(messages({ vars: { q: 'Hi' }, specs: [spec] })).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ]);
  });

  it('does not change messages without content', () => {
    const call = { role: 'assistant', tool_calls: [{ id: 'c1' }] };
    expect(messages({ vars: { q: 'Hi' }, specs: [file([call, { role: 'user', content: '{{ q }}' }])] })).toEqual([
      call,
      USER,
    ]);
  });

  it('does not run a row’s text as a template', () => {
    const spec = file([{ role: 'user', content: '{{ q }}' }]);
    expect(messages({ vars: { q: '{{ 7 | plus: 1 }}' }, specs: [spec] })[0]?.['content']).toBe('{{ 7 | plus: 1 }}');
  });

  it.each([
    ['no JSON', 'it is not an array of messages'],
    ['{"role": "user"}', 'it is not an array of messages'],
    ['[]', 'it is an empty array'],
    ['[{"role": "user"}]', 'message 1 has no content'],
  ])('%s is rejected', (content, what) => {
    const refused = refusal({ vars: {}, specs: [file(content)] });
    expect(refused).toBeInstanceOf(PromptError);
    expect(refused.message).toBe(`the file of prompt "chat": ${what}`);
  });

  it('with a broken template is rejected', () => {
    const refused = refusal({ vars: {}, specs: [file([{ role: 'user', content: '{{ q' }])] });
    expect(refused.message).toContain('prompt "chat": output "{{ q" not closed');
  });
});

describe('the system message', () => {
  const own = [{ role: 'system', content: 'Own' }, USER];

  it('comes from the given template, filled with the row', () => {
    const given = { vars: { q: 'Hi', tone: 'kind' }, specs: [text('{{ q }}')], system: 'Be {{ tone }}' };
    expect(messages(given)).toEqual([{ role: 'system', content: 'Be kind' }, USER]);
  });

  it.each(['system', 'developer'])('from the given template replaces a prompt’s own %s message', (role) => {
    const vars = { messages: [{ role, content: 'Own' }, USER] };
    expect(messages({ vars, system: 'Given' })).toEqual([{ role: 'system', content: 'Given' }, USER]);
  });

  it('comes from the system column, verbatim, if there is no template', () => {
    const vars = { prompt: 'Hi', system: 'Be {{ tone }}' };
    expect(messages({ vars })).toEqual([{ role: 'system', content: 'Be {{ tone }}' }, USER]);
  });

  it('from the given template takes precedence over the system column', () => {
    expect(messages({ vars: { prompt: 'Hi', system: 'Column' }, system: 'Given' })[0]?.['content']).toBe('Given');
  });

  it('from the column is used only if a prompt has none', () => {
    expect(messages({ vars: { messages: own, system: 'Column' } })).toEqual(own);
    expect(messages({ vars: { messages: [USER], system: 'Column' } })).toEqual([
      { role: 'system', content: 'Column' },
      USER,
    ]);
  });

  it('is decided row by row', () => {
    const [prompt] = buildPrompts({ specs: [], system: null, columns: ['prompt', 'system'], file: 'rows.csv' });
    const rows = [{ prompt: 'Hi', system: 'One' }, { prompt: 'Hi', system: '' }, { prompt: 'Hi' }];
    expect(rows.map((vars) => prompt?.render(row(vars)).length)).toEqual([2, 1, 1]);
  });

  it('with a broken template is rejected', () => {
    expect(refusal({ vars: { prompt: 'Hi' }, system: '{{ q' }).message).toContain('prompt "system": ');
  });
});
