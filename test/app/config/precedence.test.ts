import { describe, expect, it } from 'vitest';
import type { OptionSpec } from '../../../src/app/config/option-spec.ts';
import { flagName, GRID_OPTIONS, optionSpec, variableName } from '../../../src/app/config/options.ts';
import { checkSettings } from '../../../src/app/config/schema.ts';
import { readEnvironment, readFlags } from '../../../src/app/config/settings.ts';
import { configure, refusal } from './project.ts';

describe('a setting', () => {
  const sources = {
    flags: { repeat: '4' },
    env: { PROMPTGRID_REPEAT: '3' },
    yaml: 'repeat: 2\n',
  };

  it('comes from the flag before the environment, the file and the default', async () => {
    const { flags, env, yaml } = sources;
    expect((await configure({ flags, env, yaml })).repeats).toBe(4);
    expect((await configure({ env, yaml })).repeats).toBe(3);
    expect((await configure({ yaml })).repeats).toBe(2);
    expect((await configure({})).repeats).toBe(1);
  });

  it('of one source stands beside those of another', async () => {
    const config = await configure({ flags: { repeat: '4' }, env: { PROMPTGRID_SEED: '9' }, yaml: 'limit: 5' });
    expect(config).toMatchObject({ repeats: 4, selection: { seed: 9, limit: 5, sample: null } });
  });

  it('that is a list takes the place of a weaker list whole', async () => {
    const config = await configure({ flags: { temperature: ['0.5'] }, yaml: 'temperature: [0, 0.7]' });
    expect(config.temperatures).toEqual([0.5]);
  });

  it('that is empty in the environment counts as absent', async () => {
    expect((await configure({ env: { PROMPTGRID_REPEAT: '' }, yaml: 'repeat: 2' })).repeats).toBe(2);
  });
});

describe('the defaults', () => {
  it('are the documented ones', async () => {
    expect(await configure({})).toMatchObject({
      dataset: { path: 'rows.csv', format: null, encoding: null, delimiter: null },
      prompts: [],
      system: null,
      models: [{ provider: 'gptunnel', model: 'gpt-4o' }],
      temperatures: [null],
      repeats: 1,
      params: {},
      endpoints: [{ provider: 'gptunnel', baseUrl: 'https://gptunnel.ru/v1', auth: 'bare' }],
      simulation: null,
      checkModels: true,
      concurrency: 32,
      timeoutMs: 120_000,
      retry: { maxAttempts: 6, maxWaitMs: 600_000 },
      retryErrored: false,
      scorers: [],
      expectedColumn: 'expected',
      selection: { limit: null, sample: null, seed: 1 },
      output: { folder: 'results/rows-2026-01-02-030405', overwrite: false, formats: ['csv', 'jsonl'], delimiter: ',' },
      warnings: [],
    });
  });

  it('name the folder of standard input', async () => {
    expect((await configure({ flags: { dataset: '-' } })).output.folder).toBe('results/stdin-2026-01-02-030405');
  });
});

describe('names of options', () => {
  it('are the same in flags and variables', () => {
    expect(flagName('maxTokens')).toBe('max-tokens');
    expect(variableName('maxTokens')).toBe('PROMPTGRID_MAX_TOKENS');
    expect(flagName('model')).toBe('model');
    expect(variableName('topP')).toBe('PROMPTGRID_TOP_P');
  });

  it('are looked up, and those of no option are none', () => {
    expect(optionSpec('maxTokens')).toBe(GRID_OPTIONS.maxTokens);
    expect(optionSpec('constructor')).toBeUndefined();
    expect(optionSpec('max-tokens')).toBeUndefined();
  });

  it('are each one flag and one variable', () => {
    const names = Object.keys(GRID_OPTIONS);
    expect(new Set(names.map(flagName)).size).toBe(names.length);
    expect(new Set(names.map(variableName)).size).toBe(names.length);
  });
});

/** A text that every kind of option takes, and the value that it stands for. */
const SAMPLES: Readonly<Record<OptionSpec['kind'], readonly [text: string, value: unknown]>> = {
  string: ['x', 'x'],
  path: ['x', 'x'],
  texts: ['x, y', ['x, y']],
  strings: ['x, y', ['x', 'y']],
  number: ['1.5', 1.5],
  integer: ['2', 2],
  numbers: ['0, 0.5', [0, 0.5]],
  boolean: ['true', true],
  values: ['x=1', { x: 1 }],
  scorers: ['x', ['x']],
  headers: ['x: y', ['x: y']],
  switchOrPath: ['x', 'x'],
  switchOrName: ['x', 'x'],
};

/** The sample of an option, within its choices. */
function sampleOf({ kind, choices }: OptionSpec): readonly [text: string, value: unknown] {
  const [choice] = choices ?? [];
  if (choice === undefined) return SAMPLES[kind];
  return [choice, kind === 'texts' || kind === 'strings' ? [choice] : choice];
}

