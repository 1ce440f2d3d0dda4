import { describe, expect } from 'vitest';
import { compare, compareStatus } from '../src/index.ts';
import { expectNoRegression, RegressionError } from '../src/vitest.ts';
import { passing, resultsJsonl } from './app/compare/result-file.ts';
import { it } from './support/cli.ts';

describe('expectNoRegression', () => {
  it('gives the comparison where nothing got significantly worse', async ({ desk }) => {
    await desk.write('base.jsonl', resultsJsonl(passing(40, 30)));
    await desk.write('now.jsonl', resultsJsonl(passing(40, 29)));
    const comparison = await expectNoRegression(desk.path('base.jsonl'), desk.path('now.jsonl'));
    expect(comparison).toMatchObject({ verdict: 'inconclusive', pairs: [{ n: 40, onlyBasePassed: 1 }] });
  });

  it('fails a test on a regression, with the words of promptgrid compare', async ({ desk }) => {
    await desk.write('base.jsonl', resultsJsonl(passing(40, 40)));
    await desk.write('now.jsonl', resultsJsonl(passing(40, 20)));
    const failing = expectNoRegression(desk.path('base.jsonl'), desk.path('now.jsonl'));
    await expect(failing).rejects.toThrow(RegressionError);
    await expect(failing).rejects.toThrow(/significantly worse \(p [^]*gate fail-on regression: failed/);
    await expect(failing).rejects.toMatchObject({ comparison: { verdict: 'regressed' } });
  });

  it('takes the gates that it is given, and fails where nothing can be said', async ({ desk }) => {
    await desk.write('base.jsonl', resultsJsonl(passing(40, 40)));
    await desk.write('now.jsonl', resultsJsonl(passing(40, 39)));
    await desk.write('broken.jsonl', resultsJsonl(passing(40, 40).map(({ row }) => ({ row, error: 'timeout' }))));
    const [base, now, broken] = ['base.jsonl', 'now.jsonl', 'broken.jsonl'].map((name) => desk.path(name));
    const anyDrop = { gates: { failOn: 'any-drop' } } as const;
    await expect(expectNoRegression(base ?? '', now ?? '', anyDrop)).rejects.toThrow('gate fail-on any-drop: failed');
    await expect(expectNoRegression(base ?? '', broken ?? '')).rejects.toThrow('40 of 40 trials errored (40 timeout)');
  });
});

describe('compare() of the library', () => {
  it('says what the command says', async ({ desk }) => {
    await desk.write('base.jsonl', resultsJsonl(passing(40, 40)));
    await desk.write('now.jsonl', resultsJsonl(passing(40, 20)));
    const comparison = await compare(desk.path('base.jsonl'), desk.path('now.jsonl'), { flips: 3 });
    expect(compareStatus(comparison)).toBe(1);
    expect(comparison.flips).toHaveLength(3);
  });
});
