import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunTally } from '../../../src/app/watch/run-tally.ts';
import type { Result } from '../../../src/core/result.ts';
import type { StoredRun } from '../../../src/store/run-file.ts';
import { readVariants } from '../../../src/store/stored-variants.ts';
import { completed, errored } from '../../engine/results.ts';

const MODELS = ['gptunnel/a', 'gptunnel/b', 'gptunnel/c'];
const TRIALS = 7;
const REASONS = ['too long', 'filtered', 'no answer'];

const RUN: Pick<StoredRun, 'variants'> = {
  variants: readVariants({ prompts: [{ name: 'default' }], models: MODELS, temperatures: [0], params: {} }),
};

/** A result of a trial, each of which is of one variant. */
function resultOf(trial: number, kind: number): Result {
  const model = 'abc'.charAt(trial % MODELS.length);
  if (kind < REASONS.length) return { ...errored(trial, REASONS[kind]), model };
  const answer = { ...completed(trial), model };
  if (kind === REASONS.length) return { ...answer, cached: trial % 2 === 0 };
  const { completion: _none, ...place } = answer;
  return { ...place, status: 'skipped', reason: 'not asked' };
}

const results = fc.array(
  fc
    .tuple(fc.nat({ max: TRIALS - 1 }), fc.nat({ max: REASONS.length + 1 }))
    .map(([trial, kind]) => resultOf(trial, kind)),
  { maxLength: 60 },
);

function tallyOf(all: readonly Result[]): RunTally {
  const tally = new RunTally(RUN, []);
  for (const result of all) tally.add(result);
  return tally;
}

/** The result in use of each trial: its answer, else its last one. */
function inUse(all: readonly Result[]): readonly Result[] {
  const used = new Map<string, Result>();
  for (const result of all) {
    if (used.get(result.trialId)?.status !== 'completed') used.set(result.trialId, result);
  }
  return [...used.values()];
}

function counts(of: readonly Result[]): Record<Result['status'], number> {
  const count = (status: Result['status']): number => of.filter((result) => result.status === status).length;
  return { completed: count('completed'), errored: count('errored'), skipped: count('skipped') };
}

/** Trials by reason and variant. */
function reasons(of: readonly Result[]): ReadonlySet<string> {
  const byReason = new Map<string, number>();
  for (const result of of) {
    if (result.status !== 'errored') continue;
    const key = `${result.errorMessage} of ${result.model}`;
    byReason.set(key, (byReason.get(key) ?? 0) + 1);
  }
  return new Set([...byReason].map(([key, count]) => `${key}: ${count}`));
}

describe('the tally of a watched run', () => {
  it('counts a trial that was skipped and ran later once, in its variant and in all', () => {
    const tally = tallyOf([resultOf(0, 4), resultOf(1, 4), resultOf(0, 3), resultOf(1, 0)]);
    expect(tally.done).toBe(2);
    expect(tally.counts).toEqual({ completed: 1, errored: 1, skipped: 0 });
    expect(tally.views().map(({ skipped }) => skipped)).toEqual([0, 0, 0]);
  });

  it('counts each trial by its answer or its last result, whatever came in which order', () => {
    fc.assert(
      fc.property(results, (all) => {
        const [tally, used] = [tallyOf(all), inUse(all)];
        expect(tally.done).toBe(used.length);
        expect(tally.counts).toEqual(counts(used));
        expect(tally.cached).toBe(used.filter((result) => result.status === 'completed' && result.cached).length);
        for (const view of tally.views())
          expect(view).toMatchObject(counts(used.filter(({ model }) => model === view.model)));
        const told = tally.errors.flatMap(({ reason, variants }) =>
          variants.map(({ variant, count }) => `${reason} of ${tally.views()[variant]?.model}: ${count}`),
        );
        expect(new Set(told)).toEqual(reasons(used));
        expect(tally.errors.reduce((sum, { count }) => sum + count, 0)).toBe(counts(used).errored);
      }),
    );
  });
});
