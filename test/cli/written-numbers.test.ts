import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';
import { csvResults } from '../support/results.ts';

const ROW =
  '{"id":"a","question":"Whose is it?","user":98765432109876543210,"price":1.10,"expected":9007199254740993}\n';

describe.concurrent('numbers of a JSONL dataset', { timeout: 60_000 }, () => {
  it('reach prompts, expected answers and result files as they are written', async ({ desk }) => {
    await desk.write('rows.jsonl', ROW);
    await desk.write(
      'answers.jsonl',
      '{"prompt":"Whose is it? 98765432109876543210 1.10 dear","output":"9007199254740993"}\n',
    );
    const prompt = '{{ question }} {{ user }} {{ price }}{% if price > 1 and price < 1.2 %} dear{% endif %}';
    await desk.pass([
      'run',
      'rows.jsonl',
      '-m',
      'gpt-4o',
      '--simulate',
      'answers.jsonl',
      '--prompt',
      prompt,
      '--score',
      'exact',
      '--out',
      'run',
    ]);
    const [record] = await csvResults(desk, 'run');
    const written = { 'row.user': '98765432109876543210', 'row.price': '1.10', 'row.expected': '9007199254740993' };
    expect(record).toMatchObject({ ...written, output: '9007199254740993', 'score.exact': '1.0' });
    expect(await desk.read('run/results.jsonl')).toContain(
      '"row.user":98765432109876543210,"row.price":1.10,"row.expected":9007199254740993,',
    );
    await desk.pass(['score', 'run', '--score', 'exact', '--score', 'numeric']);
    expect((await csvResults(desk, 'run'))[0]).toMatchObject({
      ...written,
      'score.exact': '1.0',
      'score.numeric': '1.0',
    });
  });
});
