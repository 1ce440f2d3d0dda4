import { describe, expect, it } from 'vitest';
import { Pace, type RowShare } from '../../../src/app/page/pace.ts';

const MB = 1024 * 1024;

function shares(
  rows: number,
  row: { readonly trials: number; readonly units: number },
  isNotable: (index: number) => boolean,
): RowShare[] {
  const pace = new Pace(rows * row.trials, rows * row.units);
  return Array.from({ length: rows }, (_, index) => pace.take({ ...row, isNotable: isNotable(index) }));
}

function countOf(shared: readonly RowShare[], share: RowShare): number {
  return shared.filter((one) => one === share).length;
}

describe('the room of a page', () => {
  it('takes everything of a run with little text', () => {
    expect(new Set(shares(1000, { trials: 4, units: 9000 }, () => true))).toEqual(new Set(['whole']));
  });

  it('keeps whole answers of rows worth a look, and cuts the others', () => {
    const shared = shares(20_000, { trials: 5, units: 3000 }, (index) => index % 10 === 0);
    expect(shared.every((share, index) => share === (index % 10 === 0 ? 'whole' : 'cut'))).toBe(true);
  });

  it('has about ten megabytes of whole rows, from all parts of a run', () => {
    const shared = shares(20_000, { trials: 5, units: 3000 }, () => true);
    const whole = countOf(shared, 'whole');
    expect(whole * 3000).toBeGreaterThan(9 * MB);
    expect(whole * 3000).toBeLessThan(12 * MB);
    expect(countOf(shared.slice(-5000), 'whole')).toBeGreaterThan(whole / 6);
  });

  it('leaves out rows of a very large run, those worth a look last', () => {
    const shared = shares(250_000, { trials: 4, units: 600 }, (index) => index % 20 === 0);
    const kept = shared.filter((share) => share !== 'left out').length;
    expect(kept * 4).toBeLessThanOrEqual(155_000);
    expect(shared.filter((_share, index) => index % 20 === 0)).not.toContain('left out');
    expect(countOf(shared.slice(-50_000), 'left out')).toBeLessThan(50_000);
  });
});
