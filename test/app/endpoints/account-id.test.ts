import { describe, expect, it } from 'vitest';
import { type RequestPart, Secret } from '../../../src/app/config/run-config.ts';
import { accountId, modelAccountId } from '../../../src/app/endpoints/account-id.ts';

function idOf(baseUrl: string, key: string | null): string {
  return accountId({ baseUrl, apiKey: key === null ? null : new Secret(key), headers: [], query: [] });
}

function idWith(headers: readonly RequestPart[]): string {
  return accountId({ baseUrl: 'https://api.example.com/v1', apiKey: null, headers, query: [] });
}

describe('the account of an endpoint', () => {
  it.each([
    ['another path', 'https://api.example.com/v1', 'https://api.example.com/openai/v1'],
    ['another port', 'https://api.example.com/v1', 'https://api.example.com:8443/v1'],
    ['another case of the name', 'https://api.example.com/v1', 'https://API.Example.com./v1'],
    ['another name of this machine', 'http://127.0.0.1:8000/v1', 'http://localhost:8001/v1'],
    ['another address of this machine', 'http://[::1]:8000/v1', 'http://127.0.0.2/v1'],
  ])('is the same at %s with the same key', (_what, one, other) => {
    expect(idOf(one, 'secret')).toBe(idOf(other, 'secret'));
  });

  it.each([
    ['another key', 'https://api.example.com/v1', 'other'],
    ['no key', 'https://api.example.com/v1', null],
    ['another host', 'https://api.example.org/v1', 'secret'],
  ])('differs with %s', (_what, url, key) => {
    expect(idOf(url, key)).not.toBe(idOf('https://api.example.com/v1', 'secret'));
  });

  it('without a key is that of the server, by its port', () => {
    expect(idOf('http://127.0.0.1:8000/v1', null)).toBe(idOf('http://localhost:8000/other', null));
    expect(idOf('http://127.0.0.1:8000/v1', null)).not.toBe(idOf('http://127.0.0.1:8001/v1', null));
    expect(idOf('http://host/v1', null)).not.toBe(idOf('https://host/v1', null));
  });

  it('is that of a credential in a header, and of no other header', () => {
    const key = { name: 'api-key', value: new Secret('secret'), variables: [], disclosure: 'hidden' } as const;
    const other = { name: 'x-team', value: new Secret('a'), variables: [], disclosure: 'shown' } as const;
    expect(idWith([key, other])).toBe(idWith([key]));
    expect(idWith([key])).not.toBe(idWith([{ ...key, value: new Secret('other') }]));
    expect(idWith([other])).toBe(idWith([]));
  });

  it('reveals nothing about the key', () => {
    expect(idOf('https://api.example.com/v1', 'secret')).toMatch(/^[0-9a-f]{20}$/);
  });

  it('has separate limits for each model', () => {
    const account = idOf('https://api.example.com/v1', 'secret');
    const ids = [account, modelAccountId(account, 'a'), modelAccountId(account, 'b')];
    expect(new Set(ids).size).toBe(3);
  });
});
