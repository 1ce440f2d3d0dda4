import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { type JournalEntry, JournalIndex } from '../../src/store/journal-index.ts';
import { completed, errored, trialId } from '../engine/results.ts';

describe('JournalIndex', () => {
  it('finds the latest line of each trial, and prefers an answer', () => {
    const offset = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 2 ** 46 }));
    const note = fc.record({ trial: fc.nat({ max: 30 }), status: statuses, offset });
    fc.assert(
      fc.property(fc.array(note, { maxLength: 150 }), (notes) => {
        const index = new JournalIndex();
        const expected = new Map<number, JournalEntry>();
        for (const { trial, status, offset: at } of notes) {
          index.note(resultOf(trial, status), at);
          const isAnswered = expected.get(trial)?.status === 'completed';
          if (!isAnswered || status === 'completed') expected.set(trial, { offset: at, status });
        }
        expect(index.size).toBe(expected.size);
        for (let trial = 0; trial <= 30; trial++) expect(index.get(trialId(trial))).toEqual(expected.get(trial));
      }),
    );
  });

  it('of a new journal reads its lines when it is first asked, and once', () => {
    const lines: { result: Result; offset: number }[] = [];
    let reads = 0;
    const index = new JournalIndex(10, () => {
      reads += 1;
      return lines;
    });
    const note = (result: Result): void => {
      lines.push({ result, offset: 100 * lines.length });
      index.note(result, 100 * (lines.length - 1));
    };
    expect(index.get(trialId(1))).toBeUndefined();
    note(completed(1));
    note(errored(2));
    note({ ...completed(3), judgeOf: trialId(1) });
    expect([index.size, index.asked, reads]).toEqual([3, 2, 0]);
    expect(index.get(trialId(2))).toEqual({ offset: 100, status: 'errored' });
    expect(index.offsetOf(trialId(3))).toBe(200);
    expect(index.offsetOf(trialId(4))).toBeUndefined();
    // From here on it is like any other.
    note(completed(2));
    expect([index.size, index.asked, reads]).toEqual([3, 2, 1]);
    expect(index.get(trialId(2))).toEqual({ offset: 300, status: 'completed' });
    expect(reads).toBe(1);
  });

  it('replaces an error with anything, but never an answer with an error', () => {
    const index = new JournalIndex();
    index.note(errored(1), 0);
    index.note(errored(1), 100);
    expect(index.get(trialId(1))).toEqual({ offset: 100, status: 'errored' });
    index.note(completed(1), 200);
    index.note(errored(1), 300);
    index.note(resultOf(1, 'skipped'), 400);
    expect(index.get(trialId(1))).toEqual({ offset: 200, status: 'completed' });
    index.note(completed(1), 500);
    expect(index.get(trialId(1))).toEqual({ offset: 500, status: 'completed' });
  });
});

const statuses = fc.constantFrom<Result['status'][]>('completed', 'errored', 'skipped');

function resultOf(trial: number, status: Result['status']): Result {
  switch (status) {
    case 'completed':
      return completed(trial);
    case 'errored':
      return errored(trial);
    case 'skipped':
      return { ...completed(trial), status, reason: 'not asked' };
  }
}
