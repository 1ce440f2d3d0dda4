import { spawnSync } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults } from '../support/results.ts';

interface BadDataset {
  readonly what: string;
  readonly name?: string;
  readonly content: string;
  readonly words?: readonly string[];
  readonly message: string | RegExp;
  readonly hint?: string | RegExp;
}

const LONG = Array.from({ length: 3000 }, (_, index) => `r${index},ask ${index}`).join('\n');

const BAD_DATASETS: readonly BadDataset[] = [
  { what: 'an empty file', content: '', message: 'rows.csv: the file is empty' },
  { what: 'a header without rows', content: 'id,prompt\n', message: /^rows\.csv: .*no rows/ },
  { what: 'a row that is too short', content: 'id,prompt\n1,a\n2\n', message: /^rows\.csv:3:\d+: .*1 field of 2/ },
  {
    what: 'a fault in the last of many rows',
    content: `id,prompt\n${LONG}\nlast\n`,
    message: /^rows\.csv:3002:\d+: /,
  },
  { what: 'a header that names a column twice', content: 'id,prompt,id\n1,a,b\n', message: /^rows\.csv:1:11: .*"id"/ },
  { what: 'a header that leaves a name out', content: 'id,,prompt\n1,a,b\n', message: /^rows\.csv:1:4: / },
  {
    what: 'a quote that is never closed',
    content: 'id,prompt\n1,a\n2,"b\n3,c\n',
    message: /^rows\.csv:3:3: .*quote.*never closed/,
  },
  {
    what: 'a line that is no JSON',
    name: 'rows.jsonl',
    content: '{"prompt": "a"}\n{"prompt": b}\n',
    message: /^rows\.jsonl:2:12: not JSON/,
  },
  {
    what: 'an id that is there twice',
    content: 'id,prompt\na,1\nb,2\na,3\n',
    message: /^rows\.csv:4.*"a" is there twice \(column "id"\)/,
    hint: /line 2/,
  },
  {
    what: 'messages that are no array of messages, in a later row',
    name: 'rows.jsonl',
    content: '{"messages":[{"role":"user","content":"a"}]}\n{"messages":[{"content":"a"}]}\n',
    message: /^rows\.jsonl:2.*"messages".*role/,
  },
  {
    what: 'no prompt and no column that holds one',
    content: 'id,question\n1,a\n',
    message: /^rows\.csv: .*no prompt/,
    hint: /--prompt .*question/,
  },
  {
    what: 'a template variable that no column has',
    content: 'id,question\n1,a\n',
    words: ['--prompt', 'Say {{ qestion }}'],
    message: /\{\{ qestion \}\}/,
    hint: /columns: id, question.*did you mean question\?/,
  },
  {
    what: 'a score whose expected column is missing',
    content: 'id,prompt\n1,a\n',
    words: ['--score', 'exact'],
    message: /exact.*"expected".*rows\.csv/,
    hint: /--expected.*columns: id, prompt/,
  },
];

describe.concurrent('a dataset that cannot be used', () => {
  it.for(BAD_DATASETS.map((bad) => [bad.what, bad] as const))(
    'is refused before anything is paid: %s',
    async ([, bad], { desk }) => {
      const gateway = await desk.gateway();
      const { name = 'rows.csv', content, words = [], message, hint = /./ } = bad;
      await desk.write(name, content);
      const told = await refused(desk, gateway, ['run', name, '-m', 'gpt-4o', '--base-url', gateway.url, ...words]);
      expect(told).toEqual({
        message: typeof message === 'string' ? message : expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    },
  );

  it('is named if there is no such file', async ({ desk }) => {
    const gateway = await desk.gateway();
    const { message } = await refused(desk, gateway, ['run', 'gone.csv', '-m', 'gpt-4o', '--base-url', gateway.url]);
    expect(message).toBe('gone.csv: no such file');
  });

  it('is named if it is a folder', async ({ desk }) => {
    const gateway = await desk.gateway();
    await mkdir(desk.path('rows.csv'));
    const { message } = await refused(desk, gateway, ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url]);
    expect(message).toBe('rows.csv: this is a folder');
  });

  it('does not create the --out folder or its parents', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,prompt\n1\n');
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'deep/er/run'];
    await refused(desk, gateway, words);
    expect(await desk.list()).toEqual(['rows.csv']);
  });

  it.for([
    ['that is empty', '', 'standard input is empty'],
    ['whose row is too short', 'id,prompt\n1,a\n2\n', /:3:\d+: .*1 field of 2/],
    ['whose line is no JSON', '{"prompt": "a"}\n{"prompt": b}\n', /:2:12: not JSON/],
  ] as const)('leaves nothing behind of a standard input %s', async ([, input, message], { desk }) => {
    const gateway = await desk.gateway();
    const words = ['run', '-', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    const told = await refused(desk, gateway, words, { input });
    expect(told.message).toMatch(message);
  });

  it('leaves the run in its folder intact if it came over standard input', async ({ desk }) => {
    const gateway = await desk.gateway();
    const words = ['run', '-', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    await desk.pass(words, { input: 'id,prompt\n1,a\n' });
    const before = await desk.files('run');
    expect((await desk.run(words, { input: 'id,prompt\n1,b\n2\n' })).status).toBe(2);
    expect(await desk.files('run')).toEqual(before);
    expect((await desk.run([...words, '-t', '1'], { input: 'id,prompt\n1,c\n' })).status).toBe(2);
    expect(await desk.files('run')).toEqual(before);
  });
});

/** Windows-1251 bytes of a text of ASCII and the letters А to я. */
function windows1251(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 0x80 ? code : code - 0x410 + 0xc0;
  });
}

/** What takes from root the right to read everything; nothing for others. */
const WITHOUT_RIGHTS = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
const MAY_TEST = WITHOUT_RIGHTS.length === 0 || spawnSync('setpriv', ['--version']).status === 0;

describe.skipIf(!MAY_TEST)('a dataset that cannot be read (as root, needs setpriv)', () => {
  it('is named', async ({ desk }) => {
    const gateway = await desk.gateway();
    await chmod(desk.path(await desk.write('rows.csv', 'prompt\na\n')), 0o000);
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url];
    const started = WITHOUT_RIGHTS.length === 0 ? desk.start(words) : desk.startWithin(WITHOUT_RIGHTS, words);
    const { status, stderr } = await started.ended;
    expect([status, stderr]).toEqual([2, expect.stringContaining('error rows.csv: no permission to read\n')]);
    expect(gateway.stats().calls).toBe(0);
  });
});

describe.concurrent('a dataset in windows-1251', () => {
  const bytes = windows1251('id,prompt\n1,Привет\n');

  it('is refused with the line and the flag that reads it', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', bytes);
    const told = await refused(desk, gateway, ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url]);
    expect(told.message).toMatch(/^rows\.csv:2: not UTF-8/);
    expect(told.hint).toContain('--encoding windows-1251');
  });

  it('is read with that flag', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', bytes);
    const flags = ['--base-url', gateway.url, '--encoding', 'windows-1251', '--out', 'run'];
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', ...flags]);
    expect((await csvResults(desk, 'run'))[0]).toMatchObject({ 'row.prompt': 'Привет', status: 'completed' });
  });
});
