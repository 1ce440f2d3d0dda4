import { describe, expect, it } from 'vitest';
import { EQUAL_REFUSALS, foldedReason, VariantDoor } from '../../src/engine/variant-door.ts';
import { refusal, variant } from './variants.ts';

/** A door with what went through it. */
class Entrance {
  readonly closed: VariantDoor[] = [];
  readonly door = new VariantDoor(variant(), (door) => this.closed.push(door));
  letIn = 0;
  sentAway = 0;

  /** So many trials come; those with room are let in at once. */
  async come(trials: number): Promise<void> {
    for (let trial = 0; trial < trials; trial++) {
      void this.door.enter().then((isLetIn) => (isLetIn ? (this.letIn += 1) : (this.sentAway += 1)));
    }
    await this.settle();
  }

  /** One of those inside ends with this refusal. */
  async refuse(message = 'No'): Promise<void> {
    this.door.refused(refusal(message));
    this.door.leave();
    await this.settle();
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe('the door of a variant', () => {
  it('admits five trials until a call is answered, and then all', async () => {
    const entrance = new Entrance();
    await entrance.come(20);
    expect(entrance.letIn).toBe(5);
    expect(entrance.door.isOpen).toBe(false);
    entrance.door.answered();
    await entrance.settle();
    expect(entrance.letIn).toBe(20);
    expect(entrance.door.isOpen).toBe(true);
    await entrance.come(100);
    expect(entrance.letIn).toBe(120);
  });

  it('is closed by five equal refusals and then admits none', async () => {
    const entrance = new Entrance();
    await entrance.come(20);
    for (let call = 1; call < EQUAL_REFUSALS; call++) await entrance.refuse();
    expect([entrance.letIn, entrance.closed.length]).toEqual([5, 0]);
    await entrance.refuse();
    expect(entrance.closed).toEqual([entrance.door]);
    expect(entrance.door.closedBy?.message).toBe('No');
    expect([entrance.letIn, entrance.sentAway]).toEqual([5, 15]);
    await entrance.come(1);
    expect(entrance.sentAway).toBe(16);
  });

  it('admits the next trial after one that ended without a refusal of its own', async () => {
    const entrance = new Entrance();
    await entrance.come(20);
    entrance.door.leave();
    await entrance.settle();
    expect(entrance.letIn).toBe(6);
  });

  it('counts different reasons separately, and never blocks all trials for them', async () => {
    const entrance = new Entrance();
    await entrance.come(100);
    const reasons = ['none', 'one', 'two', 'three'];
    for (let call = 0; call < 16; call++) await entrance.refuse(`For ${reasons[call % 4]} of these`);
    expect(entrance.closed).toEqual([]);
    // Four of each reason: one more of any may be the fifth.
    expect(entrance.letIn).toBe(17);
    await entrance.refuse('For two of these');
    expect(entrance.door.closedBy?.message).toBe('For two of these');
  });

  it('forgets refusals with every answer', async () => {
    const entrance = new Entrance();
    await entrance.come(50);
    for (let round = 0; round < 5; round++) {
      for (let call = 1; call < EQUAL_REFUSALS; call++) await entrance.refuse();
      entrance.door.answered();
    }
    expect(entrance.closed).toEqual([]);
    for (let call = 0; call < EQUAL_REFUSALS; call++) await entrance.refuse();
    expect(entrance.door.isOpen).toBe(false);
    expect(entrance.closed).toHaveLength(1);
  });

  it('is closed only once, by the first cause', () => {
    const entrance = new Entrance();
    entrance.door.close(refusal('used up', 'quota_exhausted'));
    for (let call = 0; call < EQUAL_REFUSALS; call++) entrance.door.refused(refusal());
    entrance.door.answered();
    expect(entrance.closed).toHaveLength(1);
    expect(entrance.door.closedBy?.kind).toBe('quota_exhausted');
    expect(entrance.door.isOpen).toBe(false);
  });

  it('turns waiting trials away on request, and admits others later', async () => {
    const entrance = new Entrance();
    await entrance.come(8);
    entrance.door.dismiss();
    await entrance.settle();
    expect([entrance.letIn, entrance.sentAway]).toEqual([5, 3]);
  });
});

describe('a reason', () => {
  it.each([
    ['Bad request req_011CSHo', 'Bad request req_77zz9'],
    ['limit 17 of 20', 'limit 5 of 1000'],
    ["Invalid value: 'blue'", "Invalid value: 'green'"],
    ['id 7b1e-44a0-9c', 'id 0f3d-1111-2b'],
  ])('is the same as another that differs in numbers, ids and quotes: %s', (one, other) => {
    expect(foldedReason(refusal(one))).toBe(foldedReason(refusal(other)));
  });

  it('is different with other words or of another kind', () => {
    expect(foldedReason(refusal('not allowed here'))).not.toBe(foldedReason(refusal('not found here')));
    expect(foldedReason(refusal('No'))).not.toBe(foldedReason(refusal('No', 'invalid_response')));
  });
});
