import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { NO_LOST_CALLS } from '../../src/core/billed.ts';
import type {
  CostRange,
  CurrencyEstimate,
  Estimate,
  JudgesEstimate,
  VariantEstimate,
} from '../../src/core/estimate.ts';
import {
  renderEstimate,
  renderEstimateLine,
  renderEstimateLines,
  renderJudgesLine,
  renderVerdicts,
} from '../../src/reporters/estimate.ts';

const PLAIN = pico.createColors(false);
const RUBLE = 10n ** 12n;

const UNSEEN_COST: CostRange = { low: 2n * RUBLE, expected: null, high: null, ceiling: 40n * RUBLE };
const SEEN_COST: CostRange = { low: 10n * RUBLE, expected: 12n * RUBLE, high: 15n * RUBLE, ceiling: 40n * RUBLE };
const SEEN_TOKENS = { low: 900, expected: 1028, high: 1200, ceiling: 4000 };

const VARIANT: VariantEstimate = {
  prompt: 'p',
  provider: 'gptunnel',
  model: 'gpt-4o',
  temperature: 0,
  trials: 400,
  done: 20,
  promptTokens: { low: 34_320, expected: 34_320, high: 34_320, isExact: true },
  completionTokens: SEEN_TOKENS,
  cost: SEEN_COST,
  paid: RUBLE,
  currency: 'RUB',
  seconds: 90,
  reasoningShare: null,
  seenRows: 20,
  method: 'mean',
  runOn: null,
  price: {
    promptToken: 750_000_000n,
    completionToken: 3_000_000_000n,
    currency: 'RUB',
    source: 'gptunnel /v1/models',
    date: '2026-01-02T03:04:05Z',
  },
};

const UNSEEN: VariantEstimate = {
  ...VARIANT,
  model: 'claude-3-haiku',
  temperature: null,
  done: 0,
  paid: 0n,
  seconds: null,
  seenRows: 0,
  promptTokens: { low: 30_000, expected: 34_000, high: 50_000, isExact: false },
  completionTokens: { low: null, expected: null, high: null, ceiling: 800 },
  cost: UNSEEN_COST,
  method: null,
};

function rubles(cost: CostRange, paid = 0n): CurrencyEstimate {
  return { currency: 'RUB', cost, paid };
}

function estimate(fields: Partial<Estimate> = {}): Estimate {
  const { promptTokens, completionTokens } = VARIANT;
  return {
    rows: 400,
    trials: 400,
    done: 20,
    level: 0.9,
    variants: [VARIANT],
    promptTokens,
    completionTokens,
    costs: [rubles(SEEN_COST, RUBLE)],
    unknownCosts: 0,
    lost: NO_LOST_CALLS,
    unknownPrices: [],
    seconds: 90,
    secondsRange: { low: 70, high: 130 },
    leastSeconds: 0,
    judges: null,
    ...fields,
  };
}

type Shown = Parameters<typeof renderEstimate>[0];

function lines(fields: Partial<Shown> = {}): readonly string[] {
  const shown = {
    estimate: estimate(),
    balances: [],
    countedRows: 400,
    expectedTokens: null,
    concurrency: 32,
    showsCeilings: true,
    pilot: null,
  };
  return renderEstimate({ ...shown, ...fields }, PLAIN)
    .split('\n')
    .map((line) => line.trimEnd());
}

function judges(costs: JudgesEstimate['costs'], unknownPrices: readonly string[] = []): JudgesEstimate {
  return { costs, unknownCosts: 0, unknownPrices, seenRows: 20, level: 0.9, openRows: 80 };
}

