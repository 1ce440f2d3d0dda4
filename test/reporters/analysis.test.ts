import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/core/analysis/analysis.ts';
import { renderAnalysis } from '../../src/reporters/analysis.ts';
import { renderAnalysisMarkdown } from '../../src/reporters/analysis-markdown.ts';
import { analyse, models, type Outcome, roubles, type TestRow, times } from '../core/analysis/rows.ts';

function sentences(analysis: Analysis): readonly string[] {
  const lines = renderAnalysis(analysis, pico.createColors(false)).split('\n');
  return lines.filter((line) => line.startsWith('· ')).map((line) => line.slice(2));
}

/** 40 rows: 20 that both pass, 12 that only m0 passes, 3 that only m1 passes, 5 that both fail. */
const FORTY = [...times(20, 1, 1), ...times(12, 1, 0), ...times(3, 0, 1), ...times(5, 0, 0)];
const TURNED = FORTY.map(({ outcomes }) => ({ outcomes: outcomes.toReversed() }));

function rowOf(scores: readonly Outcome[]): TestRow {
  return { outcomes: scores.map((score) => [score]) };
}

describe('the report of an analysis', () => {
  it('has a table, the best first, with the cost of quality', () => {
    const text = renderAnalysis(analyse(TURNED, { costs: [roubles(3), roubles(2)] }), pico.createColors(false));
    const lines = text.split('\n').map((line) => line.trimEnd());
    expect(lines.slice(0, 5)).toEqual([
      'Score: score',
      expect.stringMatching(/^ variant +n +score +passed +errored +cost \/ 1,000 rows +cost \/ passed row +p95$/),
      expect.stringMatching(/^─+$/),
      expect.stringMatching(/^ m1 +40 +80\.0% \(65–90\) +32 +0 +2,000\.00 ₽ +2\.50 ₽ +100 ms$/),
      expect.stringMatching(/^ m0 +40 +57\.5% \(42–71\) +23 +0 +3,000\.00 ₽ +5\.22 ₽ +100 ms$/),
    ]);
  });

  it('says which one is better, by how much and with what p-value, in any plan order', () => {
    const beats = /^(m\d) beats (m\d) by 22\.5 points \(95 % CI (\d\.\d) to (\d+\.\d)\), significant \(p = 0\.035\)$/;
    const [told = ''] = sentences(analyse(FORTY));
    const [turned = ''] = sentences(analyse(TURNED));
    expect(told).toMatch(beats);
    expect(beats.exec(told)?.slice(1, 3)).toEqual(['m0', 'm1']);
    expect(beats.exec(turned)?.slice(1, 3)).toEqual(['m1', 'm0']);
    expect(beats.exec(turned)?.slice(3)).toEqual(beats.exec(told)?.slice(3));
  });

  it('says how many rows a decision needs, and their cost, if no difference is significant', () => {
    const rows = [...times(50, 1, 1), ...times(6, 0, 1), ...times(5, 1, 0), ...times(20, 0, 0)];
    const [, told] = sentences(analyse(rows, { costs: [roubles(3), roubles(1)] }));
    expect(told).toMatch(
      /^m1 vs m0: \+1\.2 points \(95 % CI −\d+\.\d to \d+\.\d\), not significant \(p = \d\.\d{3}\); detecting 2 points needs about [23],\d00 more rows \(≈ 1\d,000 ₽\)$/,
    );
  });

  it('says that a difference is not significant after correction, if it would be alone', () => {
    const rows = FORTY.map(({ outcomes: [one = [], other = []] }) => ({ outcomes: [one, other, other] }));
    expect(sentences(analyse(rows))[0]).toMatch(
      /^m0 vs m1: \+22\.5 points \(95 % CI \d\.\d to \d+\.\d\), not significant after correction for 2 comparisons \(p = 0\.035, corrected p = 0\.070\); /,
    );
  });

  it('says what these rows can detect, if they are enough', () => {
    const rows = [...times(9000, 1, 1), ...times(50, 1, 0), ...times(50, 0, 1)];
    expect(sentences(analyse(rows))[0]).toMatch(
      /^m0 vs m1: 0\.0 points \(95 % CI −0\.\d to 0\.\d\), not significant \(p = 1\.000\); these 9,100 rows can detect 0\.\d points$/,
    );
  });

  it('shows the significant differences of the best of many variants, the others together, and counts the rest', () => {
    const rows = [
      ...Array.from({ length: 20 }, () => rowOf([1, 1, 0, 1, 0])),
      ...Array.from({ length: 2 }, () => rowOf([1, 0, 0, 1, 0])),
    ];
    const told = sentences(analyse(rows, { costs: [1, 2, 3, 4, 5].map(roubles) }));
    expect(told.slice(1, 5)).toEqual([
      expect.stringMatching(
        /^m0 vs each of m3 and m1: not significant; detecting 2 points needs up to about [\d,]+ more rows \(≈ [\d,]+ ₽ a comparison\)$/,
      ),
      'm0 beats m2 by 100.0 points (95 % CI 69.1 to 100.0), significant (p < 0.001, also after correction for 6 comparisons)',
      'm0 beats m4 by 100.0 points (95 % CI 69.1 to 100.0), significant (p < 0.001, also after correction for 6 comparisons)',
      '6 further comparisons: 4 significant, 2 not (--json has each)',
    ]);
  });

  it('names few of many variants that the best may not be better than, and counts the others', () => {
    expect(sentences(analyse(times(20, 1, 1, 1, 1, 1, 1, 1)))).toContainEqual(
      expect.stringMatching(/^m0 vs each of m1, m2, m3 and 3 others: not significant/),
    );
  });

  it('says which variants are dominated by which, and whether that is significant', () => {
    const told = sentences(analyse(TURNED, { costs: [roubles(3), roubles(2)] }));
    expect(told).toContain('m0 is dominated: m1 costs less and scores more');
    const few = sentences(analyse(times(3, 0, 1), { costs: [roubles(2), roubles(2)] }));
    expect(few).toContain('m0 is dominated: m1 costs the same and scores more (not significant)');
    const same = sentences(analyse(times(3, 1, 1), { costs: [roubles(3), roubles(2)] }));
    expect(same).toContain('m0 is dominated: m1 costs less and scores the same');
  });

  it('speaks of the rows that both answered where they answered others', () => {
    const costs = [roubles(1), roubles(2)];
    const told = sentences(
      analyse([...times(6, 1, 1), ...times(4, 'errored', 1), ...times(20, 'errored', 0)], { costs }),
    );
    expect(told).toContain('both variants score the same on the 6 rows that both answered');
    expect(told).toContainEqual(expect.stringMatching(/^m0 vs m1: the same score on the 6 rows that both answered/));
    expect(told).toContain('m1 is dominated: m0 costs less and scores the same on the 6 rows that both answered');
    const three = sentences(analyse([...times(6, 1, 1, 1), ...times(4, 'errored', 1, 'errored')]));
    expect(three).toContain('any two variants score the same on the rows that both answered');
    const all = sentences(analyse(times(3, 1, 1)));
    expect(all).toContain('every variant scores the same on every row');
    const other = sentences(
      analyse([...times(3, 1, 0), ...times(9, 'errored', 1), ...times(9, 0, 'errored')], {
        costs: [roubles(2), roubles(1)],
      }),
    );
    expect(other).toContainEqual(expect.stringMatching(/^m0 vs m1: \+100.0 points/));
    expect(other.join()).not.toContain('dominated');
  });

  it('shows the best temperatures that are significant, and the models without one', () => {
    const variants = ['a', 'b'].flatMap((model) =>
      [0, 1].map((temperature) => ({ prompt: { name: 'p' }, model: { provider: 'x', model }, temperature })),
    );
    const told = sentences(analyse(times(20, 1, 0, 1, 1), { variants }));
    expect(told).toContain('the best temperature of a is 0, significant');
    expect(told).toContain('no temperature is shown to be the best of b');
  });

  it('names rows that separate variants, that no variant passes, and that differ between repeats', () => {
    const rows = [
      ...times(7, 1, 0),
      ...times(1, 0, 0),
      {
        outcomes: [
          [1, 0],
          [1, 1],
        ],
      },
    ];
    const told = sentences(analyse(rows));
    expect(told).toContain('8 rows separate the variants, the widest first: q1, q2, q3, q4, q5, …');
    expect(told).toContain('1 row fails with every variant, being too hard or wrong: q8');
    expect(told).toContain('1 row is scored differently when asked again: q9');
  });

  it('does not call rows too hard if their answers were cut off', () => {
    const rows = [...times(3, 1, 1), ...times(2, 0, 0)];
    const told = sentences(analyse(rows, { isCut: (_variant, row) => row === 4 }));
    expect(told).toContain('1 row fails with every variant, being too hard or wrong: q5');
    expect(told).toContain('1 row fails with every variant, with answers cut off at the token limit: q4');
    expect(told).toContain('1 of 5 answers of m0 was cut off at the token limit: raise --max-tokens');
    expect(sentences(analyse(rows)).join('\n')).not.toContain('cut off');
  });

  it('gives pass@k and pass^k if rows have repeats', () => {
    const rows = [{ outcomes: [[1, 0, 0]] }, { outcomes: [[1, 1, 1]] }];
    const text = renderAnalysis(analyse(rows), pico.createColors(false));
    expect(text).toMatch(/pass@3 +pass\^3/);
    expect(text).toMatch(/100\.0% +50\.0%/);
  });

  it('breaks figures down by a column', () => {
    const rows = [
      ...times(20, 1, 0).map((row) => ({ ...row, group: 'en' })),
      ...times(9, 1, 1).map((row) => ({ ...row, group: null })),
    ];
    const text = renderAnalysis(analyse(rows, { groupColumn: 'lang' }), pico.createColors(false));
    expect(text).toMatch(/^Score: score, by lang$/m);
    expect(text).toMatch(/^ en +20 +100\.0% \(84–100\) +0\.0% \(0–16\) *$/m);
    expect(text).toMatch(/^ \(no value\) +9 /m);
    expect(text).toMatch(/^· en: m0 beats m1 by 100\.0 points .* significant \(p < 0\.001\)$/m);
  });

  it('says that a run without answers has none', () => {
    const text = renderAnalysis(analyse(times(3, 'errored', 'errored')), pico.createColors(false));
    expect(text).toContain('· no answer could be scored');
    expect(text).toContain('· m0 and m1 cannot be compared: no row has a judged answer of both');
    expect(text).toContain('· no trial got an answer');
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('keeps the end of a long name, where variants differ', () => {
    const variants = models(2).map((variant, place) => ({
      ...variant,
      prompt: { name: `${'слово '.repeat(20)}${place}` },
    }));
    const text = renderAnalysis(analyse(times(2, 1, 0), { variants }), pico.createColors(false));
    expect(text).toMatch(/^ слово слово слово сл….* слово 0 · m0 +2 /m);
    expect(text).toMatch(/^ слово слово слово сл….* слово 1 · m1 +2 /m);
    expect(text).toMatch(/^ .{60} {2,}2 /m);
  });

  it('keeps control characters of names and ids out of the terminal', () => {
    const [variant] = models(1);
    if (variant === undefined) throw new Error('no variant');
    const hostile = { ...variant, model: { provider: 'x', model: 'm\u001b[31m\nred' } };
    const text = renderAnalysis(analyse(times(2, 1), { variants: [hostile] }), pico.createColors(false));
    expect(text).toContain('m\uFFFD[31m red');
  });
});

describe('the report as markdown', () => {
  it('says the same as the terminal', () => {
    const analysis = analyse(FORTY, { costs: [roubles(3), roubles(2)] });
    const markdown = renderAnalysisMarkdown(analysis, 'Report of run');
    for (const sentence of sentences(analysis)) {
      expect(markdown.replaceAll('\\', '').replaceAll('&lt;', '<')).toContain(`- ${sentence}`);
    }
    expect(markdown.split('\n').slice(0, 6)).toEqual([
      '# Report of run',
      '',
      '## Score: score',
      '',
      '| variant | n | score | passed | errored | cost / 1,000 rows | cost / passed row | p95 |',
      '| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ]);
    expect(markdown).toContain('| m0 | 40 | 80.0% (65–90) | 32 | 0 | 3,000.00 ₽ | 3.75 ₽ | 100 ms |');
  });

  it.each([
    ['- a', '\\- a: m0 beats'],
    ['1. a', '1\\. a: m0 beats'],
    ['pass@3', 'pass@3: m0 beats'],
  ])('lets no value begin a list: %s', (group, told) => {
    const rows = times(20, 1, 0).map((row) => ({ ...row, group }));
    expect(renderAnalysisMarkdown(analyse(rows, { groupColumn: 'lang' }), 'r')).toContain(`\n- ${told}`);
  });

  it('lets no name act as markup', () => {
    const [one] = models(1);
    if (one === undefined) throw new Error('no variant');
    const model = '<b>|`x`*y*_z_[l](http://a.b) @team\n# h';
    const variants = [{ ...one, model: { provider: 'x', model } }];
    const markdown = renderAnalysisMarkdown(analyse(times(2, 1), { variants }), 'r');
    expect(markdown).toContain('| &lt;b&gt;\\|\\`x\\`\\*y\\*\\_z\\_\\[l\\](http&#8203;://a.b) &#64;team \\# h | 2 |');
  });
});
