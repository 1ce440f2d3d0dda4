import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--prompt', '{{ question }}', '--simulate', 'answers.jsonl'];
const ANSWERS = [
  { prompt: 'France?', model: 'gpt-4o', output: 'Paris, of course' },
  { prompt: 'Japan?', model: 'gpt-4o', output: '{"city": "Tokyo"}' },
  { prompt: 'Italy?', model: 'gpt-4o', output: 'I do not know' },
];

describe.concurrent('assertions in the rows of a dataset', () => {
  it('are scored without a flag, each row by its own', async ({ desk }) => {
    await desk.write('answers.jsonl', ANSWERS.map((answer) => JSON.stringify(answer)).join('\n'));
    await desk.write(
      'rows.csv',
      [
        'id,question,__expected,__expected2,__expected3,__metric,__threshold',
        'a,France?,starts-with:Paris,not-contains:London,equals:Paris,,0.6',
        'b,Japan?,is-json,"is-json:{""required"":[""city""]}",,shape,',
        'c,Italy?,"contains-any:Rome,Roma",word-count:4,,,',
        'd,Peru?,,,,,',
      ].join('\n'),
    );
    await desk.pass([...RUN, '--out', 'run']);
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => [row['score.assert'], row['score.shape'], row['passed']])).toEqual([
      [String(2 / 3), '', 'true'],
      ['', '1.0', 'true'],
      ['0.5', '', 'false'],
      ['', '', ''],
    ]);
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({
      variants: [{ scores: [{ name: 'assert', n: 2, passed: 1, notAsked: 2 }, { name: 'shape' }] }],
    });
    // Scoring the same run again with another scorer keeps them.
    await desk.pass(['score', 'run', '--score', 'word-count:4']);
    const again = await csvResults(desk, 'run');
    expect(again.map((row) => [row['score.assert'], row['score.shape']])).toEqual(
      rows.map((row) => [row['score.assert'], row['score.shape']]),
    );
    expect(again[2]?.['score.word-count']).toBe('1.0');
  });

  it.for([
    ['select-best:x', 'rows.csv:3: the column "__expected" of row b: the assertion "select-best" asks a model'],
    ['llm-rubric:is polite', 'rows.csv:3: the column "__expected" of row b: a model is to judge the answer'],
    ['regex:(?=x)', 'rows.csv:3: the column "__expected" of row b: regex:(?=x): the pattern has lookaround'],
    ['contians:x', 'did you mean contains?'],
  ])('are all checked before any call: %s', async ([text, message], { desk }) => {
    await desk.write('rows.csv', `id,question,__expected\na,x,Paris\nb,y,${text}\n`);
    const ended = await desk.run([...RUN.slice(0, -1), '--out', 'run']);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(message);
    expect(await desk.list()).toEqual(['rows.csv']);
  });

  it.for([
    ['__threshold', '1.5', '"1.5" is not a share of assertions'],
    ['__metric', 'exact', 'another score is named "exact" too'],
    ['__weight', '0', '"0" is not a weight'],
    ['__weight1', 'much', '"much" is not a weight'],
    ['__extract', '(', 'the pattern'],
    ['__prefix', 'Please: ', 'does not follow this column'],
    ['__config:__expected:threshold', '0.9', 'does not follow this column'],
  ])('are refused if %s is %s', async ([column, text, message], { desk }) => {
    await desk.write('rows.csv', `id,question,expected,__expected,${column}\na,x,y,Paris,${text}\n`);
    const ended = await desk.run([...RUN.slice(0, -1), '--score', 'exact', '--dry-run']);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(
      `rows.csv:2: the column "${column === '__extract' ? '__expected' : column}" of row a: `,
    );
    expect(ended.stderr).toContain(message);
  });
});
