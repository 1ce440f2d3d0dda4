import { UsageError } from '../core/errors.ts';
import { defineScorer, unscored, verdict } from './definition.ts';

/** 1 if the latency of the answer is at most a maximum. */
export const latency = defineScorer({
  name: 'latency',
  title: 'the answer took at most so many milliseconds: latency:<ms>; cached answers are not scored',
  argument: 'max',
  options: (z) => ({
    max: z.union([z.string().min(1), z.number().min(0)]).describe('most milliseconds'),
  }),
  create({ max }, { label }) {
    const most = Number(max);
    if (!Number.isFinite(most) || most < 0 || String(max).trim() === '') {
      throw new UsageError(`${label}: "${max}" is not a duration`, { hint: 'give milliseconds, such as latency:2000' });
    }
    return {
      needsExpected: false,
      score({ latencyMs, cached }) {
        if (cached) return unscored('the answer comes from the cache, and no call was timed');
        if (latencyMs === null) return unscored('the answer is part of a batch, and no call was timed');
        return verdict(latencyMs <= most, `${latencyMs} ms`);
      },
    };
  },
});
