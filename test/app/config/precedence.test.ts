import { describe, expect, it } from 'vitest';
import { GRID_OPTIONS, optionSpec, variableName } from '../../../src/app/config/options.ts';
import { checkSettings } from '../../../src/app/config/schema.ts';
import { readEnvironment, readOptions } from '../../../src/app/config/settings.ts';
import { flagName, type OptionSpec } from '../../../src/core/option-spec.ts';
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

  it('of one source is merged with those of another', async () => {
    const config = await configure({ flags: { repeat: '4' }, env: { PROMPTGRID_SEED: '9' }, yaml: 'limit: 5' });
    expect(config).toMatchObject({ repeats: 4, selection: { seed: 9, limit: 5, sample: null } });
  });

  it('that is a list replaces a lower-priority list completely', async () => {
    const config = await configure({ flags: { temperature: ['0.5'] }, yaml: 'temperature: [0, 0.7]' });
    expect(config.models[0]?.temperatures).toEqual([0.5]);
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
      models: [{ ref: { provider: 'gptunnel', model: 'gpt-4o' }, temperatures: [null], params: {} }],
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

  it('are looked up, and unknown names are not found', () => {
    expect(optionSpec('maxTokens')).toBe(GRID_OPTIONS.maxTokens);
    expect(optionSpec('constructor')).toBeUndefined();
    expect(optionSpec('max-tokens')).toBeUndefined();
  });

  it('each have one flag and one variable', () => {
    const names = Object.keys(GRID_OPTIONS);
    expect(new Set(names.map((name) => flagName(name))).size).toBe(names.length);
    expect(new Set(names.map(variableName)).size).toBe(names.length);
  });
});

/** A text that every kind of option accepts, and the value that it stands for. */
const SAMPLES: Readonly<Record<OptionSpec['kind'], readonly [text: string, value: unknown]>> = {
  string: ['x', 'x'],
  path: ['x', 'x'],
  choice: ['x', 'x'],
  character: [';', ';'],
  share: ['10%', 0.1],
  points: ['2', 0.02],
  amount: ['0.5', 500_000_000_000n],
  age: ['1m', 60_000],
  thresholds: ['x=0.5', [{ scorer: 'x', least: 0.5 }]],
  texts: ['x, y', ['x, y']],
  strings: ['x, y', ['x', 'y']],
  number: ['0.5', 0.5],
  integer: ['2', 2],
  numbers: ['0, 0.5', [0, 0.5]],
  boolean: ['true', true],
  values: ['x=1', { x: 1 }],
  scorers: ['exact', ['exact']],
  models: ['x, y', ['x', 'y']],
  prompts: ['x, y', ['x, y']],
  headers: ['x: y', ['x: y']],
  switchOrPath: ['x', 'x'],
  switchOrName: ['x', 'x'],
  switchOrCount: ['2', 2],
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
    expect(readOptions(GRID_OPTIONS, { [name]: spec.kind === 'boolean' ? true : text })).toEqual({ [name]: value });
  });

  it('is read from its variable, unless it is only a flag', () => {
    expect(readEnvironment({ [variableName(name)]: text })).toEqual(spec.flagOnly === true ? {} : { [name]: value });
  });

  it('is read the same from the library, as a text if a flag has one', () => {
    const given =
      typeof value === 'bigint' || ['thresholds', 'points'].includes(spec.kind)
        ? text
        : JSON.parse(JSON.stringify(value));
    expect(checkSettings({ [name]: given }, { kind: 'library' })).toEqual({ [name]: value });
  });

  it('refuses invalid values, naming its key', () => {
    const takesEmpty = spec.mayBeEmpty === true ? [''] : undefined;
    const bad = takesEmpty ?? (spec.kind === 'boolean' || spec.kind === 'values' ? 7 : '');
    expect(() => checkSettings({ [name]: bad }, { kind: 'library' })).toThrow(new RegExp(`^${name} must be .*, got `));
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
    expect(readOptions(GRID_OPTIONS, flags)).toEqual(values);
  });

  it.each([
    [{ repeat: ['1', '2'] }, '--repeat must be a whole number from 1, got 2 values'],
    [{ apiKeyEnv: ['sk-1', 'sk-2'] }, /^--api-key-env must be a text that is not empty, got 2 values$/],
    [{ system: [] }, '--system must be a text that is not empty, got 0 values'],
    [{ param: ['seed'] }, '--param must be name=json, got "seed"'],
    [{ param: ['=7'] }, '--param must be name=json, got "=7"'],
    [{ model: [false, 'a'] }, '--model must be a text that is not empty, got --no-model'],
    [{ out: false }, '--out must be a text that is not empty, got --no-out'],
  ])('%j is refused', (flags, message) => {
    expect(() => readOptions(GRID_OPTIONS, flags)).toThrow(message);
  });

  it.each([
    [{ temperature: ['hot'] }, '--temperature must be a number, got "hot"', 'such as --temperature 0.7'],
    [{ temperature: [','] }, '--temperature must be a number, got ","', '0.7'],
    [{ repeat: '0' }, '--repeat must be a whole number from 1, got "0"', 'such as --repeat 10'],
    [{ repeat: '1.5' }, '--repeat must be a whole number from 1, got "1.5"', '10'],
    [{ repeat: 'many' }, '--repeat must be a whole number from 1, got "many"', '10'],
    [{ timeout: '0' }, '--timeout must be a number above 0, got "0"', 'such as --timeout 120'],
    [{ timeout: 'Infinity' }, '--timeout must be a number above 0, got "Infinity"', '120'],
    [{ timeout: 'NaN' }, '--timeout must be a number above 0, got "NaN"', '120'],
    [{ maxWait: '-1' }, '--max-wait must be a number from 0, got "-1"', '600'],
    [{ topP: '1.1' }, '--top-p must be a number from 0 to 1, got "1.1"', '--top-p 1'],
    [
      { format: ['csv,xml'] },
      '--format must be csv, jsonl, parquet, xlsx, wide-csv or wide-xlsx, got "xml"',
      'use one of: csv, jsonl, parquet, xlsx',
    ],
    [
      { auth: 'baer' },
      '--auth must be bare, bearer, api-key, x-api-key, x-goog-api-key or api-key-scheme, got "baer"',
      'did you mean bare?',
    ],
    [{ expected: '' }, '--expected must be a text that is not empty, got ""', 'leave out --expected'],
    [{ delimiter: ';;' }, '--delimiter must be one character, or \\t, got ";;"', '--delimiter ,'],
  ])('%j is refused with the allowed values', async (flags, message, hint) => {
    const refused = await refusal({ flags });
    expect(refused).toMatchObject({ code: 'E_USAGE', exitStatus: 2, message });
    expect(refused.hint).toContain(hint);
  });

  it('are named by their variable if they come from the environment', async () => {
    expect(await refusal({ env: { PROMPTGRID_MAX_TOKENS: 'many' } })).toMatchObject({
      code: 'E_USAGE',
      message: 'PROMPTGRID_MAX_TOKENS must be a whole number from 1, got "many"',
      hint: 'give one, such as PROMPTGRID_MAX_TOKENS=10',
    });
    expect(await refusal({ env: { PROMPTGRID_PARAM: 'seed' } })).toMatchObject({
      message: 'PROMPTGRID_PARAM must be name=json, got "seed"',
    });
  });
});
