import { describe, expect } from 'vitest';
import { parseDecimal } from '../../src/core/money.ts';
import { columnText } from '../../src/core/row.ts';
import { estimateJson } from '../support/estimates.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonLines, objectAt, parseObject, sumDecimals } from '../support/results.ts';

const ROWS = 'id,question,expected\na,Capital of France?,Paris\nb,Capital of Italy?,Rome\nc,Capital of Peru?,Lima\n';
const GRID = ['rows.csv', '-m', 'gpt-4o,gpt-4o-mini', '-t', '0', '--prompt', '{{ question }}', '--max-tokens', '50'];
const JUDGES = ['factuality', 'closed-qa:names a city', 'g-eval:is complete'].flatMap((spec) => ['--score', spec]);
const NAMES = ['factuality', 'closed-qa', 'g-eval'];
const JUDGE = ['--judge-model', 'gpt-3.5-turbo'];

function amount(text: unknown): bigint {
  return parseDecimal(typeof text === 'string' ? text : '') ?? 0n;
}

describe.concurrent('factuality, closed-qa and g-eval', () => {
  it('score every answer, and their cost is in the totals to the digit', async ({ desk }) => {
    await desk.write('rows.csv', ROWS);
    const gateway = await desk.gateway({});
    await desk.pass(['run', ...GRID, ...JUDGES, ...JUDGE, '--base-url', gateway.url, '--out', 'run', '--no-cache']);
    const rows = await csvResults(desk, 'run');
    for (const row of rows) for (const name of NAMES) expect(row[`score.${name}`]).toMatch(/^[01](\.\d+)?$/);
    expect(new Set(rows.map((row) => row['score.factuality']))).not.toContain('');
    const own = sumDecimals(rows.map((row) => row['total_cost'] ?? ''));
    const judged = sumDecimals(NAMES.flatMap((name) => rows.map((row) => row[`judge.${name}.cost`] ?? '')));
    const { billed, served, duplicates } = gateway.stats();
    expect(sumDecimals([own, judged])).toBe(billed);
    // Six answers, three verdicts about each, and the evaluation steps once, without a cache too.
    expect({ served, duplicates }).toEqual({ served: 6 + 18 + 1, duplicates: 0 });
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({ judge: { completed: 19, errored: 0, costs: [{ total: judged }] } });
    expect(objectAt(summary, 'total')).toMatchObject({ calls: 25, costs: [{ total: billed }] });
  });

  it('are not asked again when a run is repeated, resumed or scored again', async ({ desk }) => {
    await desk.write('rows.csv', ROWS);
    const gateway = await desk.gateway({});
    const words = [...GRID, ...JUDGES, ...JUDGE, '--base-url', gateway.url, '--out', 'run', '--no-cache'];
    await desk.pass(['run', ...words]);
    const before = await csvResults(desk, 'run');
    // Half of the journal, as a run that was interrupted leaves it.
    const lines = (await desk.read('run/journal.jsonl')).trimEnd().split('\n');
    const { served } = gateway.stats();
    await desk.pass(['run', ...words]);
    await desk.pass(['score', 'run', ...JUDGES, ...JUDGE]);
    expect(gateway.stats().served).toBe(served);
    await desk.write('run/journal.jsonl', `${lines.slice(0, 15).join('\n')}\n`);
    await desk.pass(['run', ...words, '--take-over', '--pay-again']);
    const after = await csvResults(desk, 'run');
    expect(gateway.stats().served).toBe(served + lines.length - 15);
    const scores = (rows: typeof after): unknown => rows.map((row) => NAMES.map((name) => row[`score.${name}`]));
    expect(scores(after)).toEqual(scores(before));
  });

  it('are in an estimate, which counts evaluation steps once and what is asked after them', async ({ desk }) => {
    await desk.write('rows.csv', ROWS);
    const gateway = await desk.gateway({});
    const words = [...GRID, ...JUDGE, '--score', 'g-eval:is complete', '--base-url', gateway.url, '--out', 'run'];
    const lowOf = async (): Promise<bigint> => {
      const document = await estimateJson(desk, words);
      expect(document).toMatchObject({ judges: { costs: [{ cost: { low: expect.any(String), high: null } }] } });
      const [, low = ''] = /"low":"([^"]+)"/.exec(JSON.stringify(document['judges'])) ?? [];
      return parseDecimal(low) ?? 0n;
    };
    const low = await lowOf();
    expect(gateway.stats().served).toBe(0);
    await desk.pass(['run', ...words]);
    const costs = jsonLines(await desk.read('run/journal.jsonl'))
      .filter((line) => 'judge_of' in line)
      .map(({ output, prompt_cost: cost }) => ({
        isSteps: columnText(output).includes('"steps"'),
        cost: amount(cost),
      }));
    const steps = costs.filter(({ isSteps }) => isSteps);
    expect(steps).toHaveLength(1);
    const asked = costs.reduce((sum, { cost }) => sum + cost, 0n);
    // The answers and the steps are not known before, and so are not counted.
    expect(low).toBeGreaterThan(5n * (steps[0]?.cost ?? 0n));
    expect(low).toBeLessThan(asked);
  });

  it('are kinds of assertions, with the thresholds of promptfoo', async ({ desk }) => {
    const verdicts = [
      { model: 'gpt-3.5-turbo', contains: 'Paris is the capital', output: '{"score": "A"}' },
      { model: 'gpt-3.5-turbo', contains: 'Rome is the capital', output: '{"score": "D"}' },
      { model: 'gpt-3.5-turbo', contains: 'names a city', output: '{"score": "Y"}' },
      { model: 'gpt-3.5-turbo', contains: '1. short', output: '{"score": 7}' },
      { model: 'gpt-3.5-turbo', contains: 'is short', output: '{"steps": ["short"]}' },
    ];
    await desk.write('answers.jsonl', verdicts.map((each) => `${JSON.stringify(each)}\n`).join(''));
    await desk.write(
      'rows.csv',
      'id,question,__expected\n' +
        'a,France?,factuality:Paris is the capital\n' +
        'b,Italy?,not-factuality:Rome is the capital\n' +
        'c,Peru?,model-graded-closedqa:names a city\n' +
        'd,Spain?,g-eval:is short\n' +
        'e,Chile?,g-eval(0.75):is short\n',
    );
    const gateway = await desk.gateway({ answersFile: desk.path('answers.jsonl') });
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--prompt', '{{ question }}', '--base-url', gateway.url];
    await desk.pass([...words, ...JUDGE, '--out', 'run']);
    expect((await csvResults(desk, 'run')).map((row) => row['score.assert'])).toEqual([
      '1.0',
      '1.0',
      '1.0',
      '1.0',
      '0.0',
    ]);
  });
});
