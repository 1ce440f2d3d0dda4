import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonlResults, questions } from '../support/results.ts';

interface Form {
  readonly what: string;
  readonly name?: string;
  readonly content: string;
  readonly words?: readonly string[];
  /** The prompts, in order. */
  readonly prompts: readonly string[];
}

const FORMS: readonly Form[] = [
  {
    what: 'CSV with a byte order mark',
    content: '\uFEFFid,prompt\n1,"Привет, 世界 🌍"\n',
    prompts: ['Привет, 世界 🌍'],
  },
  { what: 'CSV with CRLF', content: 'id,prompt\r\n1,hello\r\n2,bye\r\n', prompts: ['hello', 'bye'] },
  {
    what: 'CSV with line breaks, quotes and delimiters in cells',
    content: 'id,prompt\n1,"one\ntwo, ""three"""\n2,"a;b\r\nc"\n',
    prompts: ['one\ntwo, "three"', 'a;b\r\nc'],
  },
  { what: 'CSV with ; between cells', content: 'id;prompt\n1;hello, you\n', prompts: ['hello, you'] },
  { what: 'CSV with tabs between cells', name: 'rows.tsv', content: 'id\tprompt\n1\ta, b; c\n', prompts: ['a, b; c'] },
  {
    what: 'JSONL with a byte order mark, CRLF and blank lines',
    name: 'rows.jsonl',
    content: '\uFEFF{"prompt": "hello"}\r\n\r\n{"prompt": "bye"}\r\n',
    prompts: ['hello', 'bye'],
  },
  {
    what: 'JSONL under another name with --input-format',
    name: 'rows.txt',
    content: '{"prompt": "hello"}\n',
    words: ['--input-format', 'jsonl'],
    prompts: ['hello'],
  },
];

/** Compares the prompts of the results, and the requests that the gateway reports, with these texts. */
async function expectAsked(desk: Desk, prompts: readonly string[]): Promise<void> {
  const rows = await jsonlResults(desk, 'run');
  expect(rows.map((row) => row['row.prompt'])).toEqual(prompts);
  for (const [index, prompt] of prompts.entries()) {
    expect(rows[index]?.['output']).toContain(`last user message has ${prompt.length} characters`);
  }
}

describe.concurrent('a dataset', () => {
  it.for(FORMS.map((form) => [form.what, form] as const))('is read as %s', async ([, form], { desk }) => {
    const { name = 'rows.csv', content, words = [], prompts } = form;
    const gateway = await desk.gateway();
    await desk.write(name, content);
    const flags = ['-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', ...words];
    await desk.pass(['run', name, ...flags]);
    await expectAsked(desk, prompts);
  });
});

describe.concurrent('standard input', () => {
  it.for([
    ['CSV', 'id,prompt\n1,hello\n2,"good\nbye"\n'],
    ['JSONL', '{"id": 1, "prompt": "hello"}\n{"id": 2, "prompt": "good\\nbye"}\n'],
  ] as const)('is read as %s, and the same again pays nothing', async ([, input], { desk }) => {
    const gateway = await desk.gateway();
    const words = ['run', '-', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    await desk.pass(words, { input });
    await expectAsked(desk, ['hello', 'good\nbye']);
    await desk.pass(words, { input });
    expect(gateway.stats().calls).toBe(2);
  });

  it('is shown by --dry-run without leaving anything', async ({ desk }) => {
    const words = ['run', '-', '-m', 'gpt-4o', '--simulate', '--dry-run', '--json'];
    const { stdout } = await desk.pass(words, { input: questions(3) });
    expect(JSON.parse(stdout)).toMatchObject({ rows: 3, trials: 3 });
    expect(await desk.list()).toEqual([]);
  });
});

/** The ids of the rows that a run with these flags uses. */
async function ids(desk: Desk, url: string, words: readonly string[]): Promise<readonly unknown[]> {
  const out = `run${words.join('')}`;
  const all = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', url, '--out', out, ...words];
  await desk.pass(all);
  return (await csvResults(desk, out)).map((row) => row['row_id']);
}

describe.concurrent('the rows of a dataset', () => {
  it('are only the first with --limit, and a later full run pays only for the rest', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(5));
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    await desk.pass([...words, '--limit', '2']);
    expect((await csvResults(desk, 'run')).map((row) => row['row_id'])).toEqual(['r1', 'r2']);
    await desk.pass(words);
    expect(await csvResults(desk, 'run')).toHaveLength(5);
    expect(gateway.stats()).toMatchObject({ served: 5, duplicates: 0 });
  });

  it('are drawn by --sample in the order of the dataset, the same for the same --seed', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(30));
    const seed7 = await ids(desk, gateway.url, ['--sample', '6', '--seed', '7']);
    expect(seed7).toHaveLength(6);
    expect(seed7).toEqual(seed7.toSorted((a, b) => Number(String(a).slice(1)) - Number(String(b).slice(1))));
    expect(await ids(desk, gateway.url, ['--sample', '6', '--seed=7'])).toEqual(seed7);
    expect(await ids(desk, gateway.url, ['--sample', '6', '--seed', '8'])).not.toEqual(seed7);
  });
});

describe.concurrent('prompts', () => {
  it('run in order for each row, templates before files, under names of their own', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,word\n1,tree\n2,leaf\n');
    await desk.write('prompts/long.txt', 'What is a {{ word }}?\n');
    await desk.write('prompts/chat.json', '[{"role": "user", "content": "Say {{ word }} and no more, please"}]');
    const prompts = ['--prompt', '{{ word }}', '--prompt', 'a, b: {{ word }}'];
    const files = ['--prompt-file', 'prompts/long.txt', '--prompt-file', 'prompts/chat.json'];
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', ...prompts, ...files];
    await desk.pass(words);
    const rows = await csvResults(desk, 'run');
    const names = ['p1', 'p2', 'long', 'chat'];
    expect(rows.map((row) => [row['row_id'], row['prompt']])).toEqual(
      ['1', '2'].flatMap((id) => names.map((name) => [id, name])),
    );
    const lengths = ['tree', 'a, b: tree', 'What is a tree?', 'Say tree and no more, please'].map(
      ({ length }) => length,
    );
    for (const [index, length] of lengths.entries()) {
      expect(rows[index]?.['output']).toContain(`last user message has ${length} characters`);
    }
  });

  it('come from the messages column, as text in CSV and as an array in JSONL', async ({ desk }) => {
    const gateway = await desk.gateway();
    const messages = JSON.stringify([
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'Hello' },
    ]);
    await desk.write('rows.csv', `id,messages\n1,"${messages.replaceAll('"', '""')}"\n`);
    await desk.write('rows.jsonl', `{"id": 1, "messages": ${messages}}\n`);
    const flags = ['-m', 'gpt-4o', '--base-url', gateway.url];
    await desk.pass(['run', 'rows.csv', ...flags, '--out', 'a']);
    await desk.pass(['run', 'rows.jsonl', ...flags, '--out', 'b']);
    expect(gateway.stats()).toMatchObject({ served: 2, duplicates: 1 });
  });
});
