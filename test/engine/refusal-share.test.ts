import { describe, expect, it } from 'vitest';
import { RefusalShare } from '../../src/engine/refusal-share.ts';

describe('RefusalShare', () => {
  it('follows the recent share of refusals', () => {
    const share = new RefusalShare();
    add(share, 200, () => true);
    expect(share.recent).toBeGreaterThan(0.99);
    add(share, 200, () => false);
    expect(share.recent).toBeLessThan(0.01);
  });

  it('considers refusals random if they persist through two hundred calls', () => {
    const share = new RefusalShare();
    add(share, 199, every(7));
    expect(share.byChance).toBe(0);
    add(share, 1, every(7));
    expect(share.byChance).toBeCloseTo(1 / 7, 1);
  });

  it('considers no refusals random if a span of calls had none, or few are refused', () => {
    const share = new RefusalShare();
    for (let span = 0; span < 40; span++) add(share, 50, span % 4 === 3 ? () => false : every(5));
    expect(share.byChance).toBe(0);
    const rare = new RefusalShare();
    add(rare, 2000, every(25));
    expect(rare.byChance).toBe(0);
  });

  it('considers no refusals random if most calls are refused', () => {
    const share = new RefusalShare();
    add(share, 1000, every(2));
    expect(share.byChance).toBe(0);
  });

  it('drops the conclusion when the share doubles, and then needs twice as many calls', () => {
    const share = new RefusalShare();
    add(share, 200, every(7));
    add(share, 50, every(2));
    expect(share.byChance).toBe(0);
    add(share, 399, every(7));
    expect(share.byChance).toBe(0);
    add(share, 1, every(7));
    expect(share.byChance).toBeGreaterThan(0);
  });

  it('drops the conclusion when refusals stop', () => {
    const share = new RefusalShare();
    add(share, 200, every(7));
    add(share, 200, () => false);
    expect(share.byChance).toBe(0);
  });
});

function add(share: RefusalShare, calls: number, isRefused: (call: number) => boolean): void {
  for (let call = 0; call < calls; call++) share.add(isRefused(call));
}

function every(nth: number): (call: number) => boolean {
  return (call) => call % nth === 0;
}
