import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { ErrorCount } from '../../src/core/error-tally.ts';
import type { Estimate } from '../../src/core/estimate.ts';
import type { Price } from '../../src/core/price.ts';
import { Summarizer } from '../../src/core/summary.ts';
import type { NamedVariant } from '../../src/core/variant.ts';
import {
  renderAnalysis,
  renderAnalysisMarkdown,
  renderBalance,
  renderCacheStats,
  renderEstimate,
  renderGates,
  renderModels,
  renderOutcome,
  renderPreview,
  renderStopped,
  renderTrust,
  renderVerdicts,
} from '../../src/reporters/index.ts';
import { analyse, times } from '../core/analysis/rows.ts';
import { completed, errored } from '../core/parts.ts';
import { HOSTILE, obeyedBy } from '../support/terminal.ts';

const PLAIN = pico.createColors(false);

/** A name that a server or a dataset chose. */
function named(name: string): string {
  return `${name}${HOSTILE}`;
}

const VARIANTS: readonly NamedVariant[] = ['a', 'b'].map((name) => ({
  prompt: { name: named(`prompt ${name}`) },
  model: { provider: named(`provider ${name}`), model: named(`model ${name}`) },
  temperature: 0,
}));
const [FIRST] = VARIANTS;
const PRICE: Price = {
  ...{ promptToken: 1n, completionToken: 2n, currency: named('C') },
  ...{ source: named('list'), date: named('2026-01-02') },
};
const COST = { low: 1n, expected: 2n, high: 3n, ceiling: 4n };
const PAID = { total: '1.5', currency: named('C') };
const ERROR: ErrorCount = {
  ...{ code: 'invalid_request', reason: named('HTTP 400: bad'), count: 3, trialId: named('t') },
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

function estimate(): Estimate {
  const promptTokens = { low: 1, expected: 1, high: 1, isExact: true };
  const completionTokens = { low: 1, expected: 2, high: 3, ceiling: 4 };
  const figures = { trials: 1, done: 0, promptTokens, completionTokens, seconds: 1 };
  const costs = [{ currency: named('C'), cost: COST, paid: 1n }];
  const unknownPrices = [named('model')];
  return {
    ...{ ...figures, rows: 1, level: 0.9, costs, unknownPrices, secondsRange: null, leastSeconds: 0 },
    variants: VARIANTS.map(({ prompt, model, temperature }) => ({
      ...{ ...figures, ...model, prompt: prompt.name, temperature, cost: COST, paid: 0n, currency: named('C') },
      ...{ price: PRICE, seenRows: 3, method: 'mean', runOn: { share: 0.1, completionTokens: 9, cost: 5n } },
    })),
    judges: { costs, unknownPrices, seenRows: 1, level: 0.9, openRows: 1 },
  };
}

function renderPilot(): string {
  const shown = { estimate: estimate(), countedRows: 1, expectedTokens: null, concurrency: 1 };
  const balances = [{ provider: named('provider'), available: 10n, currency: named('C') }];
  const failed = { errored: 3, errors: [ERROR], judgeErrors: [ERROR] };
  return renderEstimate(
    { ...shown, balances, pilot: { rows: 1, paid: [PAID], unknownCosts: 0, ...failed, rowsNeeded: 9 } },
    PLAIN,
  );
}

function renderRaceEnd(): string {
  if (FIRST === undefined) throw new Error('no variant');
  const stop = { variant: FIRST, beatenBy: FIRST, rows: 1, eValue: 100, skipped: 2, spared: PAID };
  return renderStopped([stop]).join('\n');
}

function renderPlan(): string {
  const axes = { prompts: [named('p')], models: [named('m')], temperatures: [0], judges: [named('j')] };
  const counts = { rows: 1, repeats: 1, variants: 1, trials: 1 };
  const where = { dataset: named('d'), columns: [named('c')], endpoints: [named('e')], out: named('o') };
  return renderPreview({ ...axes, ...counts, ...where, firstMessages: [{ role: named('user') }] });
}

const ANALYSIS = analyse(times(3, 1, 0), { variants: VARIANTS, scorers: [named('score')], clusterColumn: named('c') });
const FAILED = { errors: [ERROR], judge: { errors: [ERROR] } };

const SHOWN: Readonly<Record<string, () => string>> = {
  'the figures of a run': () => renderOutcome(summary(), { trials: 4, lost: null }, PLAIN).join('\n'),
  'what is known of judges': () => renderTrust(summary()).join('\n'),
  'variants that were stopped': renderRaceEnd,
  gates: () => renderGates([{ name: named('min'), passed: false, why: named('why') }], PLAIN).join('\n'),
  'what became of an estimate': () =>
    renderVerdicts([{ currency: named('C'), cost: COST, actual: 2n, unknownCosts: 0, isWithin: true }]).join('\n'),
  'an estimate with a pilot': renderPilot,
  'a plan': renderPlan,
  'a list of models': () => renderModels([{ id: named('m'), title: named('title'), maxCapacity: 1, price: PRICE }]),
  'a balance': () => renderBalance({ orgId: named('org'), balance: 1n, creditLimit: 1n, currency: named('C') }),
  'a cache': () =>
    renderCacheStats({ folder: 'cache', answers: 1, bytes: 1, oldest: 'then', newest: 'now', worth: [PAID] }),
  'a report': () => renderAnalysis(ANALYSIS, PLAIN, FAILED),
  'a report in markdown': () => renderAnalysisMarkdown(ANALYSIS, named('Report'), FAILED),
};

describe('text that a server or a dataset chose', () => {
  it.each(Object.entries(SHOWN))('cannot steer the terminal from %s', (_what, render) => {
    const text = render();
    // What is left of it is shown, or the test would look at nothing.
    expect(text).toContain('[31mred');
    expect(obeyedBy(text)).toEqual([]);
  });
});
