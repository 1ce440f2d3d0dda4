import { describe, expect, it } from 'vitest';
import { unsoundText } from '../../../src/core/reason-text.ts';
import { compareTrials, gateOf } from './comparing.ts';
import { passing } from './result-file.ts';

describe('runs without a common row', () => {
  it('fail each gate because no row could be compared', async () => {
    const others = passing(9, 9).map((trial) => ({ ...trial, row: `x${trial.row}` }));
    const gates = { maxCostIncrease: 0.1, maxLatencyIncrease: 0.1 };
    const { comparison, status } = await compareTrials(passing(9, 9), others, { gates });
    expect(status).toBe(3);
    expect(gateOf(comparison, 'max-errored')).toMatchObject({ passed: false, why: 'no row could be compared' });
    for (const name of ['max-cost', 'max-latency']) {
      expect(gateOf(comparison, name)?.why).toMatch(/ is not known: no row could be compared \(/);
    }
  });
});

describe('runs whose common trials were all skipped', () => {
  it('fail because no trial has a result', async () => {
    const skipped = passing(9, 9, { isSkipped: true });
    const { comparison } = await compareTrials(skipped, skipped);
    const variant = 'prompt · gpt-4o · t=0';
    expect(comparison.unsoundReasons).toEqual([
      { kind: 'all skipped', side: 'base', variant },
      { kind: 'all skipped', side: 'candidate', variant },
    ]);
    expect(comparison.unsound).toEqual(comparison.unsoundReasons.map((reason) => unsoundText(reason)));
    expect(gateOf(comparison, 'max-errored')).toMatchObject({ passed: false, why: 'no trial has a result' });
  });
});
