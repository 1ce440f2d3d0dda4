import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget, type Hold } from '../../src/engine/budget.ts';

/** What a call takes from the budget. */
interface Call {
  readonly most: bigint;
  /** Of `most`, in hundredths; null where the cost stays unknown. */
  readonly costShare: number | null;
}

interface OpenCall extends Call {
  readonly hold: Hold;
}

/** A budget with everything that was asked of it, and a count of its own of what is paid and held. */
class Desk {
  readonly budget: Budget;
  readonly open: OpenCall[] = [];
  readonly refused: Call[] = [];
  paid: bigint;
  asked = 0;

  constructor(limit: bigint, spent: bigint) {
    this.budget = new Budget(limit, spent);
    this.paid = spent;
  }

  get held(): bigint {
    return this.open.reduce((sum, { most }) => sum + most, 0n);
  }

  ask(call: Call): void {
    this.asked += 1;
    void this.budget.reserve(call.most).then((hold) => this.#answered(call, hold));
  }

  #answered(call: Call, hold: Hold | null): void {
    if (hold !== null) {
      this.open.push({ ...call, hold });
      return;
    }
    expect(this.open).toEqual([]);
    expect(this.paid + call.most).toBeGreaterThan(this.budget.limit);
    this.refused.push(call);
  }

  settle(pick: number): void {
    const [call] = this.open.splice(pick % Math.max(1, this.open.length), 1);
    if (call === undefined) return;
    const cost = call.costShare === null ? null : (call.most * BigInt(call.costShare)) / 100n;
    this.paid += cost ?? call.most;
    call.hold.settle(cost);
  }
}

describe('Budget', () => {
  it('never lets what is paid and what is held pass the limit, and answers everybody', async () => {
    const ask = fc.record({
      kind: fc.constant('ask' as const),
      most: fc.oneof(fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 120n })),
      costShare: fc.option(fc.nat({ max: 100 })),
    });
    const settle = fc.record({ kind: fc.constant('settle' as const), pick: fc.nat() });
    const pause = fc.record({ kind: fc.constant('pause' as const) });
    const steps = fc.array(fc.oneof(ask, ask, settle, pause), { maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: 0n, max: 50n }), steps, async (...given) => {
        const desk = new Desk(given[0], given[1]);
        for (const step of given[2]) {
          if (step.kind === 'ask') desk.ask(step);
          else if (step.kind === 'settle') desk.settle(step.pick);
          else await settled();
          checkLimit(desk, given[1]);
        }
        for (await settled(); desk.open.length > 0; await settled()) {
          desk.settle(0);
          checkLimit(desk, given[1]);
        }
        expect(desk.budget.spent).toBe(desk.paid);
        expect(desk.refused.length).toBeLessThanOrEqual(desk.asked);
        expect(desk.asked - desk.refused.length).toBe(desk.settledCalls);
      }),
      { numRuns: 200 },
    );
  });
});