describe('the line of judges', () => {
  const unseen = { low: RUBLE, expected: null, high: null, ceiling: null };

  it.for([
    [
      'a range and what is paid',
      [rubles(SEEN_COST, RUBLE)],
      [],
      '12.00 ₽ (10.00–15.00 with 90%) on top, 1.00 ₽ of it paid',
    ],
    ['a low end', [rubles(unseen)], [], 'from 1.00 ₽ on top'],
    ['who has no price', [rubles(unseen)], ['plain'], 'from 1.00 ₽ on top, without plain, whose price is not known'],
    ['that nothing is known', [], ['plain'], 'cost unknown on top (no price is known of plain; --price gives one)'],
  ] as const)('shows %s', ([, costs, unknown, line]) => {
    expect(renderJudgesLine(judges(costs, unknown))).toEqual([`judges: ${line}`]);
    expect(lines({ estimate: estimate({ judges: judges(costs, unknown) }) })).toContain(`judges: ${line}`);
  });

  it('is absent if there are no judge requests', () => {
    expect(renderJudgesLine(null)).toEqual([]);
    expect(renderJudgesLine(judges([]))).toEqual([]);
  });
});

describe('the lines of an estimate', () => {
  const lost = { calls: 6, isBound: true, costsAtMost: [{ total: '3', currency: 'RUB' }], unbounded: 0 };
  const line = 'up to 6 calls got no usable answer and may have been billed: at most 3.00 ₽';

  it('say which lost calls the upper ends include', () => {
    expect(renderEstimateLines(estimate({ lost }), true)).toEqual([renderEstimateLine(estimate(), true), line]);
    expect(lines({ estimate: estimate({ lost }) })).toContain(line);
    expect(renderEstimateLines(estimate(), true)).toHaveLength(1);
  });

  it('leave lost calls out of what the balance must still pay', () => {
    const balances = [{ provider: 'gptunnel', available: 28n * RUBLE, currency: 'RUB' }];
    const costs = [rubles({ ...SEEN_COST, high: 18n * RUBLE }, RUBLE)];
    expect(lines({ balances, estimate: estimate({ costs, lost }) })).toContain(
      'balance: gptunnel has 28.00 ₽ left; the high end is 50.0% of that',
    );
  });
});

