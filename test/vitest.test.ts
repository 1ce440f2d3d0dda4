import { describe, expect } from 'vitest';
import { compare, compareStatus, estimate } from '../src/index.ts';
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

  it('takes a single gate, and the command’s defaults for the others', async ({ desk }) => {
    await desk.write('base.jsonl', resultsJsonl(passing(40, 40)));
    await desk.write('now.jsonl', resultsJsonl(passing(40, 39)));
    const files = [desk.path('base.jsonl'), desk.path('now.jsonl')] as const;
    const least = [{ scorer: 'exact', least: 0.5 }];
    const gated = await compare(...files, { gates: { failOn: 'any-drop', least } });
    expect(gated.gates).toMatchObject([
      { name: 'fail-on any-drop', passed: false },
      { name: 'min exact=0.5', passed: true },
      { name: 'max-errored 5%' },
    ]);
    expect(compareStatus(gated)).toBe(1);
    expect((await compare(...files, { gates: { least } })).gates[0]).toMatchObject({ name: 'fail-on regression' });
  });

  it('refuses options that the command would refuse, before it reads a file', async () => {
    const wrong = { code: 'E_USAGE', message: 'margin must be a share from 0 to 0.99, got 2' };
    await expect(compare('none', 'none', { margin: 2 })).rejects.toMatchObject(wrong);
    await expect(expectNoRegression('none', 'none', { margin: 2 })).rejects.toMatchObject(wrong);
    await expect(estimate({}, { plannedRows: -5 })).rejects.toMatchObject({
      code: 'E_USAGE',
      message: 'plannedRows must be a whole number from 1, got -5',
    });
  });

  it('takes options that are undefined as omitted', async ({ desk }) => {
    await desk.write('base.jsonl', resultsJsonl(passing(40, 40)));
    await desk.write('now.jsonl', resultsJsonl(passing(40, 39)));
    const files = [desk.path('base.jsonl'), desk.path('now.jsonl')] as const;
    const omitted = { margin: undefined, maps: undefined, gates: { failOn: undefined, least: undefined } };
    expect(await compare(...files, omitted)).toEqual(await compare(...files));
    expect(await compare(...files, { gates: undefined })).toEqual(await compare(...files));
    expect(await expectNoRegression(...files, omitted)).toEqual(await compare(...files));
  });
});
