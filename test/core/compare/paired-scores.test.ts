import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairedScores } from '../../../src/core/compare/paired-scores.ts';

/** Rows of one answer a side, passed or not. */
function passFail(rows: readonly (readonly [boolean, boolean])[]): PairedScores {
  const scores = new PairedScores(false);
  for (const [base, candidate] of rows)
    scores.add([Number(base), Number(candidate)], [Number(base), Number(candidate)]);
  return scores;
}

const times = (n: number, row: readonly [boolean, boolean]): (readonly [boolean, boolean])[] =>
  Array.from({ length: n }, () => row);

/** So many rows of each kind. */
function table(onlyBase: number, onlyCandidate: number, both: number, neither: number): PairedScores {
  return passFail([
    ...times(onlyBase, [true, false]),
    ...times(onlyCandidate, [false, true]),
    ...times(both, [true, true]),
    ...times(neither, [false, false]),
  ]);
}

describe('paired scores', () => {
  it('are tested by McNemar where each row passed or not, by one answer', () => {
    // scipy.stats.binomtest(209, 361, 0.5).pvalue
    const figures = table(209, 152, 306, 652).figures();
    expect(figures).toMatchObject({ n: 1319, test: 'mcnemar', onlyBasePassed: 209, onlyCandidatePassed: 152 });
    expect(figures.pValue).toBeCloseTo(0.003150656880360618, 12);
    expect(figures.delta).toBeCloseTo((152 - 209) / 1319, 12);
    expect(figures.interval?.low).toBeLessThan(figures.delta ?? 0);
    expect(figures.interval?.high).toBeGreaterThan(figures.delta ?? 0);
  });

  it('are tested by flipping signs where they are partial', () => {
    const scores = new PairedScores(false);
    for (let row = 0; row < 12; row++) scores.add([0.5, 0.75], [0, 0]);
    const figures = scores.figures();
    expect(figures).toMatchObject({ test: 'sign-flip', n: 12, delta: 0.25, onlyBasePassed: 0 });
    // All twelve differences go one way: 2 of 2^12 sign patterns are as far out.
    expect(figures.pValue).toBeCloseTo(2 / 2 ** 12, 9);
  });

  it('are tested by flipping signs where rows have repeats, though each answer passed or not', () => {
    const scores = new PairedScores(true);
    for (let row = 0; row < 5; row++) scores.add([1, 0], [1, 0]);
    expect(scores.figures()).toMatchObject({ test: 'sign-flip', onlyBasePassed: 5 });
  });

  it('are certain to be the same where every answer is the same text', () => {
    const scores = new PairedScores(false);
    for (let row = 0; row < 3; row++) {
      scores.add([1, 1], [1, 1]);
      scores.noteSameAnswers();
    }
    expect(scores.figures()).toMatchObject({ test: 'same answers', pValue: 1, interval: { low: 0, high: 0 } });
  });

  it('say nothing of no rows', () => {
    expect(new PairedScores(false).figures()).toMatchObject({
      ...{ n: 0, baseMean: null, candidateMean: null, delta: null, interval: null, pValue: null, test: null },
      ...{ discordant: 0, deviation: null },
    });
  });

  it('give the mirror image where the sides change places, and nothing that is no number', () => {
    const share = fc.constantFrom(0, 0.25, 0.5, 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(share, share), { maxLength: 30 }), (rows) => {
        const [one, other] = [new PairedScores(false), new PairedScores(false)];
        for (const [a, b] of rows) {
          one.add([a, b], [Number(a === 1), Number(b === 1)]);
          other.add([b, a], [Number(b === 1), Number(a === 1)]);
        }
        const [forth, back] = [one.figures(), other.figures()];
        expect(forth.pValue ?? 0).toBeCloseTo(back.pValue ?? 0, 9);
        expect(forth.delta ?? 0).toBeCloseTo(-(back.delta ?? 0), 12);
        expect(forth.interval?.low ?? 0).toBeCloseTo(-(back.interval?.high ?? 0), 9);
        expect(JSON.stringify([forth, back])).not.toMatch(/NaN|Infinity/);
        expect(Object.values(forth).filter((value) => typeof value === 'number' && !Number.isFinite(value))).toEqual(
          [],
        );
      }),
      { numRuns: 200 },
    );
  });
});
