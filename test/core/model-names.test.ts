import { describe, expect, it } from 'vitest';
import { distinctModels, shownModel, shownModels } from '../../src/core/model-names.ts';

const model = (ref: string): { readonly provider: string; readonly model: string } => {
  const [provider = '', id = ''] = ref.split('/');
  return { provider, model: id };
};
const [LOC, RUB, BAD] = [model('loc/usd'), model('rub/usd'), model('loc/bad')];

describe('names of models that no other model of the run has', () => {
  it('are ids, with the provider only where two providers have the same id', () => {
    expect(distinctModels([RUB, BAD], [LOC, RUB, BAD])).toEqual(['rub/usd', 'bad']);
    expect(distinctModels([LOC, BAD], [LOC, BAD, LOC])).toEqual(['usd', 'bad']);
  });

  it('name each model once, however many variants it has', () => {
    expect(distinctModels([RUB, RUB, LOC], [LOC, RUB])).toEqual(['rub/usd', 'loc/usd']);
    expect(distinctModels([BAD, BAD], [BAD])).toEqual(['bad']);
  });
});

describe('names of models in texts', () => {
  it('have the provider if the run’s models have several, as in tables', () => {
    expect(shownModel(BAD, [LOC, RUB, BAD])).toBe('loc/bad');
    expect(shownModel(BAD, [LOC, BAD])).toBe('bad');
    expect(shownModels(['rub/usd', 'bad'], [LOC, RUB, BAD])).toEqual(['rub/usd', 'loc/bad']);
  });

  it('stay what they are for models that are not of the grid, or of which there are two', () => {
    expect(shownModels(['judging', 'usd'], [LOC, RUB, BAD])).toEqual(['judging', 'usd']);
    expect(shownModels(['bad'], [])).toEqual(['bad']);
  });
});
