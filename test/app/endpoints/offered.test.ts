import { describe, expect, it } from 'vitest';
import { describedModels, offeredAs } from '../../../src/app/endpoints/offered.ts';

const OFFERED = [
  'claude-opus-4-6',
  'claude-sonnet-4-5-20250929',
  'claude-sonnet-4-5-20251101',
  'gpt-4o-2024-08-06',
].map((id, index) => ({ id, title: null, maxCapacity: 1000 + index, price: null }));

describe('a model in a list', () => {
  it('is found by its id, or by the id without the date of its latest release', () => {
    expect(offeredAs('claude-opus-4-6', OFFERED)?.maxCapacity).toBe(1000);
    expect(offeredAs('claude-sonnet-4-5-20250929', OFFERED)?.maxCapacity).toBe(1001);
    expect(offeredAs('claude-sonnet-4-5', OFFERED)?.maxCapacity).toBe(1002);
  });

  it('is not one that only begins alike', () => {
    expect(offeredAs('claude-sonnet-4', OFFERED)).toBeUndefined();
    expect(offeredAs('gpt-4o', OFFERED)).toBeUndefined();
  });

  it('is described under the id that was asked for', () => {
    expect(describedModels(['claude-sonnet-4-5', 'none'], OFFERED)).toEqual([
      { id: 'claude-sonnet-4-5', title: null, maxCapacity: 1002, price: null },
    ]);
  });
});
