import { describe, expect, it } from 'vitest';
import { pairVariants } from '../../../src/app/compare/variant-pairs.ts';
import { VariantTrials } from '../../../src/app/compare/variant-trials.ts';
import type { VariantName } from '../../../src/core/comparison.ts';
import { pairLabel, variantLabel } from '../../../src/core/variant-name.ts';

/** `prompt · model`, `prompt · model · 0.7`, `prompt · model=label`. */
function variantOf(text: string): VariantTrials {
  const [prompt = '', named = '', temperature] = text.split(' · ');
  const [model = '', label] = named.split('=');
  const name: VariantName = {
    prompt,
    model,
    label,
    temperature: temperature === undefined ? null : Number(temperature),
  };
  return new VariantTrials(name, 0);
}

/** What is paired, and what is in the base and in the candidate only. */
function pairsOf(base: readonly string[], candidate: readonly string[], ...maps: readonly string[]): unknown {
  const read = maps.map((map) => map.split('=')).map(([from = '', to = '']) => ({ from, to }));
  const found = pairVariants(base.map(variantOf), candidate.map(variantOf), read);
  return {
    pairs: found.pairs.map((pair) => pairLabel(pair.base.name, pair.candidate.name)),
    onlyBase: found.onlyBase.map(variantLabel),
    onlyCandidate: found.onlyCandidate.map(variantLabel),
  };
}

const ALL = { onlyBase: [], onlyCandidate: [] };

describe('variants that are mapped', () => {
  it('are paired before those of equal names', () => {
    const both = ['p · a', 'p · b'];
    const expected = { pairs: ['p · b → a'], onlyBase: ['p · a'], onlyCandidate: ['p · b'] };
    expect(pairsOf(both, both, 'b=a')).toEqual(expected);
    expect(pairsOf([...both, 'p · c'], [...both, 'p · c'], 'b=a')).toEqual({
      ...expected,
      pairs: ['p · b → a', 'p · c'],
    });
  });

  it.each([
    ['swapped', ['a=b', 'b=a'], { pairs: ['p · a → b', 'p · b → a', 'p · c'], ...ALL }],
    ['a chain', ['a=b', 'b=c'], { pairs: ['p · a → b', 'p · b → c'], onlyBase: ['p · c'], onlyCandidate: ['p · a'] }],
    ['a circle', ['a=b', 'b=c', 'c=a'], { pairs: ['p · a → b', 'p · b → c', 'p · c → a'], ...ALL }],
    ['to themselves', ['a=a'], { pairs: ['p · a', 'p · b', 'p · c'], ...ALL }],
    ['twice alike', ['a=b', 'a=b', 'b=a'], { pairs: ['p · a → b', 'p · b → a', 'p · c'], ...ALL }],
  ])('may be %s', (_what, maps, expected) => {
    const three = ['p · a', 'p · b', 'p · c'];
    expect(pairsOf(three, three, ...maps)).toEqual(expected);
  });

  it('may be so by prompts, of every model', () => {
    const grid = ['v1 · a', 'v1 · b', 'v2 · a', 'v2 · b'];
    expect(pairsOf(grid, grid, 'v1=v2')).toEqual({
      pairs: ['v1 → v2 · a', 'v1 → v2 · b'],
      onlyBase: ['v2 · a', 'v2 · b'],
      onlyCandidate: ['v1 · a', 'v1 · b'],
    });
    expect(pairsOf(['v1 · a', 'v1 · b'], ['v2 · a', 'v2 · b'], 'v1=v2', 'a=b')).toMatchObject({
      pairs: ['v1 → v2 · a → b'],
    });
  });

  it('may be so by labels, or by the model behind one', () => {
    const labelled = ['p · m1=fast', 'p · m2=slow'];
    expect(pairsOf(labelled, labelled, 'slow=fast')).toMatchObject({ pairs: ['p · slow → fast'] });
    expect(pairsOf(labelled, labelled, 'm2=m1')).toMatchObject({ pairs: ['p · slow → fast'] });
    expect(pairsOf(labelled, ['p · m1', 'p · m3'], 'fast=m3')).toMatchObject({ pairs: ['p · fast → m3'] });
    expect(pairsOf(['p · m1', 'p · m3'], labelled, 'm3=slow')).toMatchObject({
      pairs: ['p · m1 → fast', 'p · m3 → slow'],
    });
    expect(pairsOf(['p · m=x', 'p · m=y'], ['p · n=x', 'p · n=y'], 'm=n')).toEqual({
      pairs: ['p · x', 'p · y'],
      ...ALL,
    });
  });

  it('are paired at one temperature, or with the only one there is', () => {
    const base = ['p · a · 0', 'p · a · 1'];
    expect(pairsOf(base, ['p · b · 0', 'p · b · 1'], 'a=b')).toMatchObject({
      pairs: ['p · a → b · t=0', 'p · a → b · t=1'],
    });
    expect(pairsOf(base, ['p · b · 0', 'p · c · 1'], 'a=b')).toMatchObject({ pairs: ['p · a → b · t=0'] });
    expect(pairsOf(['p · a · 0', 'p · x · 0'], ['p · b', 'p · y'], 'a=b')).toMatchObject({
      pairs: ['p · a → b · t=0 → default'],
    });
  });
});

describe('maps are refused', () => {
  const both = ['p · a', 'p · b'];
  it.each([
    [
      'with a name that no side has',
      both,
      both,
      ['x=a'],
      /the base has no model, label or prompt "x"/,
      /it has p, a, b/,
    ],
    [
      'with a name that the candidate lacks',
      both,
      both,
      ['a=c'],
      /the candidate has no model, label or prompt "c"/,
      /p, a/,
    ],
    ['the wrong way round', ['p · old', 'p · z'], ['p · new', 'p · z'], ['new=old'], /"new"/, /--map old=new/],
    [
      'if a prompt is to be a model',
      both,
      both,
      ['p=a'],
      /"p" is a prompt of the base, and "a" a model/,
      /prompts to prompts/,
    ],
    [
      'if one name has two counterparts',
      both,
      both,
      ['a=a', 'a=b'],
      /"a" stands for both "a" and "b"/,
      /one counterpart/,
    ],
    [
      'if two names have one counterpart',
      both,
      ['p · c', 'p · d'],
      ['a=c', 'b=c'],
      /--map a=c pairs nothing: p · a/,
      /each name/,
    ],
    [
      'if other names stand in the way',
      both,
      ['q · c', 'q · d'],
      ['a=c'],
      /--map a=c pairs nothing: p · a/,
      /prompts too/,
    ],
  ] as const)('%s', (...[, base, candidate, maps, message, hint]) => {
    const attempt = (): unknown => pairsOf(base, candidate, ...maps);
    expect(attempt).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) }),
    );
  });
});
