import type { CriticalRow, GateReason, IncreaseReason, MeasureReason, UnsoundReason } from '../../src/core/reasons.ts';

/** Reasons with what they are in English. */
type Told<T> = readonly (readonly [reason: T, english: string])[];

/** Reasons of every kind of a union, each with what it is in English. */
type ByKind<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: Told<Extract<T, { readonly kind: K }>>;
};

const NONE = { count: 0, rows: [] };
const PAIR = 'v1 → v2 · gpt-4o · t=0';

function critical(rowId: string, variant: string | null = 'p · gpt-4o · t=0.7', isUnpaired = false): CriticalRow {
  return { rowId, variant, isUnpaired };
}

function increase(measure: IncreaseReason['measure'], more: Partial<IncreaseReason>): IncreaseReason {
  const level = measure === 'latency' ? 99.17 : null;
  return { kind: 'increase', measure, most: 0.1, level, count: 0, faults: [], largest: null, because: null, ...more };
}

const COST = '(the bill of these rows itself: no test, and in no correction)';
const LATENCY = '(by the low end of intervals of 99.17%, a family of their own)';

/** Why measures have no ratio. */
export const MEASURE_REASONS: ByKind<MeasureReason> = {
  'both nothing': [
    [{ kind: 'both nothing', measure: 'cost' }, 'both cost nothing'],
    [{ kind: 'both nothing', measure: 'tokens' }, 'both took no tokens'],
    [{ kind: 'both nothing', measure: 'latency' }, 'both took no time'],
  ],
  'base nothing': [
    [
      { kind: 'base nothing', measure: 'cost', mean: 0.01, unit: 'RUB' },
      'the base cost nothing, the candidate 0.01 ₽ a row',
    ],
    [
      { kind: 'base nothing', measure: 'tokens', mean: 12.5, unit: 'tokens' },
      'the base took no tokens, the candidate 12.5 a row',
    ],
    [
      { kind: 'base nothing', measure: 'latency', mean: 0.0333, unit: 'ms' },
      'the base took no time, the candidate 0.033 ms a row',
    ],
    [
      { kind: 'base nothing', measure: 'latency', mean: 1249, unit: 'ms' },
      'the base took no time, the candidate 1.2 s a row',
    ],
  ],
  'no row compared': [[{ kind: 'no row compared' }, 'no row could be compared']],
  'two currencies': [
    [
      { kind: 'two currencies', base: ['RUB'], candidate: ['USD', 'EUR'] },
      'base was paid in RUB, candidate in USD and EUR: amounts of two currencies are not compared',
    ],
  ],
  'currency unknown': [[{ kind: 'currency unknown' }, 'the currency is not known']],
  cached: [[{ kind: 'cached' }, 'answers from a cache do not count']],
  lacking: [
    [{ kind: 'lacking', side: 'base', isPartlyCached: false }, 'the base has none'],
    [
      { kind: 'lacking', side: 'candidate', isPartlyCached: true },
      'the candidate has none; answers from a cache do not count',
    ],
    [{ kind: 'lacking', side: 'both', isPartlyCached: false }, 'no row has it on both sides'],
  ],
};

