import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { SingleFlight } from '../../src/engine/single-flight.ts';
import { completed, errored } from './results.ts';

/** Trials that ask the same, each with a call of its own that ends when the test says so. */
class Trials {
  readonly flights = new SingleFlight();
  /** Of the calls that were begun, in order: how each is ended. */
  readonly calls: { readonly end: (result: Result | null) => void; readonly fail: (error: Error) => void }[] = [];

  start(key = 'key'): Promise<Result | null> {
    return this.flights.fly(key, {
      lead: () => new Promise((end, fail) => this.calls.push({ end, fail })),
      share: ({ output }) => completed(0, `shared ${output}`),
    });
  }
}

const outputs = (results: readonly (Result | null)[]): readonly unknown[] =>
  results.map((result) => (result?.status === 'completed' ? result.completion.output : (result?.status ?? null)));

/** Lets everything happen that waits for nothing else. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('equal requests in flight', () => {
  it('are made once and share the answer', async () => {
    const trials = new Trials();
    const all = [trials.start(), trials.start(), trials.start()];
    expect(trials.calls).toHaveLength(1);
    trials.calls[0]?.end(completed(1, 'yes'));
    expect(outputs(await Promise.all(all))).toEqual(['yes', 'shared yes', 'shared yes']);
    void trials.start();
    expect(trials.calls).toHaveLength(2);
  });

  it('with different keys do not wait for each other', () => {
    const trials = new Trials();
    void [trials.start('a'), trials.start('b')];
    expect(trials.calls).toHaveLength(2);
  });

  it('that fail are made again by the next trial, while the others wait', async () => {
    const trials = new Trials();
    const all = [trials.start(), trials.start(), trials.start(), trials.start()];
    trials.calls[0]?.end(errored(1));
    await settle();
    expect(trials.calls).toHaveLength(2);
    trials.calls[1]?.end(completed(2, 'yes'));
    expect(outputs(await Promise.all(all))).toEqual(['errored', 'yes', 'shared yes', 'shared yes']);
  });

  it('are made separately after two failures', async () => {
    const trials = new Trials();
    const all = [trials.start(), trials.start(), trials.start(), trials.start()];
    trials.calls[0]?.end(errored(1));
    await settle();
    trials.calls[1]?.end(errored(2));
    await settle();
    expect(trials.calls).toHaveLength(4);
    for (const call of trials.calls.slice(2)) call.end(completed(3, 'own'));
    expect(outputs(await Promise.all(all))).toEqual(['errored', 'errored', 'own', 'own']);
  });

  it('all stay open if the run ends, each after checking for itself', async () => {
    const trials = new Trials();
    const all = [trials.start(), trials.start(), trials.start()];
    for (let ended = 0; ended < 3; ended++) {
      trials.calls[ended]?.end(null);
      await settle();
    }
    expect(await Promise.all(all)).toEqual([null, null, null]);
  });

  it('all fail with the error of the call', async () => {
    const trials = new Trials();
    const all = Promise.allSettled([trials.start(), trials.start()]);
    trials.calls[0]?.fail(new Error('no room'));
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(trials.calls).toHaveLength(1);
  });
});
