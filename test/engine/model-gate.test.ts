import { describe, expect, it } from 'vitest';
import { CallError } from '../../src/core/call-error.ts';
import { ModelGate } from '../../src/engine/model-gate.ts';

const MISSING = new CallError('model_not_found', 'no such model');

describe('ModelGate', () => {
  it('sends one call to a model first and lets the others wait for it', async () => {
    const gate = new ModelGate();
    const first = await gate.enter('gpt');
    expect(first.verdict).toBeNull();
    const through: string[] = [];
    const others = ['b', 'c'].map((name) => gate.enter('gpt').then(() => through.push(name)));
    await settled();
    expect(through).toEqual([]);
    first.open(null);
    await Promise.all(others);
    expect(through).toEqual(['b', 'c']);
  });

  it('gives all calls the same verdict on a missing model, including later ones', async () => {
    const gate = new ModelGate();
    const first = await gate.enter('gpt');
    const waiting = gate.enter('gpt');
    first.open(MISSING);
    expect((await waiting).verdict).toBe(MISSING);
    expect((await gate.enter('gpt')).verdict).toBe(MISSING);
  });

  it('keeps the first verdict', async () => {
    const gate = new ModelGate();
    const first = await gate.enter('gpt');
    first.open(MISSING);
    first.open(null);
    expect((await gate.enter('gpt')).verdict).toBe(MISSING);
  });

  it('leaves the verdict to the first call', async () => {
    const gate = new ModelGate();
    (await gate.enter('gpt')).open(null);
    (await gate.enter('gpt')).open(MISSING);
    expect((await gate.enter('gpt')).verdict).toBeNull();
  });

  it('does not block other models', async () => {
    const gate = new ModelGate();
    const entered = await Promise.all(['gpt', 'claude', 'constructor'].map((model) => gate.enter(model)));
    expect(entered.map(({ verdict }) => verdict)).toEqual([null, null, null]);
  });
});

function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
