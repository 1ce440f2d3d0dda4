import { describe, expect, it } from 'vitest';
import { pairLabel, variantLabel, variantNames } from '../../src/core/variant-name.ts';

type Parts = readonly [prompt: string, provider: string, model: string, temperature: number | null];

function nameOf([prompt, provider, model, temperature]: Parts) {
  return { prompt, provider, model, temperature };
}

describe('the label of a variant', () => {
  it('is its prompt, model and temperature', () => {
    expect(variantLabel(nameOf(['p', 'x', 'a', 0.7]))).toBe('p · a · t=0.7');
    expect(variantLabel(nameOf(['p', 'x', 'a', null]))).toBe('p · a');
  });

  it('shows parts that differ on the other side', () => {
    expect(pairLabel(nameOf(['p', 'x', 'a', 0]), nameOf(['q', 'x', 'a', null]))).toBe('p → q · a · t=0 → default');
  });
});

describe('names of variants', () => {
  it.each<readonly [one: Parts, other: Parts, names: readonly string[]]>([
    [
      ['p', 'x', 'a', 0],
      ['p', 'x', 'b', 0],
      ['a', 'b'],
    ],
    [
      ['p', 'x', 'a', 0],
      ['p', 'x', 'a', null],
      ['a · t=0', 'a · t=default'],
    ],
    [
      ['p', 'x', 'a', 0],
      ['q', 'x', 'a', 0],
      ['p', 'q'],
    ],
    [
      ['p', 'x', 'a', 0],
      ['q', 'y', 'a', 0],
      ['p · x/a', 'q · y/a'],
    ],
  ])('distinguish %j from %j', (one, other, names) => {
    expect(variantNames([one, other].map(nameOf))).toEqual(names);
  });

  it('are the label if variants share no part', () => {
    const all = [nameOf(['p', 'x', 'a', 0]), nameOf(['q', 'x', 'b', 1])];
    expect(variantNames(all)).toEqual(all.map(variantLabel));
  });

  it('of the only variant is its model', () => {
    expect(variantNames([nameOf(['p', 'x', 'a', 0])])).toEqual(['a']);
  });
});
