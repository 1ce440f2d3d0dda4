import { stripVTControlCharacters } from 'node:util';
import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../../src/core/stats/wilson.ts';
import { type ScoreSummary, Summarizer, type Summary, type VariantSummary } from '../../src/core/summary.ts';
import { renderSummary, renderTotals, type SummaryStyle } from '../../src/reporters/terminal.ts';
import { variant } from '../core/parts.ts';

const PLAIN = pico.createColors(false);

const BASE: VariantSummary = {
  ...emptySummary(),
  n: 48,
  completed: 48,
  tokens: { prompt: 4290, completion: 121 },
  costs: [{ total: '3.58', currency: 'RUB' }],
  latencyMs: { p50: 340, p90: 900, p95: 1200, p99: 2000 },
  scores: [{ ...scored('exact', 48), mean: 46 / 48, passed: 46, interval: wilsonInterval(46, 48) }],
};

function scored(name: string, n: number): ScoreSummary {
  return { name, n, unjudged: 0, errored: 0, notAsked: 0, mean: null, passed: 0, interval: null };
}

function emptySummary(): VariantSummary {
  const [made] = new Summarizer([variant()], []).summary().variants;
  if (made === undefined) throw new Error('no summary of the variant');
  return made;
}

function named(model: string, mean: number | null, second: number): Partial<VariantSummary> {
  const [exact, judge] = [scored('exact', 48), scored('judge', 48)];
  return {
    model,
    scores: [
      { ...exact, mean },
      { ...judge, mean: second },
    ],
  };
}

function summary(...variants: readonly Partial<VariantSummary>[]): Summary {
  return { total: BASE, errors: [], variants: variants.map((fields) => ({ ...BASE, ...fields })) };
}

function style(colors: typeof PLAIN, width = Infinity): SummaryStyle {
  return { colors, width, more: 'promptgrid report run --wide' };
}

/** The table's lines without the blanks at their ends. */
function table(of: Summary): readonly string[] {
  return renderSummary(of, style(PLAIN))
    .split('\n')
    .map((line) => line.trimEnd());
}

describe('the table of a summary', () => {
  it('has the first hundred of many variants, and the number of others', () => {
    const lines = table(summary(...Array.from({ length: 20_000 }, (_, index) => ({ temperature: index / 20_000 }))));
    expect(lines).toHaveLength(103);
    expect(lines.at(-1)).toBe('… and 19,900 more: summary.json has them all');
  });

  it('has a line per variant, with figures right-aligned', () => {
    const silent = { ...scored('exact', 0), unjudged: 48 };
    const of = summary(
      {},
      {
        model: 'deepseek-chat',
        temperature: null,
        errored: 3,
        costs: [],
        unknownCosts: 45,
        tokens: { prompt: 0, completion: 0 },
        unknownTokens: 45,
        latencyMs: { p50: null, p90: null, p95: null, p99: null },
        scores: [silent],
      },
    );
    expect(table(of)).toEqual([
      ' model          temp   n  errored          exact  tokens in      out     cost     p50    p95',
      '────────────────────────────────────────────────────────────────────────────────────────────',
      ' gpt-4o            0  48        0  95.8% (86–99)      4,290      121   3.58 ₽  340 ms  1.2 s',
      ' deepseek-chat     –  48        3              –    unknown  unknown  unknown       –      –',
    ]);
  });

  it('has the best by the first score first, and those without a score last', () => {
    const of = summary(named('a', 0.5, 1), named('none', null, 1), named('b', 0.75, 0), named('c', 0.5, 0.25));
    const models = table(of)
      .slice(2)
      .map((line) => line.trim().split(' ')[0]);
    expect(models).toEqual(['b', 'a', 'c', 'none']);
  });

  it('shows ten of many variants on a terminal, and the command that shows the others', () => {
    const of = summary(...Array.from({ length: 60 }, (_, place) => ({ model: `m${place}` })));
    const lines = renderSummary(of, style(PLAIN, 80)).split('\n');
    expect(lines.filter((line) => line.startsWith(' m'))).toHaveLength(11);
    expect(lines.at(-1)).toBe('50 more variants: promptgrid report run --wide');
  });

  it('lacks zero counts, then durations and tokens, if the terminal is narrow', () => {
    const [head, , , last] = renderSummary(summary({}), style(PLAIN, 50)).split('\n');
    expect(head).toBe(' model   temp   n          exact    cost    p95');
    expect(last).toBe('not shown: errored, tokens in, out, p50 (--wide shows all)');
    const errored = renderSummary(summary({ errored: 3 }), style(PLAIN, 50)).split('\n');
    expect(errored[0]).toBe(' model   temp   n  errored          exact    cost');
  });

  it('names prompts and providers only if they differ', () => {
    const [plain] = table(summary({}, { temperature: 1 }));
    const [prompts] = table(summary({}, { prompt: 'p2' }));
    const [both] = table(summary({}, { prompt: 'p2', provider: 'openai' }));
    expect(plain).toMatch(/^ model /);
    expect(prompts).toMatch(/^ prompt +model /);
    expect(both).toMatch(/^ prompt +provider +model /);
  });

  it('has a column per scorer, without an interval if there is none', () => {
    const graded = { ...scored('judge', 48), mean: 0.75 };
    const [head, , line] = table(summary({ scores: [...BASE.scores, graded] }));
    expect(head).toMatch(/ exact +judge /);
    expect(line).toMatch(/ 95\.8% \(86–99\) +75\.0% /);
  });

  it('shows how many answers have a score if not all do', () => {
    const partly = { ...scored('exact', 46), mean: 1, unjudged: 2, interval: wilsonInterval(46, 46) };
    const asked = { ...scored('numeric', 10), mean: 0.25, notAsked: 38 };
    const [, , line] = table(summary({ scores: [partly, asked] }));
    expect(line).toMatch(/ 100\.0% \(92–100\) n=46 +25\.0% n=10 /);
    const [, , errored] = table(summary({ errored: 4, scores: [{ ...scored('exact', 44), mean: 0.5 }] }));
    expect(errored).toMatch(/ 48 .* 50\.0% n=44 /);
  });

  it('has a column for the weighted score if there is one', () => {
    const [head, , line] = table(summary({ weightedScore: { n: 48, mean: 0.5 } }));
    expect(head).toMatch(/ exact +weighted +tokens in /);
    expect(line).toMatch(/\(86–99\) +50\.0% /);
    expect(table(summary({}))[0]).not.toContain('weighted');
  });

  it('has a column for cut answers if there are any', () => {
    const [head, , first, second] = table(summary({}, { model: 'o3', cut: 12 }));
    expect(head).toMatch(/ errored +cut +exact /);
    expect([first, second]).toEqual([expect.stringMatching(/ 0 +0 +95/), expect.stringMatching(/ 0 +12 +95/)]);
    expect(table(summary({}))[0]).not.toContain('cut');
  });

  it('has red errors and a bold head in colour, and the same text', () => {
    const coloured = renderSummary(summary({ errored: 3 }), style(pico.createColors(true)));
    expect(coloured).toContain('\u001b[31m3\u001b[39m');
    expect(coloured).toContain('\u001b[1mmodel\u001b[22m');
    expect(stripVTControlCharacters(coloured)).toBe(renderSummary(summary({ errored: 3 }), style(PLAIN)));
  });
});

