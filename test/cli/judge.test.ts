import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, jsonLines, objectAt, parseObject, questions, sumDecimals } from '../support/results.ts';

const JUDGED = 'This is no verdict';

/** Scripted answers of gpt-4o, and verdicts of gpt-4o-mini about them. */
const ANSWERS = [
  { prompt: 'Capital of France?', output: 'It is Paris' },
  { prompt: 'Capital of Italy?', output: 'It is Milan' },
  { prompt: 'Capital of Spain?', output: 'It is Barcelona' },
  { prompt: 'Capital of Peru?', output: 'It is Lima' },
  { model: 'gpt-4o-mini', contains: 'It is Paris', output: '{"reason": "right, столица", "score": 1}' },
  { model: 'gpt-4o-mini', contains: 'It is Milan', output: '```json\n{"reason": "wrong city", "score": 0}\n```' },
  { model: 'gpt-4o-mini', contains: 'It is Barcelona', output: 'I cannot say' },
  { model: 'gpt-4o-mini', contains: 'It is Lima', output: '{"score": 9}' },
  { model: 'gpt-4o-mini', contains: `${JUDGED}: its "score"`, output: '{"score": 0.5, "reason": "mended"}' },
  { model: 'gpt-4o-mini', contains: `${JUDGED}: it has`, output: 'still no' },
];

const ROWS = `id,question,expected,human
a,Capital of France?,Paris,yes
b,Capital of Italy?,Rome,no
c,Capital of Spain?,Madrid,no
d,Capital of Peru?,Lima,no
`;

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '-t', '0', '--prompt', '{{ question }}', '--max-tokens', '50'];
const JUDGE = ['--score', 'exact', '--score', 'judge', '--judge-model', 'gpt-4o-mini'];

