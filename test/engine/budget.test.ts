import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget, type Hold } from '../../src/engine/budget.ts';

function budgetOf(limit: bigint, paid: bigint): Budget {
  return new Budget({ amount: limit, currency: 'RUB' }, { paid, unknown: 0n, unknownCalls: 0 });
}

describe('Budget', () => {
  it('never lets paid plus held amounts exceed the limit, and answers every call', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async ({ limit, spent, steps }) => {
        const desk = new Desk(limit, spent);
        for (const step of [...steps, LAST, ...steps.map(() => LAST)]) {
          if (step.kind === 'ask') desk.ask(step);
          else if (step.kind === 'settle') desk.settle(step.pick);
          if (step.kind !== 'ask' || step.isAlone) await settled();
          expect(desk.paid + desk.held <= limit || desk.open.length === 0).toBe(true);
          expect(desk.budget.spent).toBe(desk.paid);
        }
        expect(desk.open).toEqual([]);
        expect(desk.granted + desk.refusals.length).toBe(desk.asked);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses only while nothing is in flight, and only what does not fit', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async ({ limit, spent, steps }) => {
        const desk = new Desk(limit, spent);
        for (const step of steps) {
          if (step.kind === 'ask') desk.ask(step);
          else desk.settle(step.pick);
          await settled();
        }
        for (const { most, paid, openCalls } of desk.refusals) {
          expect(openCalls).toBe(0);
          expect(paid + most).toBeGreaterThan(limit);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('holds exactly up to the limit', async () => {
    const budget = budgetOf(100n, 40n);
    expect(await budget.reserve(60n)).not.toBeNull();
    expect(await budgetOf(100n, 40n).reserve(61n)).toBeNull();
    expect(budget.spent).toBe(40n);
  });

  it('counts a call of unknown cost as its full hold', async () => {
    const budget = budgetOf(100n, 0n);
    (await budget.reserve(70n))?.settle(null);
    expect(budget.spent).toBe(70n);
    expect(await budget.reserve(31n)).toBeNull();
    expect(await budget.reserve(30n)).not.toBeNull();
  });

  it('wakes every call that fits once a call cost less than was held', async () => {
    const budget = budgetOf(100n, 0n);
    const first = await budget.reserve(100n);
    const waiting = [30n, 30n, 30n].map((most) => budget.reserve(most));
    first?.settle(10n);
    expect(await Promise.all(waiting)).not.toContain(null);
  });

  it('tells waiting calls that the limit is reached when the last call has ended', async () => {
    const budget = budgetOf(100n, 0n);
    const [first, second] = [await budget.reserve(50n), await budget.reserve(50n)];
    const answers: (Hold | null)[] = [];
    const waiting = [1n, 2n].map((most) => budget.reserve(most).then((hold) => answers.push(hold)));
    first?.settle(50n);
    await settled();
    expect(answers).toEqual([]);
    second?.settle(50n);
    await Promise.all(waiting);
    expect(answers).toEqual([null, null]);
  });

  it('allows free calls when everything is spent', async () => {
    expect(await budgetOf(100n, 100n).reserve(0n)).not.toBeNull();
  });

  it('holds more for later calls once one was billed above its maximum, in the same proportion', async () => {
    const budget = budgetOf(100n, 0n);
    (await budget.reserve(10n))?.settle(15n);
    // 15 + 90 is above 100, 15 + 85 is not: 57 calls for 86, 56 for 84.
    expect(await budget.reserve(57n)).toBeNull();
    const held = await budget.reserve(56n);
    expect(held?.most).toBe(84n);
    // Less than the worst so far changes nothing; more does.
    held?.settle(57n);
    expect((await budget.reserve(10n))?.most).toBe(15n);
  });

  it('holds the billed amount of a call that should have been free', async () => {
    const budget = budgetOf(100n, 0n);
    (await budget.reserve(0n))?.settle(7n);
    expect((await budget.reserve(0n))?.most).toBe(7n);
    expect((await budget.reserve(5n))?.most).toBe(12n);
  });
});

describe('a budget with calls of an earlier session whose answers may still come', () => {
  const earlier = { paid: 10n, unknown: 90n, unknownCalls: 2, awaited: new Map([['a', 60n]]) };
  const limit = { amount: 100n, currency: 'RUB' };

  it('counts them at their most, and lets them in although it is reached', async () => {
    const budget = new Budget(limit, earlier);
    expect([budget.spent, await budget.reserve(1n)]).toEqual([100n, null]);
    (await budget.reserve(60n, 'a'))?.settle(5n);
    expect(budget.spent).toBe(45n);
    expect(budget.describe(56n)).toContain('15 RUB paid, 30 RUB counted for 1 call'.replaceAll(/\d+ RUB/g, picounits));
    expect(await budget.reserve(55n)).not.toBeNull();
  });

  it('lets each in once', async () => {
    const budget = new Budget(limit, earlier);
    (await budget.reserve(60n, 'a'))?.settle(null);
    expect([budget.spent, await budget.reserve(60n, 'a')]).toEqual([100n, null]);
  });

  it('has others wait for what they release', async () => {
    const budget = new Budget(limit, earlier);
    const taken = await budget.reserve(50n, 'a');
    const next = budget.reserve(40n);
    // All that counted is held.
    expect(taken?.most).toBe(60n);
    taken?.settle(20n);
    expect((await next)?.most).toBe(40n);
  });

  it('needs room for what one would cost more by now', async () => {
    expect(await new Budget(limit, earlier).reserve(61n, 'a')).toBeNull();
    const wider = new Budget({ ...limit, amount: 101n }, earlier);
    expect((await wider.reserve(61n, 'a'))?.most).toBe(61n);
    expect(wider.spent).toBe(40n);
  });
});

function picounits(text: string): string {
  return text.replace(/^(\d+)/, (amount) => `0.${amount.padStart(12, '0')}`.replace(/0+$/, ''));
}

const UNIT = 10n ** 12n;

describe('the message of a reached budget', () => {
  const [spent, limit] = [
    { paid: 0n, unknown: 0n, unknownCalls: 0 },
    { amount: 150n * UNIT, currency: 'RUB' },
  ];

  it('separates payments from assumed costs', () => {
    const budget = new Budget(limit, { paid: (576n * UNIT) / 10n, unknown: (9225n * UNIT) / 100n, unknownCalls: 41 });
    expect(budget.describe((15n * UNIT) / 100n)).toBe(
      'the budget of 150 RUB is reached: 57.6 RUB paid, 92.25 RUB counted for 41 calls whose cost is unknown ' +
        '(at most), and the next call could cost up to 0.15 RUB',
    );
  });

  it('mentions unknown costs only if there are any', () => {
    const budget = new Budget(limit, { ...spent, paid: 149n * UNIT });
    expect(budget.describe(2n * UNIT)).toBe(
      'the budget of 150 RUB is reached: 149 RUB paid, and the next call could cost up to 2 RUB',
    );
  });

  it('says that the budget is too small if nothing was spent', () => {
    expect(new Budget(limit, spent).describe(151n * UNIT)).toBe(
      'the budget of 150 RUB is too small: a call could cost up to 151 RUB',
    );
  });

  it('names a call that was billed above its maximum', async () => {
    const budget = new Budget(limit, spent);
    (await budget.reserve(UNIT))?.settle(200n * UNIT);
    expect(await budget.reserve(UNIT)).toBeNull();
    expect(budget.describe(UNIT)).toBe(
      'the budget of 150 RUB is reached: 200 RUB paid, and the next call could cost up to 200 RUB; ' +
        'a call was billed 200 RUB although its price and its limit of tokens allow 1 RUB at most',
    );
  });
});

/** What a call takes from the budget. */
interface Call {
  readonly most: bigint;
  /** Of `most`, in hundredths; null where the cost stays unknown. */
  readonly costShare: number | null;
}

type Step =
  /** `isAlone` false asks together with the step after it. */
  ({ readonly kind: 'ask'; readonly isAlone: boolean } & Call) | { readonly kind: 'settle'; readonly pick: number };

const LAST: Step = { kind: 'settle', pick: 0 };

const asking = fc.record({
  isAlone: fc.boolean(),
  most: fc.oneof(fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 120n })),
  costShare: fc.option(fc.nat({ max: 100 })),
});
const ask = asking.map((call): Step => ({ kind: 'ask', ...call }));
const settle = fc.nat().map((pick): Step => ({ kind: 'settle', pick }));
const schedules = fc.record({
  limit: fc.bigInt({ min: 0n, max: 100n }),
  spent: fc.bigInt({ min: 0n, max: 50n }),
  steps: fc.array(fc.oneof(ask, ask, settle), { maxLength: 40, size: 'max' }),
});

/** A budget with everything that was asked of it, and an account of its own of what is paid and held. */
class Desk {
  readonly budget: Budget;
  readonly open: (Call & { readonly hold: Hold })[] = [];
  readonly refusals: { readonly most: bigint; readonly paid: bigint; readonly openCalls: number }[] = [];
  asked = 0;
  granted = 0;
  paid: bigint;

  constructor(limit: bigint, spent: bigint) {
    this.budget = budgetOf(limit, spent);
    this.paid = spent;
  }

  get held(): bigint {
    return this.open.reduce((sum, { most }) => sum + most, 0n);
  }

  ask(call: Call): void {
    this.asked += 1;
    void this.#ask(call);
  }

  async #ask(call: Call): Promise<void> {
    const hold = await this.budget.reserve(call.most);
    if (hold === null) {
      this.refusals.push({ most: call.most, paid: this.paid, openCalls: this.open.length });
      return;
    }
    this.granted += 1;
    this.open.push({ ...call, hold });
  }

  settle(pick: number): void {
    const [call] = this.open.splice(pick % Math.max(1, this.open.length), 1);
    if (call === undefined) return;
    const cost = call.costShare === null ? null : (call.most * BigInt(call.costShare)) / 100n;
    this.paid += cost ?? call.most;
    call.hold.settle(cost);
  }
}

/** Resolves when everything that can go on has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
