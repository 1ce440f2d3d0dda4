import { describe, expect, it } from 'vitest';
import { RecentRate } from '../../../src/app/watch/recent-rate.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

/** Results at an even pace, all read at one moment. */
function rateOf(seconds: number, perSecond: number): RecentRate {
  const rate = new RecentRate();
  for (let n = 0; n < seconds * perSecond; n++) rate.note(START + (n * 1000) / perSecond, 0);
  return rate;
}

describe('the recent rate', () => {
  it('is unknown without results', () => {
    expect(new RecentRate().perSecond(START, 0)).toBeNull();
  });

  it('is that of the last minute, whatever was before', () => {
    const rate = rateOf(300, 2);
    for (let n = 0; n < 600; n++) rate.note(START + 300_000 + n * 100, 0);
    expect(rate.perSecond(START, 0)).toBeCloseTo(10, 0);
  });

  it('is that since the session began if that is less', () => {
    expect(rateOf(20, 5).perSecond(START, 0)).toBeCloseTo(5, 0);
    expect(rateOf(20, 5).perSecond(START - 20_000, 0)).toBeCloseTo(5, 0);
  });

  it('does not count results before the session', () => {
    const rate = rateOf(30, 1);
    for (let n = 0; n < 40; n++) rate.note(START + 40_000 + n * 100, 0);
    expect(rate.perSecond(START + 40_000, 0)).toBeCloseTo(10, 0);
  });

  it('falls while no results come, by the clock of the reader', () => {
    const rate = rateOf(60, 4);
    expect(rate.perSecond(START, 30_000)).toBeCloseTo(2, 0);
    expect(rate.perSecond(START, 120_000)).toBe(0);
  });

  it('does not count a result without a time', () => {
    const rate = new RecentRate();
    rate.note(Number.NaN, 0);
    expect(rate.perSecond(START, 0)).toBeNull();
  });
});
