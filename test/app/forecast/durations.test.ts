import { describe, expect, it } from 'vitest';
import { durations } from '../../../src/app/forecast/durations.ts';
import type { VariantPart } from '../../../src/app/forecast/variant.ts';
import { variant } from '../../core/parts.ts';
import { countedRows, estimated, seenVariant } from '../estimate/parts.ts';

const ROWS = 1000;

/** A variant of which twenty rows took about this long. */
function part(provider: string, latencyMs: number): VariantPart {
  const counted = countedRows(Array.from({ length: ROWS }, () => 10));
  const asked = Array.from({ length: 20 }, (_, place) => ({ place, promptTokens: 10, completionTokens: 5 }));
  const made = estimated(counted, {
    own: seenVariant(asked, null),
    concurrency: 32,
    variant: variant({ model: { provider, model: 'm' } }),
  });
  return { ...made, durations: Array.from({ length: 20 }, (_, index) => latencyMs * (0.8 + (index % 5) / 10)) };
}

function timed(parts: readonly VariantPart[], config: object = {}): ReturnType<typeof durations> {
  const lanes = ['one', 'two'].map((name) => ({ provider: { name } }));
  const limits = { limits: { rpm: null, tpm: null }, modelLimits: [] };
  const settings = { concurrency: 32, isFixedConcurrency: false, ...limits, ...config };
  return durations({ config: settings, lanes, level: 0.9 }, parts);
}

describe('the duration of calls', () => {
  it('is a range around their parallel duration, with their beginning and end', () => {
    const { seconds, secondsRange } = timed([part('one', 1000)]);
    // 980 calls of a second, 32 at a time, are 30.6 s; until 32 are in flight some are lost, and the first goes alone.
    expect(seconds).toBeGreaterThan(31.6);
    expect(seconds).toBeLessThan(36);
    expect(secondsRange?.low).toBeGreaterThan(28);
    expect(secondsRange?.low).toBeLessThan(seconds ?? 0);
    expect(secondsRange?.high).toBeGreaterThan(seconds ?? Infinity);
    expect(secondsRange?.high).toBeLessThan(40);
  });

  it('is that of the slower endpoint, which its variants share', () => {
    const [fast, slow] = [part('one', 100), part('two', 1000)];
    expect(timed([fast, slow])).toEqual(timed([slow]));
    const both = timed([slow, part('two', 1000)]).seconds ?? 0;
    expect(both).toBeGreaterThan(1.8 * (timed([slow]).seconds ?? 0));
  });

  it('is no shorter than limits per minute allow, at both ends', () => {
    const { seconds, secondsRange, leastSeconds } = timed([part('one', 1000)], { limits: { rpm: 60, tpm: null } });
    expect(leastSeconds).toBeCloseTo((980 / 60) * 60.2, 6);
    expect(secondsRange?.low).toBeGreaterThan(leastSeconds);
    expect(seconds).toBeGreaterThan(secondsRange?.low ?? Infinity);
    expect(secondsRange?.high).toBeGreaterThan(seconds ?? Infinity);
  });

  it('has no beginning if all calls may be in flight at once', () => {
    const [grown, fixed] = [timed([part('one', 1000)]), timed([part('one', 1000)], { isFixedConcurrency: true })];
    expect(fixed.seconds).toBeLessThan(grown.seconds ?? 0);
  });

  it('has no range after one call, and is unknown after none', () => {
    const one = { ...part('one', 1000), durations: [1000] };
    expect(timed([one])).toMatchObject({ seconds: one.estimate.seconds, secondsRange: null });
    const { estimate } = part('one', 1000);
    const none = { ...one, durations: [], estimate: { ...estimate, seconds: null } };
    expect(timed([none])).toEqual({ seconds: null, secondsRange: null, leastSeconds: 0 });
  });
});