/** Why gates passed or failed. */
export const GATE_REASONS: ByKind<GateReason> = {
  score: [
    [
      { kind: 'score', variant: 'gpt-4o', n: 40, mean: 0.975, minOn: 'lower', figure: 0.871, least: 0.9 },
      'gpt-4o: 97.5% of 40 answers; the low end of the 95% interval, 87.1%, is below 90%',
    ],
    [
      { kind: 'score', variant: 'p · gpt-4o · t=0.7', n: 1, mean: 0.75, minOn: 'point', figure: 0.75, least: 0.005 },
      'p · gpt-4o · t=0.7: 75% of 1 answer; the mean, 75%, reaches 0.5%',
    ],
    [
      { kind: 'score', variant: 'gpt-4o', n: 1200, mean: 0.79996, minOn: 'point', figure: 0.79996, least: 0.8 },
      'gpt-4o: 79.996% of 1200 answers; the mean, 79.996%, is below 80%',
    ],
    [
      { kind: 'score', variant: 'gpt-4o', n: 0, mean: null, minOn: 'lower', figure: null, least: 0.8 },
      'gpt-4o: nothing could be scored; the low end of the 95% interval is not known',
    ],
    [
      { kind: 'score', variant: 'gpt-4o', n: 0, mean: null, minOn: 'point', figure: null, least: 0.8 },
      'gpt-4o: nothing could be scored; the mean is not known',
    ],
  ],
  repeats: [
    [{ kind: 'repeats', variant: 'gpt-4o', rows: 0, failed: 0, worst: [] }, 'gpt-4o: no row could be scored'],
    [
      { kind: 'repeats', variant: 'gpt-4o', rows: 1200, failed: 0, worst: [] },
      'gpt-4o: each of 1,200 rows passed often enough',
    ],
    [
      {
        kind: 'repeats',
        variant: 'gpt-4o',
        rows: 8,
        failed: 4,
        worst: [
          { rowId: 'q2', passed: 1, repeats: 10 },
          { rowId: 'q3', passed: 2, repeats: 10 },
        ],
      },
      'gpt-4o: 4 of 8 rows passed too rarely: q2 (1 of 10), q3 (2 of 10), and 2 more',
    ],
  ],
  errored: [
    [{ kind: 'errored', errored: 0, faults: [] }, 'no trials errored'],
    [{ kind: 'errored', errored: 1, faults: [] }, '1 trial errored'],
    [{ kind: 'errored', errored: 21, faults: [] }, '21 trials errored'],
    [
      {
        kind: 'errored',
        errored: 6,
        faults: [
          { side: null, variant: 'gpt-4o', trials: 1200, errored: 5 },
          { side: 'base', variant: 'p · gpt-4o', trials: 21, errored: 1 },
          { side: 'candidate', variant: 'p · gpt-4o', trials: 20, errored: 1 },
        ],
      },
      'gpt-4o: 5 of 1200 trials errored; base p · gpt-4o: 1 of 21 trials errored; candidate p · gpt-4o: 1 of 20 trials errored',
    ],
  ],
  'no results': [[{ kind: 'no results' }, 'no trial has a result']],
  'no row compared': [[{ kind: 'no row compared' }, 'no row could be compared']],
  cost: [
    [{ kind: 'cost', most: '5', faults: [], dearest: null }, 'at most nothing'],
    [
      {
        kind: 'cost',
        most: '5',
        faults: [],
        dearest: { variant: 'gpt-4o', cost: { total: '1.5', currency: 'RUB' } },
      },
      'at most gpt-4o: 1.50 ₽ for 1,000 rows',
    ],
    [
      {
        kind: 'cost',
        most: '5',
        faults: [
          { variant: 'gpt-4o', cost: { total: '5.0002', currency: 'RUB' } },
          { variant: 'gpt-4.1', cost: { total: '1234.5', currency: 'RUB' } },
          { variant: 'own', cost: null },
        ],
        dearest: { variant: 'gpt-4.1', cost: { total: '1234.5', currency: 'RUB' } },
      },
      'gpt-4o: 5.0002 ₽ for 1,000 rows; gpt-4.1: 1,234.50 ₽ for 1,000 rows; own: what its answers cost is not known',
    ],
  ],
  'not decided': [
    [{ kind: 'not decided', because: 'unsound' }, 'not decided: the comparison cannot stand'],
    [{ kind: 'not decided', because: 'no row compared' }, 'not decided: no row could be compared'],
  ],
  losses: [
    [
      {
        kind: 'losses',
        count: 4,
        hasClusters: true,
        losses: [
          { variants: PAIR, scorer: 'exact', kind: 'lost', delta: -0.166_66, isSignificant: true, pValue: 0.0082 },
          { variants: PAIR, scorer: 'judge', kind: 'lost', delta: -0.01, isSignificant: false, pValue: 0.4 },
          { variants: PAIR, scorer: 'bleu', kind: 'too few', rows: 1200 },
        ],
      },
      `${PAIR} by exact lost 16.7 points, significantly worse (p = 0.008); ${PAIR} by judge lost 1 point, not significant; ${PAIR} by bleu has too few clusters to say (1,200 rows); and 1 more`,
    ],
    [
      {
        kind: 'losses',
        count: 2,
        hasClusters: false,
        losses: [
          { variants: PAIR, scorer: 'exact', kind: 'too few', rows: 1 },
          { variants: PAIR, scorer: 'judge', kind: 'lost', delta: null, isSignificant: true, pValue: null },
        ],
      },
      `${PAIR} by exact has too few rows to say (1 row); ${PAIR} by judge nothing to compare, significantly worse`,
    ],
  ],
  'no loss': [
    [{ kind: 'no loss', failOn: 'regression', compared: 1, empty: 0 }, 'no significant loss in 1 comparison'],
    [
      { kind: 'no loss', failOn: 'any-drop', compared: 21, empty: 2 },
      'no loss at all in 21 comparisons, and no row to compare in 2 more',
    ],
    [
      { kind: 'no loss', failOn: 'inconclusive', compared: 2, empty: 0 },
      'no loss, and enough rows to say so, in 2 comparisons',
    ],
  ],
  critical: [
    [{ kind: 'critical', trials: 1, failed: NONE, unanswered: NONE, missing: NONE }, 'the 1 critical trial passed'],
    [
      { kind: 'critical', trials: 1200, failed: NONE, unanswered: NONE, missing: NONE },
      'all 1,200 critical trials passed',
    ],
    [
      {
        kind: 'critical',
        trials: 9,
        failed: { count: 3, rows: [critical('r1'), critical('r2', 'own', true)] },
        unanswered: { count: 1, rows: [critical('r3')] },
        missing: { count: 1, rows: [critical('r4', null)] },
      },
      '3 of 9 critical trials did not pass: r1 (p · gpt-4o · t=0.7), r2 (own, in the candidate only), and 1 more; 1 of 9 critical trials got no answer: r3 (p · gpt-4o · t=0.7); 1 critical row is not in the candidate: r4',
    ],
    [
      {
        kind: 'critical',
        trials: 0,
        failed: NONE,
        unanswered: NONE,
        missing: { count: 2, rows: [critical('r4', null), critical('r5', null)] },
      },
      '2 critical rows are not in the candidate: r4, r5',
    ],
  ],
  increase: [
    [increase('cost', {}), `nothing was compared ${COST}`],
    [increase('cost', { because: { kind: 'both nothing', measure: 'cost' } }), `both cost nothing ${COST}`],
    [
      increase('cost', { largest: { ratio: 0.9, interval: null, rows: 1200 } }),
      `at most −10.0% over 1,200 rows ${COST}`,
    ],
    [
      increase('cost', {
        count: 3,
        faults: [
          { variants: PAIR, kind: 'above', figure: 1.100_01, ratio: 1.100_01, interval: null, rows: 50 },
          { variants: PAIR, kind: 'partly unknown', unknown: 48, rows: 1200 },
        ],
        largest: { ratio: 1.100_01, interval: null, rows: 50 },
      }),
      `${PAIR}: +10.001% over 50 rows; ${PAIR}: cost of 48 of 1,200 rows is not known; and 1 more ${COST}`,
    ],
    [
      increase('cost', {
        count: 2,
        faults: [
          {
            variants: PAIR,
            kind: 'unknown',
            because: { kind: 'base nothing', measure: 'cost', mean: 0.01, unit: 'RUB' },
          },
          { variants: PAIR, kind: 'unknown', because: { kind: 'lacking', side: 'base', isPartlyCached: false } },
        ],
      }),
      `${PAIR}: the base cost nothing, the candidate 0.01 ₽ a row; ${PAIR}: cost is not known: the base has none ${COST}`,
    ],
    [
      increase('latency', {
        count: 4,
        faults: [
          {
            variants: PAIR,
            kind: 'above',
            figure: 1.2,
            ratio: 1.4,
            interval: { low: 1.2, high: 1.68 },
            rows: 50,
          },
          { variants: PAIR, kind: 'one row' },
          { variants: PAIR, kind: 'partly unknown', unknown: 1, rows: 1 },
          { variants: PAIR, kind: 'unknown', because: null },
        ],
        largest: { ratio: 1.4, interval: { low: 1.2, high: 1.68 }, rows: 50 },
      }),
      `${PAIR}: +40.0% (+20.0% to +68.0%) over 50 rows; ${PAIR}: latency is not known: one row cannot tell; ${PAIR}: latency of 1 of 1 row is not known; ${PAIR}: latency is not known: no rows ${LATENCY}`,
    ],
  ],
};

