import { describe, expect, it } from 'vitest';
import { proxyOf } from '../../../src/app/config/proxies.ts';
import { refusal } from './project.ts';

const HTTP = 'http://web.example.org/v1';
const HTTPS = 'https://web.example.org/v1';
const A = 'http://a.example.org:3128';
const B = 'http://b.example.org:3128';

function shownFor(address: string, env: Readonly<Record<string, string>>): string | null {
  return proxyOf(new URL(address), env)?.shown ?? null;
}

describe('the proxy of an address', () => {
  it.each([
    [HTTP, {}, null],
    [HTTP, { HTTP_PROXY: A }, A],
    [HTTP, { http_proxy: A }, A],
    [HTTP, { http_proxy: A, HTTP_PROXY: B }, A],
    [HTTP, { http_proxy: '', HTTP_PROXY: B }, null],
    [HTTP, { HTTPS_PROXY: A }, null],
    [HTTPS, { HTTPS_PROXY: A, HTTP_PROXY: B }, A],
    [HTTPS, { https_proxy: A, HTTPS_PROXY: B }, A],
    [HTTPS, { HTTP_PROXY: B }, B],
    [HTTPS, { HTTPS_PROXY: '', HTTP_PROXY: B }, null],
    [HTTPS, { ALL_PROXY: A }, null],
    [HTTPS, { HTTPS_PROXY: 'a.example.org:3128' }, A],
    [HTTPS, { HTTPS_PROXY: ' https://a.example.org/ ' }, 'https://a.example.org'],
    ['http://127.0.0.2/v1', { HTTP_PROXY: A }, A],
  ])('%s with %j is %s', (address, env, shown) => {
    expect(shownFor(address, env)).toBe(shown);
  });

  it.each([
    'http://localhost:8000/v1',
    'http://127.0.0.1/v1',
    'http://127.1/v1',
    'http://[::1]:8000/v1',
    'https://localhost/v1',
  ])('does not apply on this machine: %s', (address) => {
    expect(shownFor(address, { HTTP_PROXY: A, HTTPS_PROXY: A })).toBeNull();
  });

  it('has its credentials separately, and is shown without them', () => {
    const proxy = proxyOf(new URL(HTTP), { HTTP_PROXY: 'http://anna:p%40ss%20word@a.example.org:3128' });
    expect(proxy).toMatchObject({ address: A, shown: 'http://[key]@a.example.org:3128' });
    expect(Buffer.from(proxy?.authorization?.reveal().slice('Basic '.length) ?? '', 'base64').toString()).toBe(
      'anna:p@ss word',
    );
    expect(JSON.stringify(proxy)).not.toMatch(/anna|ss word|YW5u/);
    const tokenOnly = proxyOf(new URL(HTTP), { HTTP_PROXY: 'http://token-1@a.example.org:3128' });
    expect(tokenOnly?.authorization?.reveal()).toBe(`Basic ${Buffer.from('token-1:').toString('base64')}`);
  });

  it.each([
    ['http://', 'HTTP_PROXY is not the address of a proxy'],
    ['pass word 1', 'HTTP_PROXY is not the address of a proxy'],
    [
      'socks5://anna:pass-word-1@a.example.org:1080',
      'HTTP_PROXY names a proxy of the kind socks5, which is not supported',
    ],
  ])('must not be %s, which is not shown', async (value, message) => {
    const refused = await refusal({ flags: { provider: 'custom', baseUrl: HTTP }, env: { HTTP_PROXY: value } });
    expect(refused).toMatchObject({ code: 'E_USAGE', message });
    expect(refused.message + refused.hint).not.toMatch(/anna|pass/);
  });
});

describe('NO_PROXY', () => {
  it.each([
    ['web.example.org', HTTP],
    ['WEB.Example.ORG', HTTP],
    ['example.org', HTTP],
    ['.example.org', HTTP],
    ['*.example.org', HTTP],
    ['other.org, example.org', HTTP],
    ['other.org example.org', HTTP],
    ['*', HTTP],
    ['example.org:80', HTTP],
    ['example.org:443', HTTPS],
    ['example.org:8443', 'https://web.example.org:8443/v1'],
    ['10.1.2.3', 'http://10.1.2.3/v1'],
    ['10.0.0.0/8', 'http://10.1.2.3:8000/v1'],
    ['fd00::/8', 'http://[fd12::1]/v1'],
    ['[fd12::1]', 'http://[fd12::1]/v1'],
    ['fd12::1', 'http://[fd12::1]/v1'],
    ['[fd12::1]:8000', 'http://[fd12::1]:8000/v1'],
  ])('%s excludes %s from a proxy', (noProxy, address) => {
    expect(shownFor(address, { HTTP_PROXY: A, NO_PROXY: noProxy })).toBeNull();
    expect(shownFor(address, { HTTP_PROXY: A, NO_PROXY: '*', no_proxy: 'unrelated.org' })).toBe(A);
  });

  it.each([
    ['', HTTP],
    ['ample.org', HTTP],
    ['web.example.org.', HTTP],
    ['example.org:443', HTTP],
    ['10.0.0.0/8', 'http://11.1.2.3/v1'],
    ['10.0.0.0/33', 'http://10.1.2.3/v1'],
    ['10.0.0.0/x', 'http://10.1.2.3/v1'],
    ['10.0.0.0/8', HTTP],
    ['fd00::/8', 'http://[fe80::1]/v1'],
    ['[fd12::1]:8000', 'http://[fd12::1]/v1'],
  ])('%j does not exclude %s', (noProxy, address) => {
    expect(shownFor(address, { HTTP_PROXY: A, NO_PROXY: noProxy })).toBe(A);
  });
});
