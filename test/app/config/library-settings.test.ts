import { describe, expect, it } from 'vitest';
import { settingsValues } from '../../../src/app/config/library-settings.ts';
import { PromptgridError, run } from '../../../src/index.ts';

/** The error of a run whose settings come from a program without types. */
async function errorOf(...given: readonly unknown[]): Promise<unknown> {
  return Reflect.apply(run, undefined, given).catch((error: unknown) => error);
}

class Endless {
  readonly inner: Endless = this;
}

const RUN = { dataset: 'rows.csv', model: ['gpt-4o'], simulate: true };

describe('settings of a program', () => {
  it('are JSON values without undefined fields; a URL is its text', () => {
    const given = {
      model: ['a'],
      param: { seed: 7, stop: undefined },
      limit: undefined,
      baseUrl: new URL('http://a/v1'),
    };
    expect(settingsValues(given)).toEqual({ model: ['a'], param: { seed: 7 }, baseUrl: 'http://a/v1' });
  });

  it.for([
    ['undefined', undefined],
    ['null', null],
    ['"rows.csv"', 'rows.csv'],
    ['a list', ['rows.csv']],
    ['a Map', new Map([['dataset', 'rows.csv']])],
  ] as const)('are refused if they are %s', async ([got, settings]) => {
    const error = await errorOf(settings);
    expect(error).toBeInstanceOf(PromptgridError);
    expect(error).toMatchObject({
      code: 'E_USAGE',
      message: `the settings must be an object with the keys of promptgrid.yaml, got ${got}`,
      hint: expect.stringContaining('dataset'),
    });
  });

  it.for([
    ['limit must be a whole number from 1, got 3n', { limit: 3n }],
    ['budget must be an amount above 0, got NaN', { budget: Number.NaN }],
    ['timeout must be a number above 0, got Infinity', { timeout: Number.POSITIVE_INFINITY }],
    ['model.1 must be a text that is not empty, got undefined', { model: ['a', undefined] }],
    ['model must be a text that is not empty, got a Set', { model: new Set(['a']) }],
    ['prompt must be a text that is not empty, got a function', { prompt: () => 'Hi' }],
    [
      "header must be 'name: value', got something else, which is not shown",
      { header: new Map([['x-key', 'secret']]) },
    ],
    ['limits.gpt-4o.rpm must be a whole number from 1, got NaN', { limits: { 'gpt-4o': { rpm: Number.NaN } } }],
    ['limits cannot be a Map', { limits: new Map([['gpt-4o', { rpm: 60 }]]) }],
    ['param.seed cannot be 7n', { param: { seed: 7n } }],
    ['model.0.temperature cannot be NaN', { model: [{ id: 'a', temperature: Number.NaN }] }],
    ['the value of param is nested more than 500 levels deep', { param: { endless: new Endless() } }],
  ] as const)('are refused before anything is read: %s', async ([message, settings]) => {
    const error = await errorOf({ ...RUN, ...settings });
    expect(error).toBeInstanceOf(PromptgridError);
    expect(error).toMatchObject({ code: 'E_USAGE', message });
  });
});
