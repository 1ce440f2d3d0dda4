import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeCompare } from '../../../src/app/compare/index.ts';
import { wholeCompareOptions } from '../../../src/app/compare/options.ts';
import type { Comparison as Runs, ScorePair } from '../../../src/core/comparison.ts';
import { type Gate, leastGates } from '../../../src/core/gate.ts';
import type { Comparison as Variants, Verdict } from '../../../src/core/paired/comparison.ts';
import { analyse, comparisonOf, entryOf, type TestRow } from '../../core/analysis/rows.ts';
import { resultsJsonl } from './result-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-same-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** The answers of one of two variants as a separate run. */
function runOf(rows: readonly TestRow[], variant: number): string {
  return resultsJsonl(
    rows.flatMap(({ outcomes, cluster }, index) =>
      (outcomes[variant] ?? []).map((outcome, repeat) => ({
        row: `q${index + 1}`,
        repeat: repeat + 1,
        columns: { prompt: `What is ${index}?`, doc: cluster ?? '' },
        output: `variant ${variant}, repeat ${repeat}`,
        ...(typeof outcome === 'string'
          ? { error: 'timeout', scores: { score: null } }
          : { scores: { score: outcome } }),
      })),
    ),
  );
}

/** The second variant as a run, compared with the first. */
async function compareRuns(rows: readonly TestRow[], cluster: string | null): Promise<Runs> {
  const files = [join(folder, 'base.jsonl'), join(folder, 'candidate.jsonl')];
  for (const [variant, file] of files.entries()) await writeFile(file, runOf(rows, variant));
  const [base = '', candidate = ''] = files;
  // However many errored: an unsound comparison has no verdict.
  const options = wholeCompareOptions({ cluster, maxErrored: 1, gates: { least: [{ scorer: 'score', least: 0.5 }] } });
  const { comparison, close } = await executeCompare({ base, candidate, options, wantsLines: false });
  await close();
  return comparison;
}

/** The statement about the second variant, in the words used for two runs. */
const SECOND: Readonly<Record<Verdict, readonly ScorePair['verdict'][]>> = {
  better: ['regressed'],
  worse: ['improved'],
  'none shown': ['unchanged', 'inconclusive'],
};

function expectSame(pair: ScorePair | undefined, of: Variants): void {
  const { points, pointsInterval, pValue, adjustedPValue, n, verdict, test } = of;
  expect(pair?.n).toBe(n);
  expect(pair?.test).toBe(n === 0 ? null : test);
  expect([pair?.pValue, pair?.adjustedPValue]).toEqual([pValue, adjustedPValue]);
  if (points === null) expect(pair?.delta).toBeNull();
  else expect(pair?.delta).toBeCloseTo(-points / 100, 12);
  expect(pair?.interval === null).toBe(pointsInterval === null);
  expect(pair?.interval?.low ?? 0).toBeCloseTo(-(pointsInterval?.high ?? 0) / 100, 9);
  expect(pair?.interval?.high ?? 0).toBeCloseTo(-(pointsInterval?.low ?? 0) / 100, 9);
  expect(SECOND[verdict]).toContain(pair?.verdict);
}

/** Verdicts and words of the gate; its figures, before they are rounded, may differ in the last digit. */
function wordsOf(gates: readonly Gate[]): readonly unknown[] {
  return gates.filter(({ name }) => name === 'min score=0.5').map(({ passed, why }) => [passed, why]);
}

async function expectAgreement(rows: readonly TestRow[], cluster: string | null): Promise<ScorePair | undefined> {
  const analysis = analyse(rows, { clusterColumn: cluster });
  const { pairs, gates, clusters } = await compareRuns(rows, cluster);
  expectSame(pairs[0], comparisonOf(analysis));
  expect(clusters?.column ?? null).toBe(cluster);
  const entry = entryOf(analysis, 1);
  const label = 'prompt · gpt-4o · t=0';
  const own = leastGates({ scorer: 'score', least: 0.5 }, 'lower', [{ ...entry, label, scorer: 'score' }]);
  expect(wordsOf(gates)).toEqual(wordsOf(own));
  return pairs[0];
}

/** 20 documents of 5 rows, of which the second variant fails two completely. */
const DOCUMENTS = Array.from({ length: 100 }, (_, row): TestRow => {
  const document = Math.floor(row / 5);
  return { outcomes: [[1], [document < 2 ? 0 : 1]], cluster: `document ${document}` };
});

describe('two variants of one run, and the same answers as two runs', () => {
  it('get the same verdict if whole documents fail, by rows and by documents', async () => {
    const byRow = await expectAgreement(DOCUMENTS, null);
    expect(byRow).toMatchObject({ verdict: 'regressed', test: 'mcnemar' });
    const byDocument = await expectAgreement(DOCUMENTS, 'doc');
    expect(byDocument).toMatchObject({ verdict: 'inconclusive', test: 'sign-flip', pValue: 0.5 });
  });

  it('get the same verdict of many rows with repeats', async () => {
    const rows = Array.from({ length: 300 }, (_, row): TestRow => {
      const passes = (from: number): number[] => [0, 1, 2].map((repeat) => Number((row * 7 + repeat * 3) % 10 >= from));
      return { outcomes: [passes(2), passes(4)], cluster: row % 9 === 0 ? null : `d${row % 60}` };
    });
    expect(await expectAgreement(rows, null)).toMatchObject({ verdict: 'regressed' });
    expect(await expectAgreement(rows, 'doc')).toMatchObject({ verdict: 'regressed' });
  });

  it('agree in p-value, interval, verdict and minimum scores, whatever the answers', async () => {
    const outcome = fc.constantFrom<TestRow['outcomes'][number][number]>(0, 1, 1, 0.25, 1 / 3, null, 'errored');
    const answers = fc.array(outcome, { minLength: 1, maxLength: 3 });
    const plain = fc.constantFrom(0, 1).map((score) => [score]);
    const row = fc.record({
      outcomes: fc.oneof(fc.tuple(plain, plain), fc.tuple(answers, answers)),
      cluster: fc.constantFrom(null, 'a', 'b', 'c', 'd', 'e', 'f'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), fc.boolean(), async (rows, isClustered) => {
        await expectAgreement(rows, isClustered ? 'doc' : null);
      }),
      { numRuns: 150 },
    );
  });
});
