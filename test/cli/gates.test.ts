import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { refused } from '../support/refusal.ts';
import { parseObject } from '../support/results.ts';

/** 40 rows of which gpt-4o answers 39 right and gpt-4o-mini 30. */
async function setUp(desk: Desk): Promise<void> {
  const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
  await desk.write(
    'rows.csv',
    `id,prompt,expected,doc\n${numbers.map((n) => `r${n},Q${n},right,d${n % 4}\n`).join('')}`,
  );
  const lines = numbers.flatMap((n) => [
    { prompt: `Q${n}`, model: 'gpt-4o', output: n === 1 ? 'wrong' : 'right' },
    { prompt: `Q${n}`, model: 'gpt-4o-mini', output: n <= 10 ? 'wrong' : 'right' },
  ]);
  await desk.write('answers.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const RUN = ['run', 'rows.csv', '--simulate', 'answers.jsonl', '--score', 'exact', '--out', 'run'];

describe.concurrent('the gates of a run', () => {
  it.for([
    ['the low end of an interval that is above', 'gpt-4o', ['--min', 'exact=0.85'], 0, 'passed', 'reaches 85%'],
    ['the low end of one that is below', 'gpt-4o', ['--min', 'exact=0.9'], 1, 'failed', '87.1%, is below 90%'],
    ['the mean', 'gpt-4o', ['--min', 'exact=90%', '--min-on', 'point'], 0, 'passed', 'the mean, 97.5%, reaches 90%'],
    ['what 1,000 rows cost', 'gpt-4o', ['--max-cost-per-1k', '1000'], 0, 'passed', 'at most gpt-4o: '],
    ['what 1,000 rows may not cost', 'gpt-4o', ['--max-cost-per-1k', '0.1'], 1, 'failed', '₽ for 1,000 rows'],
    ['errors, of which there are none', 'gpt-4o', ['--max-errored', '0'], 0, 'passed', 'no trials errored'],
  ] as const)('are checked against %s', async ([, model, gate, status, verdict, why], { desk }) => {
    await setUp(desk);
    const ended = await desk.run([...RUN, '-m', model, ...gate]);
    expect(ended.stdout).toContain(`: ${verdict}: `);
    expect(ended.stdout).toContain(why);
    expect(ended.status).toBe(status);
  });

  it('pass a mean of equal scores at the minimum, in run and in compare', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt\na,Q1\nb,Q2\nc,Q3\n');
    await desk.write('mean.mjs', 'export default () => 0.7;\n');
    const score = ['--score', 'module:./mean.mjs', '--min-on', 'point'];
    const words = ['run', 'rows.csv', '--simulate', '-m', 'gpt-4o', ...score, '--out', 'run'];
    const ended = await desk.run([...words, '--min', 'mean=0.7']);
    expect(ended.stdout).toContain('the mean, 70%, reaches 70%');
    expect(ended.status).toBe(0);
    const compared = ['compare', 'run', 'run', '--min-on', 'point', '--min'];
    expect((await desk.run([...compared, 'mean=0.7'])).status).toBe(0);
    expect((await desk.run([...compared, 'mean=0.7001'])).status).toBe(1);
  });

  it('apply to every variant, and are in summary.json and --json', async ({ desk }) => {
    await setUp(desk);
    const ended = await desk.run([...RUN, '-m', 'gpt-4o,gpt-4o-mini', '--min', 'exact=0.8', '--json']);
    expect(ended.status).toBe(1);
    const told = { kind: 'score', n: 40, minOn: 'lower', figure: expect.any(Number), least: 0.8 };
    const gates = [
      {
        name: 'min exact=0.8',
        passed: true,
        why: expect.stringContaining('gpt-4o: 97.5% of 40 answers; '),
        reason: { ...told, variant: 'gpt-4o', mean: 0.975 },
      },
      {
        name: 'min exact=0.8',
        passed: false,
        why: expect.stringContaining('gpt-4o-mini: 75% of 40 answers; '),
        reason: { ...told, variant: 'gpt-4o-mini', mean: 0.75 },
      },
    ];
    expect(parseObject(ended.stdout)['gates']).toEqual(gates);
    expect(parseObject(await desk.read('run/summary.json'))['gates']).toEqual(gates);
  });

  it('count rows of a cluster as one piece of evidence', async ({ desk }) => {
    await setUp(desk);
    const low = async (more: readonly string[]): Promise<number> => {
      const { stdout } = await desk.pass([...RUN, '-m', 'gpt-4o', '--min', 'exact=0.1', ...more]);
      return Number(/interval, ([\d.]+)%/.exec(stdout)?.[1]);
    };
    const alone = await low([]);
    expect(await low(['--cluster', 'doc'])).toBeLessThan(alone);
    const { stdout } = await desk.pass(['report', 'run', '--json']);
    const { variants, analysis } = parseObject(await desk.read('run/summary.json'));
    const interval = { low: expect.closeTo((await low(['--cluster', 'doc'])) / 100, 3) };
    expect(variants).toMatchObject([{ scores: [{ interval }] }]);
    expect(analysis).toMatchObject({ scorers: [{ leaderboard: [{ interval }] }] });
    expect(parseObject(stdout)['clusters']).toEqual({ column: 'doc', clusters: 4, missing: 0 });
  });

  it('say which errors are too many, and exit with 0 for those that are not', async ({ desk }) => {
    await setUp(desk);
    const gateway = await desk.gateway({ answersFile: desk.path('answers.jsonl'), faults: { rate5xx: 0.3 } });
    const words = [
      'run',
      'rows.csv',
      '-m',
      'gpt-4o',
      '--base-url',
      gateway.url,
      '--max-attempts',
      '1',
      '--no-model-check',
    ];
    const grid = [...words, '--score', 'exact'];
    const plain = await desk.run([...grid, '--out', 'plain']);
    expect(plain.status).toBe(3);
    expect((await desk.run([...grid, '--out', 'strict', '--max-errored', '1%'])).status).toBe(1);
    const lenient = await desk.run([...grid, '--out', 'lenient', '--max-errored', '90%']);
    expect(lenient.status).toBe(0);
    expect(lenient.stdout).toMatch(/gate max-errored 90%: passed: \d+ trials errored/);
  });

  it.for([
    ['--min', 'exakt=0.9', '--min exakt: there is no such score', 'did you mean exact?'],
    ['--min', '0.9', '--min must be score=share with a share from 0 to 1, got "0.9"', '--min exact=0.9'],
    ['--min', 'exact=high', 'a share from 0 to 1, got "exact=high"', 'exact=0.9'],
    ['--min', 'exact=2', 'a share from 0 to 1, got "exact=2"', 'write exact=2% or exact=0.02'],
    ['--max-errored', '150%', '--max-errored must be a share from 0 to 1, got "150%"', '1%'],
    ['--max-cost-per-1k', '0', '--max-cost-per-1k must be an amount above 0, got "0"', '200'],
    ['--cluster', 'dok', '--cluster names the column "dok"', 'did you mean doc?'],
  ] as const)('are refused if they cannot be checked: %s %s', async ([flag, value, message, hint], { desk }) => {
    await setUp(desk);
    const told = await refused(desk, await desk.gateway(), [...RUN, '-m', 'gpt-4o', flag, value]);
    expect(told).toEqual({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  });
});
