import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { renderCompareComment, renderCompareMarkdown, renderComparison } from '../../src/reporters/index.ts';
import { compareTrials } from '../app/compare/comparing.ts';
import { passing } from '../app/compare/result-file.ts';

describe('a difference of one row in three thousand', () => {
  it('does not look like none beside its verdict', async () => {
    const files = [passing(3000, 3000), passing(3000, 2999, { cost: '0.010003' })] as const;
    const { comparison, junit } = await compareTrials(...files, { gates: { failOn: 'any-drop' } });
    const terminal = renderComparison(comparison, pico.createColors(false));
    const [markdown, comment] = [renderCompareMarkdown(comparison), renderCompareComment(comparison)].map((text) =>
      text.replaceAll(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code))).replaceAll('\\', ''),
    );
    for (const text of [terminal, markdown, comment]) {
      expect(text).toMatch(/100\.00% +\S? *99\.97% +\S? *−0\.03 points \(−0\.2 to 0\.1\)/);
      expect(text).toContain('lost 0.03 points, not significant');
      expect(text).toContain('cost +0.03% (+0.03% to +0.03%)');
    }
    expect(junit).toContain('lost 0.03 points');
  });
});

describe('flips of rows on which repeats disagree', () => {
  it.each([
    [0, '2 got worse, 1 got better'],
    [1, "2 got worse, 1 got better; 1 more is flaky: the base's own repeats disagree on it"],
    [3, "2 got worse, 1 got better; 3 more are flaky: the base's own repeats disagree on them"],
  ])('are counted beside the others: %i', async (flaky, text) => {
    const { comparison } = await compareTrials(passing(3, 3), passing(3, 3));
    const flipped = { worse: 2, better: 1, flaky };
    const lines = renderComparison({ ...comparison, flipped }, pico.createColors(false)).split('\n');
    expect(lines).toContain(`flips: ${text}`);
  });
});
