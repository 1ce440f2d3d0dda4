import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { csvResults, parseObject } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', 'answers.jsonl', '--out', 'run'];

function answers(outputs: Readonly<Record<string, string>>): string {
  return Object.entries(outputs)
    .map(([prompt, output]) => `${JSON.stringify({ prompt, model: 'gpt-4o', output })}\n`)
    .join('');
}

describe.concurrent('the scores of a run', () => {
  it('use options of promptgrid.yaml, each in a column of its own name', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt,expected,lang\na,one,"1 234,5",ru\nb,two,5,ru\nc,three,6,en\n');
    await desk.write('answers.jsonl', answers({ one: 'Итого: 1,234.50 ₽', two: 'five', three: 'It is 6.' }));
    await desk.write(
      'promptgrid.yaml',
      `score:
  - {type: numeric, name: price, weight: 3}
  - {type: "not:contains", value: It, when: {column: lang, equals: en}}
  - {type: word-count, max: 3, threshold: 0, weight: 1}
`,
    );
    await desk.pass(RUN);
    const names = ['score.price', 'score.not-contains', 'score.word-count', 'passed'];
    expect((await csvResults(desk, 'run')).map((row) => names.map((name) => row[name]))).toEqual([
      ['1.0', '', '1.0', 'true'],
      ['0.0', '', '1.0', 'false'],
      ['1.0', '0.0', '1.0', 'false'],
    ]);
    const { variants } = parseObject(await desk.read('run/summary.json'));
    expect(variants).toMatchObject([
      {
        scores: [
          { name: 'price', n: 3, unjudged: 0, errored: 0, notAsked: 0, mean: 2 / 3, passed: 2 },
          { name: 'not-contains', n: 1, unjudged: 0, errored: 0, notAsked: 2, mean: 0, passed: 0 },
          { name: 'word-count', n: 3, mean: 1, passed: 3 },
        ],
        // 4/4, 1/4, and 4/5 where the scorer without a weight counts 1.
        weightedScore: { n: 3, mean: (1 + 0.25 + 0.8) / 3 },
      },
    ]);
    const { settings } = parseObject(await desk.read('run/run.json'));
    expect(settings).toMatchObject({ scorers: [{ type: 'numeric', name: 'price', weight: 3 }, {}, {}] });
  });

  it('leave errored trials out and say so', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rate5xx: 1 } });
    await desk.write('rows.csv', 'id,prompt,expected\na,one,1\n');
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--out', 'run'];
    const ended = await desk.run([...words, '--score', 'numeric', '--max-attempts', '1', '--no-model-check']);
    expect(ended.status).toBe(3);
    const { variants } = parseObject(await desk.read('run/summary.json'));
    expect(variants).toMatchObject([{ scores: [{ n: 0, unjudged: 0, errored: 1, mean: null }] }]);
  });

  it('of a user function are null with the reason if it fails, and the run continues', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt\na,one\nb,two\nc,three\n');
    await desk.write('answers.jsonl', answers({ one: 'x', two: 'yy', three: 'zzz' }));
    await desk.write(
      'scorers/length.mjs',
      `export default async ({ row, output, completion }) => {
  if (row.id === 'b') throw new Error('no ' + output);
  return completion.finishReason === 'stop' ? output.length / 4 : 0;
};
`,
    );
    await desk.pass([...RUN, '--score', 'module:./scorers/length.mjs']);
    expect((await csvResults(desk, 'run')).map((row) => row['score.length'])).toEqual(['0.25', '', '0.75']);
    const { variants } = parseObject(await desk.read('run/summary.json'));
    expect(variants).toMatchObject([
      { scores: [{ n: 2, unjudged: 1, unjudgedReasons: [{ reason: 'the module threw: no yy', n: 1 }], mean: 0.5 }] },
    ]);
  });

  it('are computed again without a call if scorers change, and the file is as if they had been there', async ({
    desk,
  }) => {
    await desk.write('rows.csv', 'id,prompt,expected\na,one,"{""a"": 1}"\n');
    await desk.write('answers.jsonl', answers({ one: '```json\n{"a": 1}\n```' }));
    await desk.pass(RUN);
    const { stderr } = await desk.pass([...RUN, '--score', 'json-fields', '--score', 'json-valid']);
    expect(stderr).toContain('1 is done already, 0 to go');
    expect(await csvResults(desk, 'run')).toMatchObject([{ 'score.json-fields': '1.0', 'score.json-valid': '1.0' }]);
  });

  it('report before the first call which rows have no expected answer', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt,expected\na,one,1\nb,two,\nc,three,\n');
    await desk.write('answers.jsonl', answers({ one: '1', two: '2', three: '3' }));
    const warning = 'warning: numeric cannot score 2 of 3 rows, which have nothing in "expected": lines 3, 4';
    const looked = await desk.pass([...RUN, '--score', 'numeric', '--dry-run']);
    expect(looked.stderr).toContain(warning);
    expect(await desk.list()).not.toContain('run');
    expect((await desk.pass([...RUN, '--score', 'numeric'])).stderr).toContain(warning);
  });
});

describe.concurrent('an invalid scorer', () => {
  it.for([
    { score: 'numric', message: /unknown scorer "numric"/, hint: /did you mean numeric\?/ },
    { score: 'regex:(?=a)', message: /lookaround, which RE2 does not match/, hint: /two scorers/ },
    { score: 'regex:(', message: /missing closing \)/, hint: /RE2/ },
    { score: 'json-schema:gone.json', message: /gone\.json cannot be read/, hint: /path/ },
    { score: 'json-schema:bad.json', message: /bad\.json: the schema is broken: \/type must be/, hint: /mend/ },
    { score: 'module:./gone.mjs', message: /gone\.mjs cannot be loaded/, hint: /working folder/ },
    { score: 'module:./plain.mjs', message: /plain\.mjs cannot be loaded: it has no function/, hint: /export default/ },
    { score: 'exact', message: /no row of rows\.csv has anything in "expected"/, hint: /--expected/ },
  ])('is refused before anything is paid: $score', async ({ score, message, hint }, { desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,prompt,expected\na,one,\n');
    await desk.write('bad.json', '{"type": "objekt"}');
    await desk.write('plain.mjs', 'export default 1;');
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, '--score', score];
    const told = await refused(desk, gateway, words);
    expect(told).toEqual({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  it('is refused if its condition uses a missing column', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'id,prompt,lang\na,one,ru\n');
    await desk.write('promptgrid.yaml', 'score: {type: refusal, when: {column: lng, equals: ru}}\n');
    const told = await refused(desk, gateway, ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url]);
    expect(told).toEqual({
      message: expect.stringContaining('score refusal: "when" names the column "lng", which rows.csv lacks'),
      hint: expect.stringMatching(/did you mean lang\?$/),
    });
  });
});
