import { describe, expect, it } from 'vitest';
import { renderCacheStats } from '../../src/reporters/cache.ts';

const CACHE = {
  folder: '.promptgrid/cache',
  answers: 1234,
  bytes: 3 * 1024 * 1024,
  oldest: '2026-01-02T03:04:05.000Z',
  newest: '2026-02-03T04:05:06.000Z',
  worth: [{ total: '12.345', currency: 'RUB' }],
};

describe('what a response cache holds', () => {
  it('is described with its cost and age', () => {
    expect(renderCacheStats(CACHE)).toBe(
      '.promptgrid/cache: 1,234 answers, 3.0 MiB\n' +
        'given from 2026-01-02T03:04:05.000Z to 2026-02-03T04:05:06.000Z\n' +
        'paid for them: 12.35 ₽',
    );
  });

  it('is nothing if it is empty', () => {
    const empty = { ...CACHE, answers: 0, bytes: 0, oldest: null, newest: null, worth: [] };
    expect(renderCacheStats(empty)).toBe('.promptgrid/cache: empty, 0.0 MiB');
  });
});
