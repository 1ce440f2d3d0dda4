import { describe, expect, it } from 'vitest';
import { readGate } from '../../../src/app/page/read-gate.ts';
import { type JsonValue, parseJson } from '../../../src/core/json.ts';
import { GATE_REASONS } from '../../support/reasons.ts';

/** Kinds of a run's gates: only such gates are stored. */
const STORED = ['score', 'repeats', 'no results', 'cost'] as const;

function stored(value: unknown): JsonValue {
  return parseJson(JSON.stringify(value)) ?? null;
}

describe('the gates of a summary.json', () => {
  it.each(STORED.flatMap((kind) => GATE_REASONS[kind].map(([reason, why]) => ({ reason, why }))))(
    'come with their reason: $why',
    ({ reason, why }) => {
      const gate = { name: 'a', passed: false, why, reason };
      expect(readGate(stored(gate))).toEqual([gate]);
    },
  );

  it('come with errored trials, which are of no side', () => {
    const faults = [{ side: null, variant: 'gpt-4o', trials: 9, errored: 5 }];
    const gate = { name: 'a', passed: false, why: 'w', reason: { kind: 'errored', errored: 5, faults } };
    expect(readGate(stored(gate))).toEqual([gate]);
  });

  it.each([
    ['none, as earlier versions wrote it', undefined],
    ['a text', 'gpt-4o: 97.5%'],
    ['one of a kind that is not known', { kind: 'weather' }],
    ['one of a comparison', { kind: 'not decided', because: 'unsound' }],
    ['a score without its minimum', { kind: 'score', variant: 'a', n: 1, mean: 1, minOn: 'point', figure: 1 }],
    ['a score whose mean is a text', { ...GATE_REASONS.score[0]?.[0], mean: '0.9' }],
    ['a score by another figure', { ...GATE_REASONS.score[0]?.[0], minOn: 'median' }],
    ['repeats of which one row is none', { ...GATE_REASONS.repeats[0]?.[0], worst: [{ rowId: 'a', passed: 1 }] }],
    ['repeats without rows', { kind: 'repeats', variant: 'a', rows: 1, failed: 0 }],
    ['errors of no variant', { kind: 'errored', errored: 1, faults: [{ trials: 1, errored: 1 }] }],
    [
      'a cost that is no amount',
      { kind: 'cost', most: '1', faults: [{ variant: 'a', cost: { total: 'x' } }], dearest: null },
    ],
    ['a cost without a limit', { kind: 'cost', faults: [], dearest: null }],
    ['a cost whose dearest variant is none', { kind: 'cost', most: '1', faults: [], dearest: {} }],
  ])('keep their English words for a reason that cannot be read: %s', (_what, reason) => {
    const gate = { name: 'min exact=0.9', passed: false, why: 'gpt-4o: 87.1%, is below 90%' };
    expect(readGate(stored({ ...gate, reason }))).toEqual([{ ...gate, reason: null }]);
  });

  it.each([[null], [{ passed: true }], [{ name: 'a', passed: 1 }]])('leave out what is no gate: %j', (value) => {
    expect(readGate(value)).toEqual([]);
  });
});
