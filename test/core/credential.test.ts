import { describe, expect, it } from 'vitest';
import { isCredentialName, isCredentialValue, secretTexts } from '../../src/core/credential.ts';

describe('a name', () => {
  it.each([
    'authorization',
    'Authorization',
    'api-key',
    'x-api-key',
    'X-API-Key',
    'apiKey',
    'api_key',
    'apikey',
    'key',
    'x-portkey-api-key',
    'x-portkey-virtual-key',
    'Ocp-Apim-Subscription-Key',
    'cf-aig-authorization',
    'Cookie',
    'x-goog-api-key',
    'access_token',
    'accessToken',
    'x-auth',
    'X-Amz-Security-Token',
    'X-Amz-Signature',
    'sig',
    'code',
    'client_secret',
    'clientsecret',
    'password',
    'userPassword',
    'OPENAI_API_KEY',
    'HF_TOKEN',
  ])('%s is the name of a credential', (name) => {
    expect(isCredentialName(name)).toBe(true);
  });

  it.each([
    'x-portkey-provider',
    'x-portkey-config',
    'x-portkey-custom-host',
    'openai-organization',
    'api-version',
    'http-referer',
    'x-title',
    'x-max-tokens',
    'x-country-code',
    'x-team',
    'user-agent',
    'x-monkey',
    'x-author',
    'GATEWAY_URL',
    'x-design',
    '',
  ])('%s is not', (name) => {
    expect(isCredentialName(name)).toBe(false);
  });
});

describe('a value', () => {
  it.each([
    'Bearer abc',
    'basic dXNlcjpwYXNz',
    ['sk', 'proj-0123456789abcdef'].join('-'),
    ['ghp', '0123456789abcdef'].join('_'),
    `{"provider":"openai","api_key":"x1"}`,
    ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'x'].join('.'),
  ])('like %s is a credential', (value) => {
    expect(isCredentialValue(value)).toBe(true);
  });

  it.each([
    'openai',
    'http://127.0.0.1:8000/v1',
    '{"provider":"openai"}',
    'pc-prod-1',
    'basically',
    'risk-0123456789',
    '',
  ])('like %s is not', (value) => {
    expect(isCredentialValue(value)).toBe(false);
  });

  it('may come back in parts', () => {
    const basic = `Basic ${Buffer.from('anna:pass:word').toString('base64')}`;
    expect(secretTexts(basic)).toEqual([basic, basic.slice(6), 'anna:pass:word', 'pass:word']);
    expect(secretTexts('Bearer abc')).toEqual(['Bearer abc', 'abc']);
    expect(secretTexts('session=abc; theme=dark')).toContain('abc');
    expect(secretTexts('{"provider":"openai","api_key":"abc"}')).toContain('abc');
    expect(secretTexts('')).toEqual([]);
  });
});