async function setUp(desk: Desk): Promise<Awaited<ReturnType<Desk['gateway']>>> {
  await desk.write('rows.csv', ROWS);
  await desk.write('answers.jsonl', ANSWERS.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  return desk.gateway({ answersFile: desk.path('answers.jsonl') });
}

function named(model: string): string {
  return `score: [{type: judge, model: ${model}}]\n`;
}

describe.concurrent('a run with a judge', () => {
  it('has its verdicts, and their cost in separate columns and in the totals', async ({ desk }) => {
    const gateway = await setUp(desk);
    const { stdout } = await desk.pass([...RUN, ...JUDGE, '--base-url', gateway.url, '--out', 'run', '--json']);
    const rows = await csvResults(desk, 'run');
    const names = ['score.judge', 'passed', 'reason.judge'];
    expect(rows.map((row) => names.map((name) => row[name]))).toEqual([
      ['1.0', 'false', 'right, столица'],
      ['0.0', 'false', 'wrong city'],
      ['', 'false', 'the judge gave no valid verdict, asked twice: it has no JSON object'],
      ['0.5', 'false', 'mended'],
    ]);
    const own = sumDecimals(rows.map((row) => row['total_cost'] ?? ''));
    const judged = sumDecimals(rows.map((row) => row['judge.judge.cost'] ?? ''));
    const { billed, served } = gateway.stats();
    expect(served).toBe(4 + 6);
    expect(sumDecimals([own, judged])).toBe(billed);
    const document = parseObject(stdout);
    expect(objectAt(document, 'cost')).toMatchObject({ total: billed, currency: 'RUB', unknown: 0 });
    expect(objectAt(document, 'judge')).toMatchObject({
      asked: 6,
      errored: 0,
      cached: 0,
      calls: 6,
      costs: [{ total: judged, currency: 'RUB' }],
    });
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({
      total: { completed: 4, calls: 10, costs: [{ total: billed }] },
      judge: { completed: 6, costs: [{ total: judged }] },
      variants: [
        { costs: [{ total: own }], judge: { completed: 6 }, scores: [{ name: 'exact' }, { n: 3, unjudged: 1 }] },
      ],
    });
    const tokens = rows.map((row) => Number(row['judge.judge.prompt_tokens']) + Number(row['prompt_tokens']));
    expect(objectAt(document, 'tokens')['prompt']).toBe(tokens.reduce((sum, count) => sum + count, 0));
  });

  it('pays nothing for another run of the same: verdicts are cached like answers', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...RUN, ...JUDGE, '--base-url', gateway.url];
    await desk.pass([...words, '--out', 'first']);
    const before = gateway.stats();
    const { stdout } = await desk.pass([...words, '--out', 'second', '--json']);
    expect(gateway.stats()).toMatchObject({ served: before.served, billed: before.billed });
    expect(objectAt(parseObject(stdout), 'cost')).toMatchObject({ total: '0' });
    expect(objectAt(parseObject(stdout), 'judge')).toMatchObject({ asked: 6, cached: 6, calls: 0 });
    const scores = async (run: string): Promise<unknown> =>
      (await csvResults(desk, run)).map((row) => row['score.judge']);
    expect(await scores('second')).toEqual(await scores('first'));
  });

  it.for(['0.7', null])(
    'has its verdicts cached whatever the temperature of its answers: %s',
    async (warm, { desk }) => {
      const gateway = await setUp(desk);
      const [, , , , , , ...others] = RUN;
      const words = ['run', 'rows.csv', '-m', 'gpt-4o', ...(warm === null ? [] : ['-t', warm]), ...others];
      const judged = [...words, ...JUDGE, '--base-url', gateway.url];
      await desk.pass([...judged, '--out', 'first']);
      const before = gateway.stats().served;
      const { stdout } = await desk.pass([...judged, '--out', 'second', '--json']);
      expect(gateway.stats().served).toBe(before + 4);
      expect(objectAt(parseObject(stdout), 'judge')).toMatchObject({ asked: 6, cached: 6, calls: 0 });
    },
  );

  it('judges the answers of a run without verdicts, and none twice', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...RUN, '--base-url', gateway.url, '--no-cache', '--out', 'run'];
    await desk.pass(words);
    expect(gateway.stats().served).toBe(4);
    await desk.pass([...words, ...JUDGE]);
    expect(gateway.stats().served).toBe(10);
    await desk.pass([...words, ...JUDGE, '--score', 'contains']);
    expect(gateway.stats()).toMatchObject({ served: 10, duplicates: 0 });
    // Another rubric makes another prompt; an earlier prompt is not sent again.
    await desk.pass([...words, '--score', 'judge:names a city', '--judge-model', 'gpt-4o-mini']);
    expect(gateway.stats().served).toBe(16);
    await desk.pass([...words, ...JUDGE]);
    expect(gateway.stats().served).toBe(16);
  });

  it('is scored again from its journal, without calls', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.pass([...RUN, ...JUDGE, '--base-url', gateway.url, '--out', 'run']);
    const scored = await csvResults(desk, 'run');
    await gateway.close();
    await desk.pass(['score', 'run', ...JUDGE]);
    expect(await csvResults(desk, 'run')).toEqual(scored);
    const other = await desk.run(['score', 'run', '--score', 'judge:another rubric', '--judge-model', 'gpt-4o-mini']);
    expect(other).toMatchObject({ status: 3, stdout: expect.stringContaining('judge gave no score for any of 4 ') });
    expect((await csvResults(desk, 'run')).map((row) => [row['score.judge'], row['reason.judge']])).toEqual(
      scored.map(() => [
        '',
        'gptunnel/gpt-4o-mini was not asked this yet: give the run command again with this scorer and this model',
      ]),
    );
  });

  it('has its provider also where it is scored again', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.pass([...RUN, ...JUDGE, '--provider', 'custom', '--base-url', gateway.url, '--out', 'run']);
    const scored = await csvResults(desk, 'run');
    await desk.pass(['score', 'run', '--score', 'exact']);
    await desk.pass(['score', 'run', ...JUDGE]);
    expect(await csvResults(desk, 'run')).toEqual(scored);
    await desk.run(['score', 'run', ...JUDGE, '--provider', 'openai']);
    expect((await csvResults(desk, 'run'))[0]?.['reason.judge']).toContain('openai/gpt-4o-mini was not asked this');
  });

  it('has its provider also where others took part, under a name of its own', async ({ desk }) => {
    const gateway = await setUp(desk);
    const section = `providers: {mine: {kind: custom, baseUrl: "${gateway.url}"}}\n`;
    await desk.write('run.yaml', section + named('mine/gpt-4o-mini'));
    await desk.pass([...RUN, '-c', 'run.yaml', '--base-url', gateway.url, '--out', 'run']);
    const scored = await csvResults(desk, 'run');
    await desk.write('short.yaml', named('gpt-4o-mini'));
    await desk.write('long.yaml', named('mine/gpt-4o-mini'));
    for (const file of ['short.yaml', 'long.yaml']) {
      await desk.pass(['score', 'run', '--score', 'exact']);
      await desk.pass(['score', 'run', '-c', file]);
      expect(await csvResults(desk, 'run')).toEqual(scored);
    }
  });

  it('leaves no figures of a judge whose scores were replaced', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...RUN, '--base-url', gateway.url, '--out', 'run'];
    await desk.pass([...words, ...JUDGE]);
    const judged = parseObject(await desk.read('run/summary.json'));
    await desk.pass(['score', 'run', '--score', 'exact']);
    const scored = parseObject(await desk.read('run/summary.json'));
    expect(Object.keys(scored)).not.toContain('judge');
    const page = await desk.read('run/report.html');
    const { stdout } = await desk.pass(['report', 'run', '--json']);
    expect(parseObject(stdout)).not.toHaveProperty('judge');
    await desk.pass([...words, '--score', 'exact']);
    expect(objectAt(scored, 'total')).toEqual(objectAt(parseObject(await desk.read('run/summary.json')), 'total'));
    expect(page).not.toContain('"judge":{');
    await desk.pass(['score', 'run', ...JUDGE]);
    const again = parseObject(await desk.read('run/summary.json'));
    expect([again['total'], again['judge']]).toEqual([judged['total'], judged['judge']]);
  });

  it('reports how far its judge agrees with people, and never shows their verdicts to it', async ({ desk }) => {
    await setUp(desk);
    // A judge that sees human verdicts would get this prompt, and would repeat it.
    const peeking = { model: 'gpt-4o-mini', contains: 'human', output: '{"score": 0.9, "reason": "I saw it"}' };
    await desk.write('answers.jsonl', `${JSON.stringify(peeking)}\n${await desk.read('answers.jsonl')}`);
    const gateway = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
    const words = [...RUN, ...JUDGE, '--judge-against', 'human', '--base-url', gateway.url, '--out', 'run'];
    const { stdout } = await desk.pass(words);
    expect(stdout).toMatch(/judge for gpt-4o: agrees with people in 66\.7% of 3 answers/);
    const summary = parseObject(await desk.read('run/summary.json'));
    // Of three verdicts: right where people say yes, wrong where they say no, and half right, which passes, where they say no.
    expect(summary).toMatchObject({ variants: [{ scores: [{}, { agreement: { n: 3, accuracy: 2 / 3 } }] }] });
    const lines = jsonLines(await desk.read('run/journal.jsonl'));
    expect(lines.filter((line) => 'judge_of' in line)).toHaveLength(6);
    expect((await csvResults(desk, 'run')).map((row) => row['reason.judge'])).not.toContain('I saw it');
  });

  it('keeps its budget over answers and verdicts together', async ({ desk }) => {
    const gateway = await setUp(desk);
    const words = [...RUN, ...JUDGE, '--base-url', gateway.url, '--no-cache', '--out', 'run', '--concurrency', '1'];
    // The answers fit, and some of the verdicts.
    const stopped = await desk.run([...words, '--budget', '0.25']);
    expect(stopped.status).toBe(4);
    expect(stopped.stderr).toContain('the budget of 0.25 RUB is reached');
    const { billed, served } = gateway.stats();
    expect(Number(billed)).toBeLessThanOrEqual(0.25);
    expect(served).toBeGreaterThan(4);
    expect(served).toBeLessThan(10);
    await desk.pass([...words, '--budget', '10']);
    expect(gateway.stats()).toMatchObject({ served: 10, duplicates: 0 });
  });

  it('loses and repeats no verdict when it is killed', async ({ desk }) => {
    await desk.write('rows.csv', questions(60));
    const gateway = await desk.gateway({ latencyMs: 15 });
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '-t', '1', '--base-url', gateway.url, '--out', 'run'];
    const all = [...words, ...JUDGE, '--concurrency', '4'];
    const running = desk.start(all);
    await running.until(() => gateway.stats().served >= 80);
    await running.end();
    await desk.pass(all);
    const { served } = gateway.stats();
    expect(served).toBeGreaterThanOrEqual(120);
    // Only calls in flight at the kill are repeated.
    expect(served).toBeLessThanOrEqual(124);
    const rows = await csvResults(desk, 'run');
    expect(rows.filter((row) => row['score.judge'] !== '')).toHaveLength(60);
  });

  it('sends and counts once what two scores share', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.write('promptgrid.yaml', 'score: [{type: judge, name: one}, {type: judge, name: two}]\n');
    const words = [...RUN, '--judge-model', 'gpt-4o-mini', '--base-url', gateway.url, '--no-cache', '--out', 'run'];
    const { stdout } = await desk.pass([...words, '--json']);
    const { served, billed, duplicates } = gateway.stats();
    expect({ served, duplicates }).toEqual({ served: 10, duplicates: 0 });
    expect(objectAt(parseObject(stdout), 'cost')).toMatchObject({ total: billed });
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['score.two'])).toEqual(rows.map((row) => row['score.one']));
    expect(rows.map((row) => row['judge.two.cost'])).toEqual(['', '', '', '']);
  });

  it('judges the rubrics of rows', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.write(
      'rows.csv',
      `question,__expected,__expected1\nCapital of France?,contains:Paris,llm-rubric:names it\n`,
    );
    const words = [...RUN, '--base-url', gateway.url, '--judge-model', 'gpt-4o-mini', '--out', 'run'];
    await desk.pass(words);
    const [row] = await csvResults(desk, 'run');
    expect(row).toMatchObject({ 'score.assert': '1.0', passed: 'true', 'reason.assert': '' });
    expect(Number(row?.['judge.assert.cost'])).toBeGreaterThan(0);
  });

  it('compares two models in both orders', async ({ desk }) => {
    await desk.write('rows.csv', 'id,question\na,Capital of France?\n');
    const verdict = '{"better": 1, "reason": "first"}';
    const lines = [
      { prompt: 'Capital of France?', model: 'gpt-4o', output: 'Paris' },
      { prompt: 'Capital of France?', model: 'gpt-4o-mini', output: 'Lyon' },
      { model: 'gpt-4-turbo', contains: 'answer_1', output: verdict },
    ];
    await desk.write('answers.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const gateway = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
    const grid = [
      'run',
      'rows.csv',
      '-m',
      'gpt-4o,gpt-4o-mini',
      '--prompt',
      '{{ question }}',
      '--base-url',
      gateway.url,
    ];
    const words = [...grid, '--score', 'judge-pairwise:gpt-4o', '--judge-model', 'gpt-4-turbo', '--out', 'run'];
    const { stdout } = await desk.pass(words);
    expect(gateway.stats().served).toBe(4);
    expect((await csvResults(desk, 'run')).map((row) => row['score.judge-pairwise'])).toEqual(['', '0.5']);
    expect(stdout).toContain('100.0% of 1 verdicts turned with the order of the answers');
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({
      variants: [{ scores: [{ n: 0, notAsked: 1 }] }, { scores: [{ n: 1, orderEffects: { first: 1 } }] }],
    });
  });

  it('is announced before any call', async ({ desk }) => {
    const gateway = await setUp(desk);
    const { stdout } = await desk.pass([...RUN, ...JUDGE, '--base-url', gateway.url, '--dry-run']);
    expect(stdout).toContain('judges        gptunnel/gpt-4o-mini: called for each answer');
    expect(gateway.stats().calls).toBe(0);
  });

  it('ends with 3 if judges were unreachable, and retries them on request', async ({ desk }) => {
    await desk.write('rows.csv', questions(3));
    const gateway = await desk.gateway();
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run', '--no-cache'];
    await desk.pass(words);
    const broken = await desk.gateway({ faults: { rate5xx: 1 } });
    const judged = [...words, ...JUDGE, '--max-attempts', '1'].map((word) =>
      word === gateway.url ? broken.url : word,
    );
    const ended = await desk.run(judged);
    expect(ended.status).toBe(3);
    expect(ended.stderr).toContain('--retry-errored');
    expect(ended.stdout).toMatch(/^3 questions to judges errored:\n {2}3 × overloaded: HTTP 503: /m);
    const { errors, judge } = parseObject(await desk.read('run/summary.json'));
    expect(errors).toEqual([]);
    expect(judge).toMatchObject({ errored: 3, errors: [{ code: 'overloaded', count: 3 }] });
    const report = await desk.pass(['report', 'run']);
    expect(report.stdout).toMatch(/^Errors of judges.*\n.*\n─+\n +3 +overloaded /m);
    expect((await csvResults(desk, 'run')).map((row) => row['reason.judge'])).toEqual(
      Array.from({ length: 3 }, () => 'the judge gave no answer: overloaded'),
    );
    await desk.pass([...words, ...JUDGE, '--retry-errored']);
    expect((await csvResults(desk, 'run')).filter((row) => row['score.judge'] === '')).toEqual([]);
  });
});

