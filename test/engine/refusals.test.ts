import { describe, expect, it } from 'vitest';
import type { Variant } from '../../src/core/variant.ts';
import { RunControl } from '../../src/engine/control.ts';
import { Refusals } from '../../src/engine/refusals.ts';
import { EQUAL_REFUSALS } from '../../src/engine/variant-door.ts';
import { ManualClock } from './manual-clock.ts';
import { refusal, variants } from './variants.ts';

function open(...models: readonly string[]) {
  const control = new RunControl();
  const refusals = new Refusals(control, new ManualClock());
  const grid = variants(...models);
  refusals.expect(grid, grid);
  return { control, refusals, grid };
}

function refuse(refusals: Refusals, variant: Variant | undefined, message = 'HTTP 400: No'): void {
  if (variant === undefined) throw new Error('no variant');
  for (let call = 0; call < EQUAL_REFUSALS; call++) refusals.doorOf(variant).refused(refusal(message));
}

describe('refusals of a run', () => {
  it('stop it once every variant is refused, with the reason', () => {
    const { control, refusals, grid } = open('a', 'b');
    refuse(refusals, grid[0]);
    expect(control.reason).toBeNull();
    expect(grid.map((variant) => refusals.doorOf(variant).closedBy !== null)).toEqual([true, false]);
    refuse(refusals, grid[1]);
    expect(control.reason).toEqual({ kind: 'refused', message: 'HTTP 400: No' });
    expect(control.draining.aborted).toBe(true);
  });

  it('stop it at its end if some variants were refused, and name them', () => {
    const { control, refusals, grid } = open('a', 'b', 'c');
    refuse(refusals, grid[0]);
    refuse(refusals, grid[2], 'HTTP 400: Nor this');
    expect(control.reason).toBeNull();
    refusals.conclude();
    expect(control.reason).toEqual({ kind: 'refused', message: 'a: HTTP 400: No · c: HTTP 400: Nor this' });
  });

  it('are reported once for variants with the same reason', () => {
    const { control, refusals, grid } = open('a', 'b', 'c', 'd');
    for (const [index, variant] of grid.slice(0, 3).entries()) refuse(refusals, variant, `HTTP 400: No (req ${index})`);
    refusals.conclude();
    expect(control.reason).toMatchObject({ message: 'a and 2 other variants: HTTP 400: No (req 0)' });
  });

  it('do not stop a run without any', () => {
    const { control, refusals, grid } = open('a');
    for (const variant of grid) refusals.doorOf(variant).answered();
    refusals.conclude();
    expect(control.reason).toBeNull();
  });

  it('name the flag to change', () => {
    const { control, refusals, grid } = open('a');
    const [variant] = grid;
    if (variant === undefined) throw new Error('no variant');
    const sent = { ...variant, params: { max_tokens: 9 } };
    refusals.expect([sent], [sent]);
    refuse(refusals, sent, "'max_tokens' is not supported, use 'max_completion_tokens'");
    expect(control.reason).toMatchObject({
      message: expect.stringMatching(/; give --param max_completion_tokens=9 instead of --max-tokens$/),
    });
  });

  it('for a quota say when it resets', () => {
    const { control, refusals, grid } = open('a', 'b');
    for (const [index, variant] of grid.entries()) {
      const retryAfterMs = (index + 1) * 7_200_000;
      refusals.doorOf(variant).close(refusal('HTTP 429: Quota', 'quota_exhausted', { retryAfterMs }));
    }
    expect(control.reason).toEqual({
      kind: 'quota_exhausted',
      message: expect.stringMatching(/^HTTP 429: Quota; available again at .*\(1970-01-01T02:00:00Z\)$/),
      resumeAt: '1970-01-01T02:00:00.000Z',
    });
  });

  it('of judges do not stop the grid, but the run at its end', () => {
    const { control, refusals } = open('a');
    refuse(refusals, variants('judge')[0]);
    expect(control.reason).toBeNull();
    refusals.conclude();
    expect(control.reason).toMatchObject({ kind: 'refused', message: 'p1 · judge: HTTP 400: No' });
  });

  it('leave no trial waiting at a door when the run is stopped', async () => {
    const { control, refusals, grid } = open('a');
    const [variant] = grid;
    if (variant === undefined) throw new Error('no variant');
    const door = refusals.doorOf(variant);
    const entering = Array.from({ length: 7 }, () => door.enter());
    control.stop({ kind: 'interrupted' });
    expect(await Promise.all(entering)).toEqual([true, true, true, true, true, false, false]);
  });
});
