import { describe, expect, it } from 'vitest';
import { type PairDraft, scorePairs, worstVerdict } from '../../../src/core/compare/score-pairs.ts';
import { figuresOf, type PairRow, rowsOf } from '../paired/figures.ts';

interface Counts {
  readonly onlyBase: number;
  readonly onlyCandidate: number;
  readonly both: number;
}

const NAME = { prompt: 'p', model: 'm', temperature: 0 };

function draft({ onlyBase, onlyCandidate, both }: Counts, rowCost: PairDraft['rowCost'] = null): PairDraft {
  return draftOf([...rowsOf(onlyBase, 0, 1), ...rowsOf(onlyCandidate, 1, 0), ...rowsOf(both, 1, 1)], { rowCost });
}

/** The candidate's scores are the first of each row. */
function draftOf(rows: readonly PairRow[], more: Partial<PairDraft> = {}): PairDraft {
  return {
    base: NAME,
    candidate: NAME,
    scorer: 's',
    figures: figuresOf(rows),
    unscored: { base: 0, candidate: 0 },
    onlyBasePassed: 0,
    onlyCandidatePassed: 0,
    sameAnswers: 0,
    rowCost: null,
    ...more,
  };
}

const verdictOf = (counts: Counts, margin = 0.02): string | undefined =>
  scorePairs([draft(counts)], margin)[0]?.verdict;

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

  it('is more lenient with a wider margin', () => {
    const counts = { onlyBase: 6, onlyCandidate: 4, both: 90 };
    expect(verdictOf(counts, 0.02)).toBe('inconclusive');
    expect(verdictOf(counts, 0.15)).toBe('unchanged');
  });

  it('requires at a margin of 0 a gain, or that nothing changed', () => {
    expect(verdictOf({ onlyBase: 1, onlyCandidate: 1, both: 5000 }, 0)).toBe('inconclusive');
    expect(verdictOf({ onlyBase: 1, onlyCandidate: 30, both: 50 }, 0)).toBe('improved');
  });

  it('is not affected by pairs that could never be significant', () => {
    const lost = draft({ onlyBase: 7, onlyCandidate: 0, both: 93 });
    const unchanged = Array.from({ length: 3 }, () => draft({ onlyBase: 0, onlyCandidate: 0, both: 100 }));
    const [pair, ...others] = scorePairs([lost, ...unchanged], 0.02);
    expect(pair).toMatchObject({ verdict: 'regressed', pValue: 0.015625, adjustedPValue: 0.015625 });
    expect(others.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  });

  it('needs more evidence if there are more pairs, because one of many differs by chance', () => {
    const counts = { onlyBase: 15, onlyCandidate: 4, both: 100 };
    const alone = scorePairs([draft(counts)], 0.02);
    const others = Array.from({ length: 9 }, () => draft({ onlyBase: 5, onlyCandidate: 5, both: 100 }));
    const among = scorePairs([draft(counts), ...others], 0.02);
    // scipy.stats.binomtest(4, 19, 0.5).pvalue
    expect(alone[0]?.pValue).toBeCloseTo(0.019210815429687, 12);
    expect(alone[0]?.verdict).toBe('regressed');
    expect(among[0]?.adjustedPValue).toBeCloseTo(0.19210815429687, 12);
    expect(among[0]?.verdict).toBe('inconclusive');
  });
});

describe('the rows that are needed', () => {
  it('are reported with their cost if there are too few', () => {
    const [pair] = scorePairs(
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

  it('are not reported if nothing was compared, or there is a verdict', () => {
    expect(scorePairs([draft({ onlyBase: 0, onlyCandidate: 0, both: 0 })], 0.02)[0]?.needed).toBeNull();
    expect(scorePairs([draft({ onlyBase: 20, onlyCandidate: 2, both: 90 })], 0.02)[0]?.needed).toBeNull();
  });

  it('have no cost if costs are unknown', () => {
    expect(scorePairs([draft({ onlyBase: 1, onlyCandidate: 0, both: 9 })], 0.02)[0]?.needed?.cost).toBeNull();
  });
});

describe('the overall verdict', () => {
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

/** Three answers to a row. */
const threes = (score: number): readonly number[] => [score, score, score];

describe('few rows', () => {
  it.each([
    ['all pass, three times each', Array.from({ length: 3 }, () => ({ first: threes(1), second: threes(1) }))],
    ['all have one partial score', rowsOf(8, 0.8, 0.8)],
    ['all pass', rowsOf(148, 1, 1)],
  ])('do not rule out a loss, even if %s', (_what, rows) => {
    const [pair] = scorePairs([draftOf(rows)], 0.02);
    expect(pair).toMatchObject({ verdict: 'inconclusive', pValue: 1, delta: 0 });
    expect(pair?.interval?.low).toBeLessThan(-0.02);
    // ln 0.05 / ln 0.98 = 148.3: fewer rows without a loss would be seen with a chance above 5 %.
    expect(pair?.needed?.rows).toBeGreaterThanOrEqual(149);
  });

  it('are enough from 149 on if nothing differs', () => {
    expect(scorePairs([draftOf(rowsOf(149, 1, 1))], 0.02)[0]?.verdict).toBe('unchanged');
  });

  it('are unchanged if every answer has the same text, with the interval of the test', () => {
    const [pair] = scorePairs([draftOf(rowsOf(8, 1, 1), { sameAnswers: 8 })], 0.02);
    expect(pair).toMatchObject({ verdict: 'unchanged', test: 'same answers', pValue: 1, needed: null });
    expect(pair?.interval?.low).toBeLessThan(-0.3);
  });

  it('get a verdict from their scores if the same texts have other scores', () => {
    const rows = [...rowsOf(20, 0, 1), ...rowsOf(80, 1, 1)];
    const [pair] = scorePairs([draftOf(rows, { sameAnswers: 100 })], 0.02);
    expect(pair).toMatchObject({ verdict: 'regressed', test: 'mcnemar', sameAnswers: 100 });
  });
});

describe('clusters', () => {
  /** 20 documents of 5 rows, of which the candidate fails two. */
  const documents = Array.from({ length: 100 }, (_, row) => {
    const cluster = Math.floor(row / 5);
    return { first: [cluster < 2 ? 0 : 1], second: [1], cluster };
  });

  it('are the evidence, instead of their rows', () => {
    const [clustered] = scorePairs([draftOf(documents)], 0.02);
    const [alone] = scorePairs([draftOf(documents.map(({ first, second }) => ({ first, second })))], 0.02);
    expect(clustered).toMatchObject({ verdict: 'inconclusive', test: 'sign-flip', pValue: 0.5, delta: -0.1 });
    expect(alone).toMatchObject({ verdict: 'regressed', test: 'mcnemar' });
  });

  it('are the unit of what is still needed', () => {
    const [pair] = scorePairs([draftOf(documents.map((row) => ({ ...row, first: [1] })))], 0.02);
    expect(pair?.needed?.rows).toBe(745);
    const few = documents.map((row) => ({ ...row, cluster: row.cluster % 5 }));
    expect(scorePairs([draftOf(few)], 0.02)[0]?.needed).toBeNull();
  });
});
