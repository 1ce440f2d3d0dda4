import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { CaseSuite } from '../../src/core/compare/row-case.ts';
import type { Comparison, Flip, ScorePair } from '../../src/core/comparison.ts';
import type { ErrorCount } from '../../src/core/error-tally.ts';
import type { Estimate } from '../../src/core/estimate.ts';
import type { Price } from '../../src/core/price.ts';
import type { RunView } from '../../src/core/run-view.ts';
import type { ShownAnswer, ShownRows } from '../../src/core/shown-row.ts';
import { Summarizer } from '../../src/core/summary.ts';
import type { NamedVariant } from '../../src/core/variant.ts';
import * as reporters from '../../src/reporters/index.ts';
import {
  renderAnalysis,
  renderAnalysisMarkdown,
  renderAnnotations,
  renderBalance,
  renderBatchChoice,
  renderCacheStats,
  renderCheapest,
  renderCompareComment,
  renderCompareMarkdown,
  renderComparison,
  renderErrors,
  renderEstimate,
  renderEstimateLines,
  renderFindings,
  renderGates,
  renderJudgesLine,
  renderJunit,
  renderKept,
  renderModels,
  renderOutcome,
  renderPreview,
  renderRunAnnotations,
  renderRunCase,
  renderRunLine,
  renderRunView,
  renderSarif,
  renderShownRows,
  renderStopped,
  renderTrust,
  renderUseless,
  renderVerdicts,
} from '../../src/reporters/index.ts';
import { analyse, times } from '../core/analysis/rows.ts';
import { completed, errored } from '../core/parts.ts';
import { commandsIn, HOSTILE, obeyedBy } from '../support/terminal.ts';

const PLAIN = pico.createColors(false);

/** A name chosen by a server or a dataset. */
function named(name: string): string {
  return `${name}${HOSTILE}`;
}

const VARIANTS: readonly NamedVariant[] = ['a', 'b'].map((name) => ({
  prompt: { name: named(`prompt ${name}`) },
  model: { provider: named(`provider ${name}`), model: named(`model ${name}`) },
  temperature: 0,
}));
const PRICE: Price = {
  promptToken: 1n,
  completionToken: 2n,
  currency: named('C'),
  source: named('list'),
  date: named('2026-01-02'),
};
const COST = { low: 1n, expected: 2n, high: 3n, ceiling: 4n };
const PAID = { total: '1.5', currency: named('C') };
const ERROR: ErrorCount = {
  code: 'invalid_request',
  reason: named('HTTP 400: bad'),
  count: 3,
  trialId: named('t'),
  variants: [{ variant: 0, count: 3 }],
};

function summary() {
  const summarizer = new Summarizer(VARIANTS, [named('score')]);
  const cost = { prompt: null, completion: null, total: 5n, currency: named('C'), source: 'provider' } as const;
  const asked = [errored({ errorMessage: named('judge') })];
  const score = { name: named('score'), value: 1, explanation: named('why'), orderEffect: 'first', asked } as const;
  for (const variant of [0, 1]) {
    summarizer.add(variant, completed({ cost }), [score], true);
    summarizer.add(variant, errored({ errorMessage: named('HTTP 400: bad') }), []);
  }
  return summarizer.summary();
}

/** Of a scorer without a score for any answer. */
function unjudged() {
  const summarizer = new Summarizer(VARIANTS, [named('score')]);
  const score = { name: named('score'), value: null, explanation: named('why') } as const;
  for (const variant of [0, 1]) summarizer.add(variant, completed({}), [score]);
  return summarizer.summary();
}

