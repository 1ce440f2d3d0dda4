import { describe, expect, it } from 'vitest';
import { judgePairs, type PairDraft, worstVerdict } from '../../../src/core/compare/judge-pairs.ts';
import { PairedScores } from '../../../src/core/compare/paired-scores.ts';

interface Counts {
  readonly onlyBase: number;
  readonly onlyCandidate: number;
  readonly both: number;
}

const NAME = { prompt: 'p', model: 'm', temperature: 0 };

function draft({ onlyBase, onlyCandidate, both }: Counts, rowCost: PairDraft['rowCost'] = null): PairDraft {
  const scores = new PairedScores(false);
  const add = (n: number, base: number, candidate: number): void => {
    for (let row = 0; row < n; row++) scores.add([base, candidate], [base, candidate]);
  };
  add(onlyBase, 1, 0);
  add(onlyCandidate, 0, 1);
  add(both, 1, 1);
  const unjudged = { base: 0, candidate: 0 };
  return { base: NAME, candidate: NAME, scorer: 's', figures: scores.figures(), unjudged, rowCost };
}

const verdictOf = (counts: Counts, margin = 0.02): string | undefined =>
  judgePairs([draft(counts)], margin)[0]?.verdict;

describe('the verdict of a pair', () => {
  it.each([
    ['regressed', { onlyBase: 20, onlyCandidate: 4, both: 100 }],
    ['improved', { onlyBase: 4, onlyCandidate: 20, both: 100 }],
    ['unchanged', { onlyBase: 3, onlyCandidate: 3, both: 2000 }],
    ['inconclusive', { onlyBase: 3, onlyCandidate: 1, both: 20 }],
    ['inconclusive', { onlyBase: 0, onlyCandidate: 0, both: 0 }],
  ] as const)('is %s for %o', (verdict, counts) => {
    expect(verdictOf(counts)).toBe(verdict);
  });

  it('takes a wider margin for more', () => {
    const counts = { onlyBase: 6, onlyCandidate: 4, both: 90 };
    expect(verdictOf(counts, 0.02)).toBe('inconclusive');
    expect(verdictOf(counts, 0.15)).toBe('unchanged');
  });

  it('asks at a margin of 0 for a gain, or for nothing to have changed', () => {
    expect(verdictOf({ onlyBase: 1, onlyCandidate: 1, both: 5000 }, 0)).toBe('inconclusive');
    expect(verdictOf({ onlyBase: 1, onlyCandidate: 30, both: 50 }, 0)).toBe('improved');
  });

  it('is not harder to reach beside pairs that nothing could be shown of', () => {
    const lost = draft({ onlyBase: 7, onlyCandidate: 0, both: 93 });
    const unchanged = Array.from({ length: 3 }, () => draft({ onlyBase: 0, onlyCandidate: 0, both: 100 }));
    const [pair, ...others] = judgePairs([lost, ...unchanged], 0.02);
    expect(pair).toMatchObject({ verdict: 'regressed', pValue: 0.015625, adjustedPValue: 0.015625 });
    expect(others.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  });

  it('needs more where there are more pairs, for one of many differs by luck', () => {
    const counts = { onlyBase: 15, onlyCandidate: 4, both: 100 };
    const alone = judgePairs([draft(counts)], 0.02);
    const others = Array.from({ length: 9 }, () => draft({ onlyBase: 5, onlyCandidate: 5, both: 100 }));
    const among = judgePairs([draft(counts), ...others], 0.02);
    // scipy.stats.binomtest(4, 19, 0.5).pvalue
    expect(alone[0]?.pValue).toBeCloseTo(0.019210815429687, 12);
    expect(alone[0]?.verdict).toBe('regressed');
    expect(among[0]?.adjustedPValue).toBeCloseTo(0.19210815429687, 12);
    expect(among[0]?.verdict).toBe('inconclusive');
  });
});

describe('the rows that are needed', () => {
  it('are told with their price where there are too few', () => {
    const [pair] = judgePairs(
      [draft({ onlyBase: 3, onlyCandidate: 1, both: 16 }, { amount: 0.06, currency: 'RUB' })],
      0.02,
    );
    const { rows = 0, moreRows = 0, cost = null, difference } = pair?.needed ?? {};
    expect(difference).toBe(0.02);
    expect(rows).toBeGreaterThan(1000);
    expect(moreRows).toBe(rows - 20);
    expect(Number(cost?.total)).toBeCloseTo(moreRows * 0.06, -1);
    expect(cost?.currency).toBe('RUB');
  });

  it('are not told where nothing was compared, nor where a verdict stands', () => {
    expect(judgePairs([draft({ onlyBase: 0, onlyCandidate: 0, both: 0 })], 0.02)[0]?.needed).toBeNull();
    expect(judgePairs([draft({ onlyBase: 20, onlyCandidate: 2, both: 90 })], 0.02)[0]?.needed).toBeNull();
  });

  it('have no price where costs are not known', () => {
    expect(judgePairs([draft({ onlyBase: 1, onlyCandidate: 0, both: 9 })], 0.02)[0]?.needed?.cost).toBeNull();
  });
});

describe('the verdict of the whole', () => {
  it.each([
    [['improved', 'regressed', 'inconclusive'], 'regressed'],
    [['improved', 'inconclusive', 'unchanged'], 'inconclusive'],
    [['unchanged', 'improved'], 'improved'],
    [['unchanged', 'unchanged'], 'unchanged'],
    [[], 'inconclusive'],
  ] as const)('of %o is %s', (verdicts, whole) => {
    expect(worstVerdict(verdicts.map((verdict) => ({ verdict })))).toBe(whole);
  });
});