describe('the line of an estimate', () => {
  it('shows the range, the ceiling and the paid amount', () => {
    expect(renderEstimateLine(estimate(), true)).toBe(
      'estimate: 12.00 ₽ (10.00–15.00 with 90%), at most 40.00 ₽, 1.00 ₽ of it paid · 34,320 tokens in, 1,028 (900–1,200) out',
    );
  });

  it('gives no expected figure if no answer was seen', () => {
    const { promptTokens, completionTokens } = UNSEEN;
    const unseen = estimate({ costs: [rubles(UNSEEN_COST)], promptTokens, completionTokens });
    expect(renderEstimateLine(unseen, true)).toBe(
      'estimate: from 2.00 ₽ for the prompts, at most 40.00 ₽ · about 34,000 tokens in, ? (at most 800) out',
    );
    const unbounded = estimate({
      costs: [rubles({ ...UNSEEN_COST, ceiling: null })],
      completionTokens: { ...completionTokens, ceiling: null },
    });
    expect(renderEstimateLine(unbounded, true)).toBe(
      'estimate: 2.00 ₽ for the prompts, nothing bounds it · 34,320 tokens in, ? out',
    );
  });

  it('has an amount for each currency and no sum, and names the models it excludes', () => {
    const dollars = { ...rubles(SEEN_COST), currency: 'USD' };
    const line = renderEstimateLine(
      estimate({ costs: [rubles(SEEN_COST), dollars], unknownPrices: ['plain', 'own'] }),
      true,
    );
    expect(line).toMatch(/^estimate: 12\.00 ₽ \(.*₽ \+ \D*12\.00.*, without plain, own, whose price is not known · /);
  });

  it('says that the cost is unknown if no price is known', () => {
    const line = renderEstimateLine(estimate({ costs: [], unknownPrices: ['plain'] }), true);
    expect(line).toMatch(/^estimate: cost unknown .*plain.* · 34,320 tokens in/);
    expect(line).not.toMatch(/\d ₽/);
  });

  it('has one figure if everything is done', () => {
    const cost = { low: RUBLE, expected: RUBLE, high: RUBLE, ceiling: RUBLE };
    const tokens = { low: 5, expected: 5, high: 5, ceiling: 5 };
    expect(renderEstimateLine(estimate({ costs: [rubles(cost, RUBLE)], completionTokens: tokens }), true)).toBe(
      'estimate: 1.00 ₽, at most 1.00 ₽, 1.00 ₽ of it paid · 34,320 tokens in, 5 out',
    );
  });
});

describe('the table of an estimate', () => {
  it('has a line per variant, marks approximate figures, and leaves unknown ones empty', () => {
    const table = lines({ estimate: estimate({ variants: [VARIANT, UNSEEN] }) }).slice(0, 4);
    expect(table.map((line) => line.replace(/─{2,}/, '─'))).toEqual([
      ' model           temp  trials  tokens in          out (90%)             cost (90%)  at most',
      '─',
      ' gpt-4o             0     400     34,320  1,028 (900–1,200)  12.00 ₽ (10.00–15.00)  40.00 ₽',
      ' claude-3-haiku     –     400    ~34,000    ? (at most 800)            from 2.00 ₽  40.00 ₽',
    ]);
  });

  it('is followed by how much of the answers is reasoning, if any was seen', () => {
    const thinker = { ...VARIANT, model: 'o4-mini', reasoningShare: 0.75 };
    const shown = lines({ estimate: estimate({ variants: [VARIANT, thinker] }) });
    expect(shown.filter((line) => line.startsWith('reasoning'))).toEqual([
      'reasoning: 75.0% of the tokens out of o4-mini, as far as seen',
    ]);
  });

  it('names prompts and providers only if they differ', () => {
    const other = { ...VARIANT, prompt: 'q', provider: 'custom' };
    expect(lines({ estimate: estimate({ variants: [VARIANT, other] }) })[0]).toMatch(/^ prompt +provider +model/);
    expect(lines()[0]).toMatch(/^ model/);
  });

  it('is followed by the source of each price, once', () => {
    const prices = lines({ estimate: estimate({ variants: [VARIANT, { ...VARIANT, temperature: 1 }] }) });
    expect(prices.filter((line) => line.startsWith('price: '))).toEqual([
      'price: gpt-4o 750.00 ₽ in, 3,000.00 ₽ out per 1,000,000 tokens (gptunnel /v1/models, 2026-01-02)',
    ]);
  });

  it('is followed by the duration, with the effect of rate limits', () => {
    expect(lines()).toContain('time: about 1 min 30 s (1 min 10 s–2 min 10 s with 90%) with 32 in flight');
    expect(lines({ estimate: estimate({ secondsRange: null }) })).toContain('time: about 1 min 30 s with 32 in flight');
    const paced = lines({ estimate: estimate({ seconds: null, leastSeconds: 7200 }) });
    expect(paced.filter((line) => line.startsWith('time: '))).toEqual([
      expect.stringMatching(/^time: at least 2 h .*for --rpm and --tpm$/),
    ]);
    expect(lines({ estimate: estimate({ seconds: null }) }).join()).not.toContain('time: ');
  });

  it('is followed by the effect of long answers that were not seen', () => {
    expect(lines().join()).not.toContain('not in the range');
    const runOn = { share: 0.139, completionTokens: 3028, cost: 20n * RUBLE };
    const variants = [
      { ...VARIANT, runOn },
      { ...VARIANT, temperature: 1 },
    ];
    const costs = [rubles({ ...SEEN_COST, expected: 24n * RUBLE }, RUBLE)];
    expect(lines({ estimate: estimate({ variants, costs }) })).toContain(
      'not in the range: answers that run on to --max-tokens, of which none was seen; up to 13.9% of rows may (90%), which makes 4,056 tokens out and 32.00 ₽',
    );
  });

  it('is followed by the share of the balance that remains to be paid', () => {
    const balances = [{ provider: 'gptunnel', available: 28n * RUBLE, currency: 'RUB' }];
    expect(lines({ balances })).toContain('balance: gptunnel has 28.00 ₽ left; the high end is 50.0% of that');
    const broke = [{ provider: 'gptunnel', available: 0n, currency: 'RUB' }];
    expect(lines({ balances: broke })).toContain('balance: gptunnel has 0.00 ₽ left');
    const cost = { low: null, expected: null, high: null, ceiling: null };
    const variants = [VARIANT, { ...VARIANT, model: 'gpt-4o', cost }, { ...VARIANT, provider: 'own', cost }];
    expect(lines({ balances, estimate: estimate({ variants }) })).toContain(
      'balance: gptunnel has 28.00 ₽ left; the high end is 50.0% of that, without gptunnel/gpt-4o, whose price is not known',
    );
  });

  it("is followed by the pilot's result, and the rows that a precision needs", () => {
    const paid = [{ total: '1', currency: 'RUB' }];
    const errors = [
      { code: 'timeout', reason: 'slow', count: 3, trialId: 't1', variants: [{ variant: 0, count: 3 }] },
    ] as const;
    const pilot = { rows: 20, paid, unknownCosts: 0, errored: 3, errors, judgeErrors: [], rowsNeeded: 1234 };
    expect(lines({ pilot }).slice(-4)).toEqual([
      'pilot: 20 rows were run, 1.00 ₽ paid in all; 3 trials got no answer',
      '3 trials errored:',
      '  3 × timeout: slow',
      'the range would be as narrow as requested with about 1,234 rows: --pilot 1234',
    ]);
    expect(lines({ pilot: { ...pilot, errored: 0, errors: [], rowsNeeded: null } }).at(-1)).toBe(
      'pilot: 20 rows were run, 1.00 ₽ paid in all',
    );
    const unknown = { ...pilot, unknownCosts: 20, errored: 0, errors: [], rowsNeeded: null };
    expect(lines({ pilot: { ...unknown, paid: [] } }).at(-1)).toBe('pilot: 20 rows were run, unknown paid in all');
  });

  it('advises a pilot only if answers were not seen, and says for how many rows prompts were counted', () => {
    expect(lines().join()).not.toContain('--pilot 20');
    const unseen = lines({ estimate: estimate({ variants: [UNSEEN] }), countedRows: 200, expectedTokens: 900 });
    expect(unseen.slice(-5)).toEqual([
      'prompts were counted of 200 rows',
      'the expected answers have 5 tokens per row',
      'answer length is unknown until some rows have run:',
      expect.stringMatching(/^ {2}--pilot 20 /),
      expect.stringMatching(/^ {2}--from <run> /),
    ]);
  });

  it('omits the maximum cost of answers if only the models bound them, and says what would', () => {
    const completionTokens = { ...UNSEEN.completionTokens, ceiling: 400 * 128_000 };
    const cost = { ...UNSEEN_COST, ceiling: 132_591n * RUBLE };
    const variants = [{ ...UNSEEN, completionTokens, cost }];
    const unseen = { estimate: estimate({ variants, completionTokens, costs: [rubles(cost)], seconds: null }) };
    const balances = [{ provider: 'gptunnel', available: 28n * RUBLE, currency: 'RUB' }];
    const told = lines({ ...unseen, balances, showsCeilings: false });
    expect(told.join('\n')).not.toMatch(/at most|132,591|51,200,000|of that/);
    expect(told).toContain('estimate: 2.00 ₽ for the prompts, answers not included · 34,320 tokens in, ? out');
    expect(told).toContain('balance: gptunnel has 28.00 ₽ left');
    expect(told.slice(-4)).toEqual([
      'answer length is unknown until some rows have run:',
      expect.stringMatching(/^ {2}--pilot 20 /),
      expect.stringMatching(/^ {2}--max-tokens 300 /),
      expect.stringMatching(/^ {2}--from <run> /),
    ]);
    expect(told.slice(-4).filter((line) => [...line].length > 80)).toEqual([]);
    expect(lines({ ...unseen, showsCeilings: true }).join('\n')).toContain('at most 132,591.00 ₽');
  });

  it('has the maximum cost of seen answers next to that of others', () => {
    const table = lines({ estimate: estimate({ variants: [VARIANT, UNSEEN] }), showsCeilings: false });
    expect(table.slice(2, 4)).toEqual([
      expect.stringMatching(/ 40\.00 ₽$/),
      expect.stringMatching(/ from 2\.00 ₽ +–$/),
    ]);
  });
});

describe('the actual cost next to an estimate', () => {
  it('is shown for each currency, with or without a range', () => {
    const verdict = {
      currency: 'RUB',
      cost: SEEN_COST,
      actual: 12n * RUBLE,
      unknownCosts: 0,
      unknownPrices: [],
      isSaved: false,
    };
    expect(
      renderVerdicts(
        [
          { ...verdict, isWithin: true },
          { ...verdict, isWithin: false },
          { ...verdict, cost: UNSEEN_COST, isWithin: null },
          { ...verdict, cost: { ...UNSEEN_COST, ceiling: null }, isWithin: null },
        ],
        { showsCeilings: true, hasJudges: false },
      ),
    ).toEqual([
      'paid 12.00 ₽, within the estimated 10.00–15.00',
      'paid 12.00 ₽, outside the estimated 10.00–15.00',
      'paid 12.00 ₽; estimated at most 40.00 ₽',
      'paid 12.00 ₽',
    ]);
    const bare = [{ ...verdict, cost: UNSEEN_COST, isWithin: null }];
    expect(renderVerdicts(bare, { showsCeilings: false, hasJudges: false })).toEqual(['paid 12.00 ₽']);
    // Judges are in the total above, and not in an estimate of answers.
    expect(renderVerdicts(bare, { showsCeilings: false, hasJudges: true })).toEqual(['paid for answers 12.00 ₽']);
  });

  it('is said to be of more models than the estimate, if a price was not known', () => {
    const verdict = {
      currency: 'RUB',
      actual: 12n * RUBLE,
      unknownCosts: 0,
      unknownPrices: ['gpt-4o'],
      isSaved: false,
      isWithin: null,
    };
    const verdicts = [
      { ...verdict, cost: SEEN_COST },
      { ...verdict, cost: UNSEEN_COST },
    ];
    expect(renderVerdicts(verdicts, { showsCeilings: true, hasJudges: false })).toEqual([
      'paid 12.00 ₽; estimated 10.00–15.00 ₽, without gpt-4o, whose price was not known',
      'paid 12.00 ₽; estimated at most 40.00 ₽, without gpt-4o, whose price was not known',
    ]);
  });

  it('says that an estimate counts cached answers as paid, if they made the bill smaller', () => {
    const verdict = { currency: 'RUB', cost: SEEN_COST, actual: 0n, unknownCosts: 0, unknownPrices: [] };
    expect(
      renderVerdicts([{ ...verdict, isSaved: true, isWithin: null }], { showsCeilings: false, hasJudges: false }),
    ).toEqual(['paid 0.00 ₽; estimated 10.00–15.00 ₽, which counts cached answers as paid']);
  });

  it('is unknown, not 0, if the cost of answers is', () => {
    const verdict = {
      currency: 'RUB',
      cost: UNSEEN_COST,
      unknownCosts: 2,
      unknownPrices: [],
      isSaved: false,
      isWithin: null,
    };
    expect(
      renderVerdicts(
        [
          { ...verdict, actual: 0n },
          { ...verdict, actual: RUBLE },
        ],
        { showsCeilings: true, hasJudges: false },
      ),
    ).toEqual(['paid unknown; estimated at most 40.00 ₽', 'paid 1.00 ₽ + 2 unknown; estimated at most 40.00 ₽']);
  });

  it("says if only a model's capacity bounds its answers", () => {
    const told = '"at most" counts answers as long as the models can give: --max-tokens bounds them';
    expect(lines()).not.toContain(told);
    const completionTokens = { ...SEEN_TOKENS, ceiling: 400 * 128_000 };
    expect(lines({ estimate: estimate({ variants: [{ ...VARIANT, completionTokens }] }) })).toContain(told);
  });
});
