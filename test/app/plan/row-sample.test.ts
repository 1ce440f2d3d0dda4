import { describe, expect, it } from 'vitest';
import { RowSample } from '../../../src/app/plan/row-sample.ts';
import { row } from '../../core/parts.ts';

const MIB = 1024 * 1024;
const DATASET = 2000;

/** Draws from a dataset of two thousand rows. */
function draw(seed: number): readonly number[] {
  const sample = new RowSample(seed);
  for (let index = 0; index < DATASET; index++) sample.add(row({ n: index }), 10);
  return (sample.rows() ?? []).map(({ ordinal }) => ordinal);
}

describe('rows drawn while a dataset is read', () => {
  it('are all of them if there are few, with their places', () => {
    const sample = new RowSample(1);
    for (let index = 0; index < 500; index++) sample.add(row({ n: index }, index + 1), 10);
    expect(sample.rows()?.map(({ row: { vars }, ordinal }) => [vars['n'], ordinal])).toEqual(
      Array.from({ length: 500 }, (_, index) => [index, index]),
    );
  });

  it('are five hundred distinct ones, in dataset order, and the same for the same seed', () => {
    const drawn = draw(7);
    expect(drawn).toHaveLength(500);
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    expect(draw(7)).toEqual(drawn);
    expect(draw(8)).not.toEqual(drawn);
  });

  it('come evenly from every part of the dataset', () => {
    const parts = 50;
    const draws = 40;
    const counts = Array.from({ length: parts }, () => 0);
    for (let seed = 0; seed < draws; seed++) {
      for (const ordinal of draw(seed)) {
        const part = Math.floor((ordinal * parts) / DATASET);
        counts[part] = (counts[part] ?? 0) + 1;
      }
    }
    const expected = (draws * 500) / parts;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // python3 -c "from scipy.stats import chi2; print(chi2.ppf(.999, 49))" prints 85.35056460859305. Draws without
    // replacement vary less than that by the share that is not drawn, 3 in 4; less than the lowest hundredth is too even.
    expect(chiSquare).toBeLessThan(85.35 * 0.75);
    expect(chiSquare).toBeGreaterThan(28.9 * 0.75);
  });

  it('are not kept if they are large, however few', () => {
    const sample = new RowSample(1);
    for (let index = 0; index < 4; index++) sample.add(row({}), MIB);
    expect(sample.rows()).toHaveLength(4);
    sample.add(row({}), 1);
    expect(sample.rows()).toBeNull();
    sample.add(row({}), 1);
    expect(sample.rows()).toBeNull();
  });

  it('may be replaced without end: only those in the sample count as memory', () => {
    const sample = new RowSample(3);
    for (let index = 0; index < 20_000; index++) sample.add(row({}), 8 * 1024);
    // 20,000 rows of 8 KiB are 156 MiB; 500 of them are just below 4 MiB.
    expect(sample.rows()).toHaveLength(500);
  });
});
