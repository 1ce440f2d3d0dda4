import { describe, expect, it } from 'vitest';
import { isReference } from '../../src/scorers/reference.ts';

const PLACE = { provider: 'openai', model: 'gpt-4o', label: 'careful', prompt: 'short', temperature: 0 };

describe('a reference', () => {
  it.each([
    [{ model: 'careful' }],
    [{ model: 'gpt-4o' }],
    [{ model: 'openai/gpt-4o' }],
    [{ prompt: 'short' }],
    [{ model: 'careful', temperature: 0 }],
  ])('of %j means the variant', (reference) => {
    expect(isReference(reference, PLACE)).toBe(true);
  });

  it.each([[{ model: 'fast' }], [{ model: 'custom/gpt-4o' }], [{ model: 'careful', temperature: 1 }]])(
    'of %j means another one',
    (reference) => {
      expect(isReference(reference, PLACE)).toBe(false);
    },
  );
});