function estimate(): Estimate {
  const promptTokens = { low: 1, expected: 1, high: 1, isExact: true };
  const completionTokens = { low: 1, expected: 2, high: 3, ceiling: 4 };
  const figures = { trials: 1, done: 0, promptTokens, completionTokens, seconds: 1 };
  const costs = [{ currency: named('C'), cost: COST, paid: 1n }];
  const unknownPrices = [named('model')];
  return {
    ...figures,
    rows: 1,
    level: 0.9,
    costs,
    liveCosts: costs,
    unknownCosts: 1,
    lost: { calls: 1, isBound: false, costsAtMost: [{ total: '1', currency: named('C') }], unbounded: 1 },
    unknownPrices,
    secondsRange: null,
    leastSeconds: 0,
    variants: VARIANTS.map(({ prompt, model, temperature }) => ({
      ...figures,
      ...model,
      prompt: prompt.name,
      temperature,
      cost: COST,
      paid: 0n,
      currency: named('C'),
      price: PRICE,
      seenRows: 3,
      method: 'mean',
      reasoningShare: 0.5,
      runOn: { share: 0.1, completionTokens: 9, cost: 5n },
    })),
    judges: { costs, unknownCosts: 0, unknownPrices, seenRows: 1, level: 0.9, openRows: 1 },
  };
}

function renderPilot(): string {
  const shown = { estimate: estimate(), countedRows: 1, expectedTokens: null, concurrency: 1, showsCeilings: true };
  const balances = [{ provider: named('provider'), available: 10n, currency: named('C') }];
  const failed = { errored: 3, errors: [ERROR], judgeErrors: [ERROR] };
  return renderEstimate(
    { ...shown, balances, pilot: { rows: 1, paid: [PAID], unknownCosts: 0, ...failed, rowsNeeded: 9 } },
    PLAIN,
  );
}

function renderRaceEnd(): string {
  const stop = { variant: { index: 0 }, beatenBy: { index: 1 }, rows: 1, eValue: 100, skipped: 2, spared: PAID };
  return renderStopped([stop], summary()).join('\n');
}

function renderPlan(): string {
  const axes = { prompts: [named('p')], models: [named('m')], temperatures: [0], judges: [named('j')] };
  const counts = { rows: 1, repeats: 1, variants: 1, trials: 1 };
  const where = { dataset: named('d'), columns: [named('c')], endpoints: [named('e')], out: named('o') };
  return renderPreview({ ...axes, ...counts, ...where, firstMessages: [{ role: named('user') }] });
}

const PAID_ANALYSIS = analyse(times(20, 1, 1), {
  variants: VARIANTS,
  costs: [2n, 1n].map((amount) => ({ amount, currency: named('C') })),
});
const ANALYSIS = analyse(times(3, 1, 0), { variants: VARIANTS, scorers: [named('score')], clusterColumn: named('c') });
const FAILED = { errors: [ERROR], judge: { errors: [ERROR] } };

