import { describe, expect, it } from 'vitest';
import { untakenWarnings } from '../../../src/app/endpoints/untaken-fields.ts';
import type { VariantRule } from '../../../src/core/variant.ts';

interface Rules {
  readonly include?: readonly VariantRule[];
  readonly exclude?: readonly VariantRule[];
}

const LISTED = { id: 'v/m', title: null, maxCapacity: null, price: null, takes: ['seed'] };

/** What is said of a model that takes no temperature, at a provider whose list says so. */
function told(temperatures: readonly (number | null)[], { include = [], exclude = [] }: Rules): readonly string[] {
  const models = [{ ref: { provider: 'openrouter', model: 'v/m' }, temperatures, params: {} }];
  return untakenWarnings({ name: 'openrouter' }, { models, include, exclude }, [LISTED]);
}

const WARNED = ['v/m does not take temperature, as the list of openrouter says'];

describe('a model that takes no temperature, as a list says', () => {
  it.each<[string, readonly (number | null)[], Rules]>([
    ['include adds one to the default', [null], { include: [{ model: 'v/m', temperature: 1 }] }],
    ['include adds one for one prompt', [0], { include: [{ model: 'v/m', prompt: 'a', temperature: 1 }] }],
    ['include alone names two', [], { include: [0, 1].map((temperature) => ({ model: 'v/m', temperature })) }],
    ['exclude leaves two for other prompts', [0, 1], { exclude: [{ prompt: 'a', temperature: 1 }] }],
  ])('is refused where variants would be equal: %s', (_, temperatures, rules) => {
    expect(() => told(temperatures, rules)).toThrow('its 2 variants would be equal');
  });

  it.each<[string, readonly (number | null)[], Rules]>([
    ['include names one for a model of its own', [], { include: [{ model: 'v/m', temperature: 1 }] }],
    ['include names the same one', [1], { include: [{ model: 'v/m', temperature: 1 }] }],
    ['include adds one to another model', [1], { include: [{ model: 'v/other', temperature: 0 }] }],
    ['exclude leaves one', [0, 1], { exclude: [{ temperature: 1 }] }],
  ])('is warned about where each prompt has one variant: %s', (_, temperatures, rules) => {
    expect(told(temperatures, rules)).toEqual(WARNED);
  });

  it('is not mentioned if nothing is asked of it, or only at its default', () => {
    expect(told([0, 1], { exclude: [{ model: 'v/m' }] })).toEqual([]);
    expect(told([], { include: [{ model: 'v/m' }] })).toEqual([]);
  });
});
