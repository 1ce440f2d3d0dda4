import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, parseObject } from '../support/results.ts';

const RUN = ['run', 'rows.jsonl', '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--out', 'run'];
const ANSWERS = ['one', 'two']
  .map((prompt) => `${JSON.stringify({ prompt, model: 'gpt-4o', output: `It is ${prompt}.` })}\n`)
  .join('');

function rows(...expected: readonly unknown[]): string {
  return expected
    .map(
      (value, at) => `${JSON.stringify({ id: String(at + 1), prompt: at === 0 ? 'one' : 'two', expected: value })}\n`,
    )
    .join('');
}

describe.concurrent('a scorer without scores', () => {
  it.for([
    ['throws', "() => { throw new Error('no word list here'); }", 'the module threw: no word list here'],
    ['rejects', "async () => { throw new TypeError('no connection'); }", 'the module threw: no connection'],
    ['gives no score', "() => 'good'", 'the module gave a value of type string, which is not a score from 0 to 1'],
    ['gives null with a reason', "() => ({ score: null, reason: 'not asked' })", 'not asked'],
  ])(
    'on every answer since it %s is reported with the first reason: exit status 3',
    async ([, code, reason], { desk }) => {
      await desk.write('rows.jsonl', rows('1', '2'));
      await desk.write('answers.jsonl', ANSWERS);
      await desk.write('mine.mjs', `export default ${code};`);
      const ended = await desk.run([...RUN, '--score', 'module:./mine.mjs', '--score', 'contains:It']);
      expect(ended.status).toBe(3);
      expect(ended.stdout).toContain(`\nmine gave no score for any of 2 answers: ${reason}\n`);
      expect(ended.stdout).not.toContain('contains gave');
    },
  );

  it('is reported with --quiet too, and by promptgrid score', async ({ desk }) => {
    await desk.write('rows.jsonl', rows('1', '2'));
    await desk.write('answers.jsonl', ANSWERS);
    await desk.write('mine.mjs', 'export default () => 7;');
    const line = 'mine gave no score for any of 2 answers: the module gave 7, which is not a score from 0 to 1\n';
    const ended = await desk.run([...RUN, '--score', 'module:./mine.mjs', '--quiet']);
    expect(ended).toMatchObject({ status: 3, stdout: '', stderr: expect.stringContaining(line) });
    const again = await desk.run(['score', 'run', '--score', 'module:./mine.mjs']);
    expect(again).toMatchObject({ status: 3, stdout: expect.stringContaining(line) });
    const other = await desk.run(['score', 'run', '--score', 'contains:It']);
    expect(other.status).toBe(0);
  });

  it('on some answers is reported, with exit status 0', async ({ desk }) => {
    await desk.write('rows.jsonl', rows('1', '2'));
    await desk.write('answers.jsonl', ANSWERS);
    await desk.write(
      'mine.mjs',
      "export default ({ rowId }) => { if (rowId === '2') throw new Error('odd'); return 1; };",
    );
    const ended = await desk.run([...RUN, '--score', 'module:./mine.mjs']);
    expect(ended.status).toBe(0);
    expect(ended.stdout).toContain('\nmine gave no score for 1 of 2 answers: the module threw: odd\n');
  });
});

describe.concurrent('expected answers of rows', () => {
  it('may be any of a list, for scorers that compare with one text or number', async ({ desk }) => {
    await desk.write('rows.jsonl', rows(['It is 1.', 'It is one.'], ['three', 'four']));
    await desk.write('answers.jsonl', ANSWERS);
    await desk.pass([...RUN, '--score', 'exact', '--score', 'contains-any']);
    const results = await csvResults(desk, 'run');
    expect(results.map((row) => [row['score.exact'], row['score.contains-any']])).toEqual([
      ['1.0', '1.0'],
      ['0.0', '0.0'],
    ]);
  });

  it.for([
    { what: 'an object', value: { city: 'Rome' }, reason: 'an object cannot be compared as text or number' },
    { what: 'an empty list', value: [], reason: 'an empty list has no right answer' },
    {
      what: 'a list of objects',
      value: [{ city: 'Rome' }],
      reason: 'a list that holds objects or lists is not a list of right answers',
    },
  ])('are refused before anything is paid if one is $what', async ({ value, reason }, { desk }) => {
    await desk.write('rows.jsonl', rows('1', value));
    const gateway = await desk.gateway();
    const words = ['run', 'rows.jsonl', '-m', 'gpt-4o', '--base-url', gateway.url, '--score', 'numeric'];
    const { message, hint } = await refused(desk, gateway, words);
    expect(message).toContain(`rows.jsonl:2: numeric cannot use the column "expected" of row 2: ${reason}`);
    expect(hint).toContain('use json-fields, tool-call, a judge or a module');
  });

  it('may be an object if the scorer can use it', async ({ desk }) => {
    await desk.write('rows.jsonl', rows({ is: 'one' }, { is: 'two' }));
    await desk.write('answers.jsonl', ANSWERS);
    await desk.write('mine.mjs', 'export default ({ expected, output }) => output.includes(JSON.parse(expected).is);');
    await desk.pass([...RUN, '--score', 'module:./mine.mjs', '--score', 'json-fields']);
    const { variants } = parseObject(await desk.read('run/summary.json'));
    expect(variants).toMatchObject([{ scores: [{ name: 'mine', mean: 1 }, { mean: 0 }] }]);
  });
});

describe.concurrent('template braces', () => {
  const specs = ['regex:{{ expected }}', 'extract:{{ expected }}', 'not:contains:{{ expected }}'];

  it.for(specs)('in %s are literal, with a warning', async (spec, { desk }) => {
    await desk.write('rows.jsonl', rows('one', 'two'));
    await desk.write('answers.jsonl', ANSWERS);
    const { stderr } = await desk.pass([...RUN, '--score', spec]);
    expect(stderr).toContain(
      `warning: --score ${spec}: {{ expected }} is taken as it stands, since only rubrics are templates\n`,
    );
    const again = await desk.pass(['score', 'run', '--score', spec]);
    expect(again.stderr).toContain('{{ expected }} is taken as it stands');
  });

  it('in a row assertion are literal too, with one warning per column', async ({ desk }) => {
    await desk.write(
      'rows.csv',
      'id,prompt,__expected\na,one,contains:one\nb,two,regex:{{ x }}\nc,two,equals:{{ y }}\n',
    );
    await desk.write('answers.jsonl', ANSWERS);
    const { stderr } = await desk.pass(['run', 'rows.csv', ...RUN.slice(2)]);
    const line =
      'warning: line 3, the column "__expected": {{ x }} is taken as it stands, since assertions are no templates\n';
    expect(stderr).toContain(line);
    expect(stderr).not.toContain('{{ y }}');
  });

  it('that repeat or quote nothing are not a template', async ({ desk }) => {
    await desk.write('rows.jsonl', rows('one', 'two'));
    await desk.write('answers.jsonl', ANSWERS);
    const { stderr } = await desk.pass([...RUN, '--score', 'regex:o{1,2}', '--score', 'contains:{"a": {}}']);
    expect(stderr).not.toContain('as it stands');
  });
});