const NAMED = { prompt: named('p'), model: named('m'), temperature: 0 };
const NEEDED = { difference: 0.02, rows: 2000, moreRows: 1000, cost: PAID };
const FLIP: Flip = {
  rowId: named('row'),
  base: NAMED,
  candidate: NAMED,
  scorer: named('s'),
  direction: 'worse',
  baseScore: 1,
  candidateScore: 0,
  isCritical: true,
  isFlaky: false,
  line: 3,
  question: named('asked'),
  expected: named('wanted'),
  baseOutput: `same word ${named('was')}`,
  candidateOutput: `same word ${named('is')}`,
};
const PAIR: ScorePair = {
  base: NAMED,
  candidate: NAMED,
  scorer: named('s'),
  n: 3,
  baseMean: 1,
  candidateMean: 0,
  delta: -1,
  interval: { low: -1, high: -0.5 },
  pValue: 0.01,
  adjustedPValue: 0.01,
  test: 'mcnemar',
  onlyBasePassed: 3,
  onlyCandidatePassed: 0,
  sameAnswers: 0,
  unjudged: { base: 0, candidate: 0 },
  verdict: 'regressed',
  needed: NEEDED,
};
const CLUSTERS = { column: named('column'), namedBy: named('namer'), clusters: 2, missing: 1, changed: 1 };
const COMPARISON: Comparison = {
  verdict: 'regressed',
  base: { path: named('base'), kind: 'run', rows: 3, trials: 3, dataset: named('d') },
  candidate: { path: named('now'), kind: 'run', rows: 3, trials: 3, dataset: named('d') },
  isPicked: false,
  rowsInCommon: 3,
  pairedBy: 'id',
  clusters: CLUSTERS,
  margin: 0.02,
  pairs: [PAIR],
  unsound: [],
  unsoundReasons: [],
  notes: [named('note')],
  measures: [
    {
      base: NAMED,
      candidate: NAMED,
      measure: 'cost',
      unit: named('C'),
      n: 3,
      rows: 3,
      unknown: 0,
      baseMean: 1,
      candidateMean: 2,
      ratio: null,
      interval: null,
      familyInterval: null,
      verdict: 'not known',
      why: named('why'),
      reason: null,
    },
  ],
  gates: [{ name: named('gate'), passed: false, why: named('why'), reason: null }],
  flips: [FLIP, { ...FLIP, rowId: named('other'), isCritical: false }],
  flipped: { worse: 2, better: 0, flaky: 0 },
  newRows: { n: 1, rowIds: [named('new')] },
  missingRows: { n: 1, rowIds: [named('missing')] },
  flakyRows: { n: 1, rowIds: [named('flaky')] },
};
const UNSOUND: Comparison = { ...COMPARISON, verdict: 'unsound', unsound: [named('unsound')] };
const SUITES: readonly CaseSuite[] = [
  {
    base: NAMED,
    candidate: NAMED,
    cases: [
      {
        rowId: named('row'),
        outcome: 'worse',
        failure: named('failed'),
        scores: [{ scorer: named('s'), base: 1, candidate: 0 }],
      },
    ],
  },
];
const PLACED = { file: named('data/rows.csv'), fails: (flip: Flip) => flip.isCritical };

const ANSWER: ShownAnswer = {
  ...NAMED,
  provider: named('provider'),
  repeat: 2,
  status: 'completed',
  output: named('answer'),
  thoughts: named('thoughts'),
  finishReason: named('stop'),
  passed: false,
  scores: [
    { name: named('score'), value: 0, explanation: null },
    { name: named('judge'), value: null, explanation: named('why') },
  ],
  tokens: { prompt: 1, completion: null },
  cost: PAID,
  latencyMs: 1,
  attempts: 1,
  cached: false,
  error: null,
};
const ROWS: ShownRows = {
  run: named('run'),
  choice: 'flipped',
  rows: 3,
  matching: 2,
  variants: [{ ...NAMED, provider: named('provider'), name: named('name'), label: named('label') }],
  shown: [
    {
      rowId: named('row'),
      vars: { [named('column')]: named('value') },
      expected: named('wanted'),
      questions: [],
      answers: [
        ANSWER,
        { ...ANSWER, status: 'errored', output: null, error: { code: named('code'), message: named('m') } },
      ],
      flips: [FLIP],
    },
    {
      rowId: named('other'),
      vars: {},
      expected: null,
      questions: ['a', 'b'].map((prompt) => ({
        prompts: [named(prompt)],
        messages: [{ role: named('user'), content: named('asked') }],
      })),
      answers: [ANSWER],
      flips: [],
    },
  ],
  simulated: false,
};

function renderRows(): string {
  const style = { colors: PLAIN, isFull: true, showsThoughts: true };
  const widths = [40, 80, Infinity].map((width) => renderShownRows(ROWS, { ...style, width }));
  return [...widths, renderShownRows(ROWS, { ...style, showsThoughts: false, width: 200 })].join('\n');
}