/** Why comparisons are not valid. */
export const UNSOUND_REASONS: ByKind<UnsoundReason> = {
  'only failed': [
    [
      { kind: 'only failed', side: 'base', path: 'runs/v2', run: 'runs/v1', rows: 1200 },
      'base runs/v2 has only 1,200 rows that failed in runs/v1; rows picked for failing improve by luck, so there is no verdict',
    ],
    [
      { kind: 'only failed', side: 'candidate', path: 'runs/v2', run: 'runs/v1', rows: 1 },
      'candidate runs/v2 has only 1 row that failed in runs/v1; rows picked for failing improve by luck, so there is no verdict',
    ],
  ],
  'other rows': [[{ kind: 'other rows' }, 'no rows in common: the two were made from different rows']],
  'nothing to pair by': [
    [
      { kind: 'nothing to pair by' },
      'no rows in common: without an id column, rows are paired by columns that both have, and there are none, or a baseline is of others',
    ],
  ],
  'no scorer in common': [
    [{ kind: 'no scorer in common' }, 'no scorer in common: score both runs alike with promptgrid score'],
  ],
  errored: [
    [
      {
        kind: 'errored',
        side: 'base',
        variant: 'p · gpt-4o · t=0',
        errored: 31,
        trials: 1200,
        errors: [
          { code: 'rate_limited', count: 30 },
          { code: 'timeout', count: 1 },
        ],
        most: 0.015,
      },
      'base p · gpt-4o · t=0: 31 of 1,200 trials errored (30 rate_limited, 1 timeout), more than 1.5%',
    ],
    [
      {
        kind: 'errored',
        side: 'candidate',
        variant: 'p · gpt-4o',
        errored: 1,
        trials: 1,
        errors: [{ code: 'timeout', count: 1 }],
        most: 0.05,
      },
      'candidate p · gpt-4o: 1 of 1 trial errored (1 timeout), more than 5.0%',
    ],
  ],
  'all skipped': [
    [
      { kind: 'all skipped', side: 'candidate', variant: 'p · gpt-4o' },
      'candidate p · gpt-4o: no trial has a result; all were skipped',
    ],
  ],
  'scored on one side': [
    [
      {
        kind: 'scored on one side',
        variant: 'p · gpt-4o',
        scorer: 'judge',
        rows: 1021,
        onlyCandidate: 20,
        onlyBase: 3,
      },
      'p · gpt-4o by judge: 23 of 1,021 rows could be scored on one side only (20 in the candidate only, 3 in the base only)',
    ],
  ],
  'critical unanswered': [
    [{ kind: 'critical unanswered', count: 1 }, '1 critical trial of the candidate got no answer'],
    [{ kind: 'critical unanswered', count: 2 }, '2 critical trials of the candidate got no answer'],
  ],
};

/** The reasons of every kind in one list. */
export function allReasons<T extends { readonly kind: string }>(
  reasons: Readonly<Record<string, readonly (readonly [T, string])[]>>,
): readonly (readonly [T, string])[] {
  return Object.values(reasons).flat();
}