describe.each(Object.entries<OptionSpec>(GRID_OPTIONS))('the option %s', (name, spec) => {
  const [text, value] = sampleOf(spec);

  it('is read from its flag', () => {
    const values = readFlags({ [name]: spec.kind === 'boolean' ? true : text });
    expect(checkSettings(values, { kind: 'flags' })).toEqual({ [name]: value });
  });

  it('is read from its variable, where it is no mere flag', () => {
    const values = readEnvironment({ [variableName(name)]: text });
    const expected = spec.flagOnly === true ? {} : { [name]: value };
    expect(checkSettings(values, { kind: 'environment' })).toEqual(expected);
  });

  it('refuses what it cannot be, by the name of its flag, its variable and its key', () => {
    const bad = spec.kind === 'boolean' || spec.kind === 'values' ? 7 : '';
    const values = { [name]: bad };
    expect(() => checkSettings(values, { kind: 'flags' })).toThrow(`not allowed for --${flagName(name)}`);
    expect(() => checkSettings(values, { kind: 'environment' })).toThrow(`not allowed for ${variableName(name)}`);
    expect(() => checkSettings(values, { kind: 'library' })).toThrow(new RegExp(`not allowed for ${name}$`));
  });
});

describe('values of a command line', () => {
  it.each([
    [{ model: ['a,b', ' c '] }, { model: ['a', 'b', 'c'] }],
    [{ model: 'a,,b,' }, { model: ['a', 'b'] }],
    [{ temperature: ['0,0.5', '1'] }, { temperature: [0, 0.5, 1] }],
    [{ temperature: 0.5 }, { temperature: [0.5] }],
    [{ prompt: ['a, b', 'c'] }, { prompt: ['a, b', 'c'] }],
    [{ timeout: '1e2' }, { timeout: 100 }],
    [{ bom: false }, { bom: false }],
    [{ simulate: '' }, { simulate: true }],
    [{ simulate: 'true' }, { simulate: true }],
    [{ simulate: 'answers.jsonl' }, { simulate: 'answers.jsonl' }],
    [
      { param: ['seed=7', 'user=anna', 'stop=["a"]', 'x=', 'eq=a=b', 'n2=null'] },
      { param: { seed: 7, user: 'anna', stop: ['a'], x: '', eq: 'a=b', n2: null } },
    ],
    [{ limit: undefined, unknown: 'x' }, {}],
  ])('%j is %j', (flags, values) => {
    expect(readFlags(flags)).toEqual(values);
  });

  it.each([
    [{ repeat: ['1', '2'] }, '--repeat is given 2 times'],
    [{ system: [] }, '--system is given 0 times'],
    [{ param: ['seed'] }, '--param: "seed" is not name=value'],
    [{ param: ['=7'] }, '--param: "=7" is not name=value'],
    [{ maxTokens: ['1', '2'] }, '--max-tokens is given 2 times'],
  ])('%j is refused', (flags, message) => {
    expect(() => readFlags(flags)).toThrow(message);
  });

  it.each([
    [{ temperature: ['hot'] }, '["hot"] is not allowed for --temperature', 'give numbers'],
    [{ temperature: [','] }, '[] is not allowed for --temperature', 'give numbers'],
    [{ repeat: '0' }, '0 is not allowed for --repeat', 'give a whole number from 1'],
    [{ repeat: '1.5' }, '1.5 is not allowed for --repeat', 'give a whole number from 1'],
    [{ repeat: 'many' }, '"many" is not allowed for --repeat', 'give a whole number from 1'],
    [{ timeout: '0' }, '0 is not allowed for --timeout', 'give a number above 0'],
    [{ timeout: 'Infinity' }, '"Infinity" is not allowed for --timeout', 'give a number above 0'],
    [{ timeout: 'NaN' }, '"NaN" is not allowed for --timeout', 'give a number above 0'],
    [{ maxWait: '-1' }, '-1 is not allowed for --max-wait', 'give a number from 0'],
    [{ format: ['csv,xml'] }, '["csv","xml"] is not allowed for --format', 'use one of: csv, jsonl'],
    [{ auth: 'basic' }, '"basic" is not allowed for --auth', 'use one of: bare, bearer'],
    [{ expected: '' }, '"" is not allowed for --expected', 'give a text that is not empty'],
  ])('%j is refused with what it may be', async (flags, message, hint) => {
    const refused = await refusal({ flags });
    expect(refused).toMatchObject({ code: 'E_USAGE', exitStatus: 2, message });
    expect(refused.hint).toContain(hint);
  });

  it('are named by their variable where they come from the environment', async () => {
    expect(await refusal({ env: { PROMPTGRID_MAX_TOKENS: 'many' } })).toMatchObject({
      code: 'E_USAGE',
      message: '"many" is not allowed for PROMPTGRID_MAX_TOKENS',
    });
    expect(await refusal({ env: { PROMPTGRID_PARAM: 'seed' } })).toMatchObject({
      message: 'PROMPTGRID_PARAM: "seed" is not name=value',
    });
  });
});
