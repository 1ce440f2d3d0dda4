import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../../src/app/config/file.ts';
import { configJsonSchema } from '../../../src/app/config/schema.ts';
import { parseConfig } from '../../../src/app/config/yaml-settings.ts';
import { ConfigError } from '../../../src/core/errors.ts';
import { configure, makeFolder, refusal } from './project.ts';

/** The error for a text. */
function refused(text: string): ConfigError {
  try {
    parseConfig(text, 'promptgrid.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('a configuration file', () => {
  it('says in camelCase what flags say', () => {
    const text = `
# What to ask
dataset: rows.csv
model: [gpt-4o, openai/gpt-4o-mini]
temperature: 0
prompt: "Translate: {{ text }}"
maxTokens: 256
useWalletBalance: true
param:
  seed: 7
  stop: ["a"]
simulate: false
providers:
  openai:
    baseUrl: http://127.0.0.1:1/v1
    auth: bearer
`;
    expect(parseConfig(text, 'promptgrid.yaml')).toEqual({
      dataset: ['rows.csv'],
      model: ['gpt-4o', 'openai/gpt-4o-mini'],
      temperature: [0],
      prompt: ['Translate: {{ text }}'],
      maxTokens: 256,
      useWalletBalance: true,
      param: { seed: 7, stop: ['a'] },
      simulate: false,
      providers: { openai: { baseUrl: 'http://127.0.0.1:1/v1', auth: 'bearer' } },
    });
  });

  it('may be JSON, empty, or comments alone', () => {
    expect(parseConfig('{"model": "gpt-4o"}', 'x.json')).toEqual({ model: ['gpt-4o'] });
    expect(parseConfig('', 'x')).toEqual({});
    expect(parseConfig('# nothing\n', 'x')).toEqual({});
  });

  it.each([
    ['# a\n\nmodle: gpt-4o\n', 3, 'unknown key "modle"', /did you mean model\?$/],
    ['model: a\nmax_tokens: 5\n', 2, 'unknown key "max_tokens"', /did you mean maxTokens\?$/],
    ['model: a\noverwrite: true\n', 2, '"overwrite" is only a flag', /--overwrite$/],
    ['retryErrored: true\n', 1, '"retryErrored" is only a flag', /--retry-errored$/],
    [
      'baseUrl: http://a/v1\nproviders:\n  openai:\n    auth: bearer\n    baseURL: x\n',
      5,
      'unknown key "baseURL" in providers.openai',
      /^remove it, or use one of: kind, baseUrl, apiKeyEnv, auth, headers, caFile, authUrl, scope, folder; did you mean baseUrl\?$/,
    ],
    [
      'model: a\nproviders:\n  opnai:\n    auth: bare\n',
      3,
      'unknown provider "opnai" in providers, without a kind',
      /kind: custom, or use one of: .*did you mean openai\?$/,
    ],
    ['model: a\nproviders:\n  a/b:\n    kind: custom\n', 3, 'providers: "a/b" cannot be a name', /letters/],
    ['providers:\n  mine:\n    kind: opnai\n', 3, 'providers.mine.kind must be gptunnel, ', /did you mean openai\?$/],
    ['limits:\n  gpt-4o:\n    rpn: 5\n', 3, 'unknown key "rpn" in limits.gpt-4o', /did you mean rpm\?$/],
    [
      'providers:\n  openai:\n\n    auth: basic\n',
      4,
      'providers.openai.auth must be bare, bearer, api-key, x-api-key, x-goog-api-key or api-key-scheme, got "basic"',
      /^use one of: bare/,
    ],
    ['repeat: 0\n', 1, 'repeat must be a whole number from 1, got 0', /^give one, such as repeat: 10$/],
    ['repeat: 0x2\n', 1, 'repeat must be a whole number from 1, got "0x2"', /10/],
    ['repeat: 1_000\n', 1, 'repeat must be a whole number from 1, got "1_000"', /10/],
    ['repeat: "2"\n', 1, 'repeat must be a whole number from 1, got "2"', /10/],
    ['model: a\ntemperature: [0, warm]\n', 2, 'temperature must be a number, got [0,"warm"]', /0\.7/],
    ['limits:\n  m: {rpm: 0}\n', 2, 'limits.m.rpm must be a whole number from 1, got 0', /limits\.m\.rpm: 10/],
    ['limits: 5\n', 1, 'limits cannot be 5', /limits: \{gpt-4o: \{rpm: 60\}\}/],
    ['limits:\n  m: 5\n', 2, 'limits.m cannot be 5', /rpm: 60/],
    ['providers:\n  one: http://a/v1\n', 2, 'providers.one cannot be "http://a/v1"', /kind: custom/],
    ['exclude: gpt-4o\n', 1, 'exclude cannot be "gpt-4o"', /exclude: \[\{model: gpt-4o/],
    [
      'exclude:\n  - {model: a}\n  - {model: a, temprature: 1}\n',
      3,
      'unknown key "temprature" in exclude.1',
      /^remove it, or use one of: prompt, model, temperature; did you mean temperature\?$/,
    ],
    [
      'include:\n  - model: a\n    temperature: hot\n',
      3,
      'include.0.temperature must be a number, got "hot"',
      /such as include\.0\.temperature: /,
    ],
    ['model:\n  - a\n  - {id: b, price: cheap}\n', 3, 'price of the model "b" must be prompt,completion', /2\.5,10/],
    ['model:\n  - {id: a, label: x}\n  - id: b\n    label: x\n', 4, 'the label "x" is given twice', /of its own/],
    ['model:\n  - id: a\n    label: ""\n', 3, 'the model "a": label must be a text', /leave out label/],
    ['budget: .nan\n', 1, 'budget must be an amount above 0, got NaN', /500/],
    ['limit: -.inf\n', 1, 'limit must be a whole number from 1, got -Infinity', /10/],
    ['temperature: [0, .inf]\n', 1, 'temperature must be a number, got [0,"Infinity"]', /0\.7/],
    ['budget: much\n', 1, 'budget must be an amount above 0, got "much"', /^give one, such as budget: 500$/],
    ['maxErrored: 2\n', 1, 'maxErrored must be a share from 0 to 1, got 2', /^write 2% or 0\.02$/],
    ['min: [exact]\n', 1, 'min must be score=share with a share from 0 to 1, got ["exact"]', /exact=0\.9/],
    ['delimiter: ab\n', 1, 'delimiter must be one character', /delimiter: ,/],
    ['bom: yes\n', 1, 'bom must be true or false, got "yes"', /^give true or false$/],
    [
      'format: xml\n',
      1,
      'format must be csv, jsonl, parquet, xlsx, wide-csv or wide-xlsx, got "xml"',
      /^use one of: csv, jsonl/,
    ],
    ['param: 7\n', 1, 'param must be name=json, got 7', /^give one, such as param: seed=7$/],
    ['dataset: {a: 1}\n', 1, 'dataset must be a text that is not empty, got {"a":1}', /leave out dataset/],
    ['model: a\nmodel: b\n', 2, 'Map keys must be unique', /YAML/],
    ['model: [a\n', 2, 'Flow sequence', /YAML/],
    ['a: b: c\n', 1, 'Nested mappings', /YAML/],
  ])('%j is refused at line %i: %s', (text, line, what, hint) => {
    const { message, hint: told, code } = refused(text);
    expect(message.startsWith(`promptgrid.yaml:${line}: ${what}`), message).toBe(true);
    expect(told).toMatch(hint);
    expect(code).toBe('E_CONFIG');
  });

  it.each(['- a\n- b\n', 'just text', '7'])('%j is refused because it has no keys', (text) => {
    expect(refused(text).message).toBe('promptgrid.yaml: holds no keys');
  });

  it('is read from the working folder if none is named', async () => {
    expect((await configure({ yaml: 'repeat: 7' })).repeats).toBe(7);
    expect(await readConfigFile(null, await makeFolder())).toEqual({});
  });

  it('with a given name replaces the one in the working folder', async () => {
    const files = { 'other.yaml': 'repeat: 9' };
    expect((await configure({ yaml: 'limit: 7', flags: { config: '@other.yaml' }, files })).repeats).toBe(9);
    expect((await configure({ yaml: 'limit: 7', flags: { config: '@other.yaml' }, files })).selection.limit).toBeNull();
  });

  it('with a given name must exist', async () => {
    const missing = await refusal({ flags: { config: '@gone.yaml' } });
    expect(missing.message).toMatch(/gone\.yaml: there is no such file$/);
    const folder = await makeFolder();
    await mkdir(join(folder, 'promptgrid.yaml'));
    await expect(readConfigFile(null, folder)).rejects.toThrow('cannot be read');
  });
});

describe('the JSON Schema of the file', () => {
  it('has exactly the keys that the file may have', () => {
    const { properties, additionalProperties, title } = configJsonSchema();
    expect(additionalProperties).toBe(false);
    expect(title).toBe('promptgrid.yaml');
    expect(Object.keys(Object(properties))).toEqual(expect.arrayContaining(['model', 'providers', 'dataset', 'param']));
    expect(Object.keys(Object(properties))).not.toContain('overwrite');
  });
});