/** The totals lines for this many answers. */
function totalLines(cut: number, completed: number): readonly string[] {
  return renderTotals({ total: { ...BASE, cut, completed }, variants: [], errors: [] }, 300).split('\n');
}

describe('the line of totals', () => {
  it('says how much of the plan is done, what it cost and how long it took', () => {
    expect(renderTotals(summary({}), 48)).toBe('48 of 48 trials: 48 completed · 3.58 ₽ · 4,290 tokens in, 121 out');
  });

  it('is followed by the number of cut answers and advice', () => {
    expect(totalLines(12, 300)).toContain(
      '12 of 300 answers were cut off at the token limit (finish_reason length): raise --max-tokens',
    );
    expect(totalLines(1, 3)).toContainEqual(expect.stringMatching(/^1 of 3 answers was cut off/));
    expect(totalLines(0, 300)).toHaveLength(1);
  });

  it('counts incomplete trials and unknown figures', () => {
    const total = { ...BASE, completed: 40, errored: 5, skipped: 2, cached: 7, unknownCosts: 4, unknownTokens: 4 };
    expect(renderTotals({ total, errors: [], variants: [] }, 1048)).toBe(
      '47 of 1,048 trials: 40 completed, 7 of them cached, 5 errored, 2 skipped · 3.58 ₽ + 4 unknown · ' +
        '4,290 + 4 unknown tokens in, 121 + 4 unknown out',
    );
  });

  it.each([
    [{ calls: 0, costsAtMost: [], unbounded: 0, isBound: false }, []],
    [
      { calls: 7, costsAtMost: [{ total: '0.84', currency: 'RUB' }], unbounded: 0, isBound: false },
      ['7 calls got no usable answer and may have been billed: at most 0.84 ₽'],
    ],
    [
      { calls: 1200, costsAtMost: [{ total: '12', currency: 'RUB' }], unbounded: 200, isBound: true },
      ['up to 1,200 calls got no usable answer and may have been billed: at most 12.00 ₽ + 200 unknown'],
    ],
    [
      { calls: 1, costsAtMost: [], unbounded: 1, isBound: false },
      ['1 call got no usable answer and may have been billed: unknown'],
    ],
  ])('is followed by the possible cost of failed calls: %j', (lost, lines) => {
    const [, ...told] = renderTotals(summary({}), 48, lost).split('\n');
    expect(told).toEqual(lines);
  });
});