const VIEW: RunView = {
  lost: { calls: 1, isBound: false, costsAtMost: [{ total: '1', currency: named('C') }], unbounded: 0 },
  run: named('run'),
  state: named('state'),
  ended: false,
  why: named('why'),
  simulated: false,
  trials: 4,
  done: 3,
  completed: 2,
  errored: 1,
  skipped: 0,
  cached: 1,
  perSecond: 2,
  leftSeconds: 1,
  costs: [PAID],
  unknownCosts: 1,
  budget: '9.5',
  inFlight: { calls: 1, isMost: true },
  judged: 1,
  errors: [ERROR],
  variants: ['a', 'b'].map((name) => ({
    name: named(name),
    prompt: named('p'),
    provider: named('provider'),
    model: named(name),
    temperature: 0,
    completed: 1,
    errored: 1,
    skipped: 0,
    costs: [PAID],
    unknownCosts: 0,
    scores: [{ name: named('score'), mean: 0.5, n: 1 }],
  })),
  notes: [named('note')],
};

const LOST = { calls: 1, isBound: false, costsAtMost: [PAID], unbounded: 0 };

/** What each renderer of the registry makes of such texts. */
const SHOWN: Readonly<Record<string, () => string>> = {
  renderOutcome: () =>
    renderOutcome(summary(), { trials: 4, lost: LOST }, { colors: PLAIN, width: Infinity, more: '' }).join('\n'),
  renderErrors: () => renderErrors({ ...summary(), ...FAILED }).join('\n'),
  renderTrust: () => renderTrust(summary()).join('\n'),
  renderUseless: () => renderUseless(unjudged()).join('\n'),
  renderRunLine: () => renderRunLine(VIEW),
  renderRunView: () => [40, Infinity].map((width) => renderRunView(VIEW, { colors: PLAIN, width })).join('\n'),
  renderShownRows: renderRows,
  renderStopped: renderRaceEnd,
  renderGates: () =>
    renderGates([{ name: named('min'), passed: false, why: named('why'), reason: null }], PLAIN).join('\n'),
  renderKept: () => renderKept({ results: 1, costs: [PAID], unknownCosts: 0 }, { trials: 2, lost: LOST }).join('\n'),
  renderVerdicts: () =>
    renderVerdicts(
      [
        {
          currency: named('C'),
          cost: COST,
          actual: 2n,
          unknownCosts: 0,
          unknownPrices: [named('model')],
          isSaved: false,
          isWithin: null,
        },
        {
          currency: named('C'),
          cost: COST,
          actual: 2n,
          unknownCosts: 0,
          unknownPrices: [],
          isSaved: false,
          isWithin: true,
        },
      ],
      {
        showsCeilings: true,
        hasJudges: true,
      },
    ).join('\n'),
  renderEstimate: renderPilot,
  renderEstimateLines: () => renderEstimateLines(estimate(), true).join('\n'),
  renderBatchChoice: () => renderBatchChoice(estimate()).join('\n'),
  renderJudgesLine: () => renderJudgesLine(estimate().judges).join('\n'),
  renderPreview: renderPlan,
  renderModels: () => renderModels([{ id: named('m'), title: named('title'), maxCapacity: 1, price: PRICE }]),
  renderBalance: () => renderBalance({ orgId: named('org'), balance: 1n, creditLimit: 1n, currency: named('C') }),
  renderCacheStats: () =>
    renderCacheStats({ folder: named('cache'), answers: 1, bytes: 1, oldest: 'then', newest: 'now', worth: [PAID] }),
  renderCheapest: () => renderCheapest(PAID_ANALYSIS).join('\n'),
  renderAnalysis: () => renderAnalysis(ANALYSIS, PLAIN, FAILED),
  renderFindings: () => renderFindings(ANALYSIS, { width: Infinity, more: '' }).join('\n'),
  renderComparison: () => [COMPARISON, UNSOUND].map((one) => renderComparison(one, PLAIN)).join('\n'),
};

const BAD_ROW = {
  rowId: named('row'),
  bad: [{ variant: named('variant'), message: named('error'), answer: named('answer') }],
  variants: 2,
  expected: named('expected'),
};