describe.concurrent('an invalid judge is refused before anything is paid', () => {
  it.for([
    ['without a model', ['--score', 'judge'], 'a model is to judge, and none is named', '--judge-model'],
    [
      'with a model that is not offered',
      ['--score', 'judge', '--judge-model', 'gpt-9'],
      '"gpt-9"',
      'promptgrid models',
    ],
    [
      'with a rubric that names no column',
      ['--score', 'judge:in {{ lang }}', '--judge-model', 'gpt-4o-mini'],
      'no column for the variable {{ lang }}',
      'columns: ',
    ],
    [
      'against a column that is not there',
      [...JUDGE, '--judge-against', 'people'],
      '--judge-against names the column "people"',
      'columns: ',
    ],
    [
      'by a column that is not there',
      ['--score', 'judge:{{ nope }}', '--judge-model', 'gpt-4o-mini'],
      'no column for the variable {{ nope }}',
      'columns: id, question, expected, human, input, output',
    ],
    [
      'two answers where there is one variant',
      ['--score', 'judge-pairwise:gpt-4o', '--judge-model', 'gpt-4o-mini'],
      'no variant of the grid is compared with the model "gpt-4o"',
      'add another model',
    ],
    ['against no judge', ['--judge-against', 'human'], 'no model is to judge', '--score judge'],
    [
      'against what is no verdict',
      [...JUDGE, '--judge-against', 'question'],
      'rows.csv:2: "Capital of France?" in "question" is not a verdict',
      'pass or fail',
    ],
    [
      'comparing with a model that is not asked',
      ['--score', 'judge-pairwise:gpt-5', '--judge-model', 'gpt-4o-mini'],
      'no variant of the model "gpt-5"',
      'name a model',
    ],
  ] as const)('%s', async ([, words, message, hint], { desk }) => {
    const gateway = await setUp(desk);
    const told = await refused(desk, gateway, [...RUN, ...words, '--base-url', gateway.url, '--out', 'run']);
    expect(told).toEqual({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  });

  it('for a rubric in a row', async ({ desk }) => {
    const gateway = await setUp(desk);
    await desk.write('rows.csv', 'question,__expected\nCapital of France?,llm-rubric:names it\n');
    const { message, hint } = await refused(desk, gateway, [...RUN, '--base-url', gateway.url, '--out', 'run']);
    expect(message).toContain('rows.csv:2: the column "__expected" of row 1: a model is to judge the answer');
    expect(hint).toContain('--judge-model');
  });
});
