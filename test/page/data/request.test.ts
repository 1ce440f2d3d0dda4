import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlText, fieldsTexts, trialJson } from '../../../src/page/data/request.ts';
import { pageRows } from '../../support/page-rows.ts';

const VARIANT = {
  name: 'm',
  prompt: 'p',
  provider: 'my-api',
  model: "m'1",
  temperature: 0.5,
  completed: 1,
  errored: 0,
  skipped: 0,
  cut: 0,
  costPerThousandRows: null,
  unknownCosts: 0,
  latencyP95Ms: null,
};
const PARAMS = { max_tokens: 5 };
const REQUEST = {
  params: [PARAMS],
  endpoints: { 'my-api': { url: 'https://api.example/v1/', keyHeader: 'Authorization: Bearer ', isChat: true } },
};
const MESSAGE = { role: 'user', text: `it's "$HOME" \`id\` \\ \n й`, length: null };

describe('a request as a command', () => {
  it('reaches curl as it was, whatever the text', () => {
    const text = curlText({ variant: VARIANT, params: PARAMS, messages: [MESSAGE], request: REQUEST }) ?? '';
    const script = `curl() { printf '%s\\0' "$@"; }\nMY_API_API_KEY=secret\n${text}`;
    const words = spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.split('\0');
    expect(words[0]).toBe('https://api.example/v1/chat/completions');
    expect(words).toContain('Authorization: Bearer secret');
    expect(JSON.parse(words[words.indexOf('-d') + 1] ?? '')).toEqual({
      model: "m'1",
      messages: [{ role: 'user', content: MESSAGE.text }],
      temperature: 0.5,
      max_tokens: 5,
    });
  });

  it('is not given if a message is cut or unknown', () => {
    expect(
      curlText({ variant: VARIANT, params: PARAMS, messages: [{ ...MESSAGE, length: 900 }], request: REQUEST }),
    ).toBeNull();
    expect(curlText({ variant: VARIANT, params: PARAMS, messages: [], request: REQUEST })).toBeNull();
  });

  it('is not given if the API takes no chat completions', () => {
    const endpoint = { url: 'https://api.example/v1', keyHeader: 'x-api-key: ', isChat: false };
    const request = { ...REQUEST, endpoints: { 'my-api': endpoint } };
    expect(curlText({ variant: VARIANT, params: PARAMS, messages: [MESSAGE], request })).toBeNull();
  });

  it('has the key in the header of the endpoint', () => {
    const endpoint = { url: 'https://api.example/v1', keyHeader: 'api-key: ', isChat: true };
    const request = { ...REQUEST, endpoints: { 'my-api': endpoint } };
    const text = curlText({ variant: VARIANT, params: PARAMS, messages: [MESSAGE], request });
    expect(text).toContain('-H "api-key: $MY_API_API_KEY"');
  });
});

describe('a trial as JSON', () => {
  it('has its row, also columns named like properties of objects', () => {
    const [row] = pageRows([{ id: 'r', vars: { q: 'why', lang: 'en' }, variants: [[{ output: 'x', passed: true }]] }]);
    const [trial] = row?.trials ?? [];
    if (row === undefined || trial === undefined) throw new Error('no trial');
    const value: unknown = JSON.parse(trialJson(row, trial, { columns: ['__proto__', 'lang'], scorers: ['exact'] }));
    expect(value).toMatchObject({
      trial_id: 'r-0-0',
      row_id: 'r',
      output: 'x',
      scores: { exact: 1 },
      status: 'completed',
    });
    expect(JSON.stringify(value)).toContain('"__proto__":"why"');
  });
});

describe('request fields', () => {
  it.each([
    ['of no variant are not listed', [{}, {}], []],
    ['that all variants have are listed once', [{ a: 1 }, { a: 1 }], ['{"a":1}']],
    ['that some have are listed by name', [{ a: 1 }, {}, { b: 2 }, { a: 1 }], ['v0, v3: {"a":1}', 'v2: {"b":2}']],
  ])('%s', (_what, params, texts) => {
    expect(fieldsTexts(params, (variant) => `v${variant}`)).toEqual(texts);
  });
});