/** The same in formats for readers other than a terminal. */
const WRITTEN: Readonly<Record<string, () => string>> = {
  renderAnalysisMarkdown: () => renderAnalysisMarkdown(ANALYSIS, named('Report'), FAILED),
  renderCompareMarkdown: () => renderCompareMarkdown(COMPARISON) + renderCompareMarkdown(UNSOUND),
  renderCompareComment: () => renderCompareComment(COMPARISON) + renderCompareComment(UNSOUND),
  renderJunit: () => renderJunit(COMPARISON, SUITES) + renderJunit(UNSOUND, SUITES),
  renderSarif: () => renderSarif(COMPARISON, { version: '1', ...PLACED }),
  renderRunCase: () =>
    (['failed', 'errored', 'skipped', 'passed'] as const)
      .map((outcome) => {
        const texts = { rowId: named('row'), message: named('failed'), details: named('got') };
        return renderRunCase(named('variant'), { ...texts, outcome, passedShare: 0 });
      })
      .join(''),
  renderRunAnnotations: () => renderRunAnnotations([BAD_ROW], 2, { file: named('rows.csv'), lines: null }).join('\n'),
  renderAnnotations: () => [COMPARISON, UNSOUND].flatMap((one) => renderAnnotations(one, PLACED)).join('\n'),
};

/** Renderers of nothing but numbers. */
const FIGURES: ReadonlySet<string> = new Set(['renderWorker']);

describe('text chosen by a server or a dataset', () => {
  it('is tested with every renderer', () => {
    const known = Object.keys(reporters).filter((name) => name.startsWith('render') && !FIGURES.has(name));
    expect([...Object.keys(SHOWN), ...Object.keys(WRITTEN)].sort()).toEqual(known.sort());
  });

  it.each(Object.entries({ ...SHOWN, ...WRITTEN }))('cannot control a terminal from %s', (_what, render) => {
    const text = render();
    // The rest of it is shown; otherwise the test would check nothing.
    expect(text).toMatch(/(?:\[|&#91;)31mred/);
    expect(obeyedBy(text)).toEqual([]);
  });

  it.each(Object.entries(SHOWN))('gives no command to a CI runner from %s', (_what, render) => {
    expect(commandsIn(render())).toEqual([]);
  });

  it('gives no command to GitHub but ours', () => {
    const lines = WRITTEN['renderAnnotations']?.().split('\n') ?? [];
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      expect(line).toMatch(/^::(?:error|warning) (?:file=[^:,]+,line=3,)?title=promptgrid compare::/);
      expect(commandsIn(line.slice(2))).toEqual([]);
    }
  });

  it('gives no command from a run but ours', () => {
    const [warning = '', notice, ...others] = WRITTEN['renderRunAnnotations']?.().split('\n') ?? [];
    expect(warning).toMatch(/^::warning file=[^:,]+,title=promptgrid report::/);
    expect(commandsIn(warning.slice(2))).toEqual([]);
    expect([notice, others]).toEqual(['::notice title=promptgrid report::1 more row failed or errored', []]);
    expect(commandsIn(WRITTEN['renderRunCase']?.() ?? '')).toEqual([]);
    expect(commandsIn(WRITTEN['renderJunit']?.() ?? '')).toEqual([]);
  });

  it('is not markup in markdown and XML', () => {
    expect(WRITTEN['renderAnalysisMarkdown']?.()).not.toMatch(/<script|(?<!\\)`|(?<!\\)\]\(/);
    expect(WRITTEN['renderCompareMarkdown']?.()).not.toMatch(/<script|`|\]\(/);
    expect(WRITTEN['renderCompareComment']?.()).not.toMatch(/<script|`|\]\(/);
    expect(WRITTEN['renderJunit']?.()).not.toContain('<script');
    expect(WRITTEN['renderRunCase']?.()).not.toContain('<script');
  });

  it('is not a link in SARIF', () => {
    expect(WRITTEN['renderSarif']?.()).not.toContain('](');
  });
});
