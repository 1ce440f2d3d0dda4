import { describe, expect, it } from 'vitest';
import { ofModel } from '../../../src/app/config/run-config.ts';

describe('what is set for a model', () => {
  const given = [
    { model: 'm', provider: null, value: 'any' },
    { model: 'm', provider: 'one', value: 'own' },
  ];

  it.each([
    ['one', 'm', 'own'],
    // A price of a model at one provider is no price of its namesake at another.
    ['two', 'm', 'any'],
    ['one', 'other', null],
  ])('at %s for %s is %j', (provider, model, value) => {
    expect(ofModel(given, { provider, model })).toBe(value);
  });
});
