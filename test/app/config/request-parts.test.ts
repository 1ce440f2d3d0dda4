import { describe, expect, it } from 'vitest';
import { shownValue } from '../../../src/app/config/request-parts.ts';
import type { EndpointConfig } from '../../../src/app/config/run-config.ts';
import { ConfigError, UsageError } from '../../../src/core/errors.ts';
import { configure, type Given, refusal } from './project.ts';

const ADDRESS = 'https://llm.example.org/v1';
const SECRET = 'very-secret-1';

async function endpointOf({ flags = {}, ...given }: Given): Promise<EndpointConfig> {
  const [endpoint] = (await configure({ flags: { provider: 'custom', baseUrl: ADDRESS, ...flags }, ...given }))
    .endpoints;
  if (endpoint === undefined) throw new Error('no endpoint');
  return endpoint;
}

async function headersOf(given: Given): Promise<readonly (readonly [string, string, string])[]> {
  const { headers } = await endpointOf(given);
  return headers.map(({ name, value, disclosure }) => [name, value.reveal(), disclosure]);
}

describe('a header', () => {
  it.each([
    ['x-team: search', ['x-team', 'search', 'shown']],
    ['X-Team:search', ['x-team', 'search', 'shown']],
    [' x-url :  http://a:1/b ', ['x-url', 'http://a:1/b', 'shown']],
    ['x-price: $5 {ok}', ['x-price', '$5 {ok}', 'shown']],
    ['authorization: Bearer ${TOKEN}', ['authorization', `Bearer ${SECRET}`, 'hidden']],
    ['api-key: literal', ['api-key', 'literal', 'hidden']],
    ['x-route: ${ROUTE}', ['x-route', 'eu', 'digest']],
    ['x-route: a/${ROUTE}/${ROUTE}', ['x-route', 'a/eu/eu', 'digest']],
    ['x-config: {"api_key":"x"}', ['x-config', '{"api_key":"x"}', 'digest']],
  ])('%j is accepted', async (header, expected) => {
    expect(await headersOf({ flags: { header }, env: { TOKEN: ` ${SECRET}\n`, ROUTE: 'eu' } })).toEqual([expected]);
  });

  it.each([
    ['a list', 'header:\n  - "x-team: search"\n  - "x-n: 1"'],
    ['a list that YAML takes for maps', 'header:\n  - x-team: search\n  - x-n: 1'],
    ['names with values', 'header:\n  x-team: search\n  x-n: 1'],
    ['a section of its provider', 'providers:\n  custom:\n    headers:\n      x-team: search\n      x-n: 1'],
    ['a list in such a section', 'providers:\n  custom:\n    headers: ["x-team: search", "x-n: 1"]'],
  ])('may be given in the file as %s', async (_how, yaml) => {
    expect(await headersOf({ yaml })).toEqual([
      ['x-team', 'search', 'shown'],
      ['x-n', '1', 'shown'],
    ]);
  });

  it('on the command line replaces all headers of the file', async () => {
    const yaml = 'header: "x-a: 1"\nproviders:\n  custom:\n    headers: {x-b: 2}';
    expect(await headersOf({ yaml, flags: { header: ['x-c: 3'] } })).toEqual([['x-c', '3', 'shown']]);
  });

  it('belongs to the default provider, or to that of its section', async () => {
    const { endpoints, warnings } = await configure({
      flags: { model: ['gpt-4o', 'openai/gpt-4o'], header: 'x-a: 1' },
      yaml: 'providers:\n  openai:\n    headers: {x-b: 2}',
    });
    expect(endpoints.map(({ headers }) => headers.map(({ name }) => name))).toEqual([['x-a'], ['x-b']]);
    expect(warnings).toEqual([]);
    const others = await configure({ flags: { model: ['openai/gpt-4o'], header: 'x-a: 1' } });
    expect(others.warnings).toEqual(['--header counts for gptunnel, of which the run uses no model']);
  });

  it.each([
    [`no-colon-${SECRET}`, '--header: header 1 does not begin with a name and a colon'],
    [`: ${SECRET}`, 'does not begin with a name and a colon'],
    [`x y: ${SECRET}`, 'does not begin with a name and a colon'],
    [`x-\u0435: ${SECRET}`, 'does not begin with a name and a colon'],
    ['x-a:', '--header: the header x-a has no value'],
    [`x-a: ${SECRET}\r\nx-b: 1`, '--header: the value of x-a has a character that no header carries'],
    [`x-a: ${SECRET}\u043a`, 'the value of x-a has a character that no header carries'],
    [`Content-Length: ${SECRET}`, '--header: the header content-length is set by promptgrid itself'],
    [`host: ${SECRET}`, 'the header host is set by promptgrid itself'],
    [`Proxy-Authorization: ${SECRET}`, 'the header proxy-authorization is set by promptgrid itself'],
    ['x-a: ${MISSING}', '--header x-a: the environment variable MISSING is not set'],
    ['x-a: ${EMPTY}', '--header x-a: the environment variable EMPTY is not set'],
    ['x-a: ${}', '--header x-a: "${}" does not name an environment variable'],
    ['x-a: ${A:-b}', '--header x-a: "${A:-b}" does not name an environment variable'],
    ['x-a: ${BROKEN}', 'the value of x-a has a character that no header carries'],
  ])('%j is refused, and its value is not shown', async (header, message) => {
    const env = { EMPTY: ' ', BROKEN: `${SECRET}\n${SECRET}` };
    const refused = await refusal({ flags: { provider: 'custom', baseUrl: ADDRESS, header }, env });
    expect(refused).toBeInstanceOf(UsageError);
    expect(refused.message).toContain(message);
    expect(refused.message + refused.hint).not.toContain(SECRET);
  });

  it('given twice is refused, however it is spelt', async () => {
    const refused = await refusal({ flags: { provider: 'custom', baseUrl: ADDRESS, header: ['x-a: 1', 'X-A: 2'] } });
    expect(refused.message).toBe('--header: the header x-a is given twice');
  });

  it.each([
    ['header:\n  x-a: null', 'header'],
    ['header: 5', 'header'],
    [`header:\n  authorization: [${SECRET}]`, 'header'],
    [`providers:\n  custom:\n    headers:\n      authorization: {a: ${SECRET}}`, 'providers.custom.headers'],
  ])('of another kind in the file is refused and not shown: %j', async (yaml, key) => {
    const refused = await refusal({ yaml });
    expect(refused).toBeInstanceOf(ConfigError);
    expect(refused.message).toContain(`${key} must be 'name: value', got something else, which is not shown`);
    expect(refused.message + refused.hint).not.toContain(SECRET);
  });
});

describe('a credential in a header or a query', () => {
  const noKey = { CUSTOM_API_KEY: '' };

  it.each([
    [{ header: 'authorization: Bearer x' }],
    [{ header: 'api-key: x' }],
    [{ header: 'X-Api-Key: x' }],
    [{ header: 'x-portkey-api-key: x' }],
    [{ baseUrl: `${ADDRESS}?sig=x` }],
  ])('replaces a key: %j', async (flags) => {
    expect((await endpointOf({ flags, env: noKey })).apiKey).toBeNull();
  });

  it.each([[{ header: 'x-portkey-provider: openai' }], [{ baseUrl: `${ADDRESS}?api-version=1` }]])(
    'is not recognised in %j',
    async (flags) => {
      const refused = await refusal({ flags: { provider: 'custom', baseUrl: ADDRESS, ...flags }, env: noKey });
      expect(refused.message).toContain('no key for custom');
    },
  );

  it('replaces the key if it is one, and else is sent with it', async () => {
    expect((await endpointOf({ flags: { header: 'api-key: x' } })).apiKey).toBeNull();
    expect((await endpointOf({ flags: { header: 'authorization: x' } })).apiKey).toBeNull();
    expect((await endpointOf({ flags: { header: 'x-portkey-api-key: x' } })).apiKey?.reveal()).toBe('key-custom');
  });
});

describe('the query of an address', () => {
  const env = { VERSION: '2024-10-21', KEY: 'a b+c/=', BASE: `${ADDRESS}?from=env` };

  it.each([
    ['?api-version=2024-10-21', '?api-version=2024-10-21', [['api-version', '2024-10-21', 'shown']]],
    [
      '?a=1&b=%2F&&c',
      '?a=1&b=%2F&c',
      [
        ['a', '1', 'shown'],
        ['b', '/', 'shown'],
        ['c', '', 'shown'],
      ],
    ],
    ['?api-version=${VERSION}', '?api-version=2024-10-21', [['api-version', '2024-10-21', 'digest']]],
    [
      '?sig=${KEY}&a=1',
      '?sig=a%20b%2Bc%2F%3D&a=1',
      [
        ['sig', 'a b+c/=', 'hidden'],
        ['a', '1', 'shown'],
      ],
    ],
    ['?', '', []],
  ] as const)('%s is preserved', async (query, search, parts) => {
    const endpoint = await endpointOf({ flags: { baseUrl: `${ADDRESS}${query}` }, env });
    expect(endpoint.baseUrl).toBe(ADDRESS);
    expect(endpoint.search.reveal()).toBe(search);
    expect(endpoint.query.map(({ name, value, disclosure }) => [name, value.reveal(), disclosure])).toEqual(parts);
  });

  it('may come from a variable, as may the whole address', async () => {
    const endpoint = await endpointOf({
      flags: { baseUrl: '${BASE}&a=1' },
      env: { ...env, BASE: `${ADDRESS}?from=env` },
    });
    expect([endpoint.baseUrl, endpoint.search.reveal()]).toEqual([ADDRESS, '?from=env&a=1']);
  });

  it('is shown without possible secrets', async () => {
    const { query } = await endpointOf({ flags: { baseUrl: `${ADDRESS}?a=1&sig=x&v=\${VERSION}` }, env });
    expect(query.map(shownValue)).toEqual(['1', '[key]', '[key]']);
  });

  it.each([
    ['https://x.example.org/${GATEWAY_TOKEN}/v1', '--base-url: the value of GATEWAY_TOKEN would be shown'],
    ['https://${MISSING}/v1', '--base-url: the environment variable MISSING is not set'],
    ['https://x.example.org/v1?a=${MISSING}', '--base-url: the environment variable MISSING is not set'],
    [`https://user:${SECRET}@x.example.org/v1`, 'x.example.org has a user name, a password or a #'],
    [`https://x.example.org/v1#${SECRET}`, 'x.example.org has a user name, a password or a #'],
    [`ftp://user:${SECRET}@x.example.org/v1?key=${SECRET}`, '"ftp://x.example.org/v1" is not an http address'],
  ])('refuses %j, and shows no secret', async (baseUrl, message) => {
    const refused = await refusal({ flags: { provider: 'custom', baseUrl }, env: { GATEWAY_TOKEN: SECRET } });
    expect(refused.message).toContain(message);
    expect(refused.message + refused.hint).not.toContain(SECRET);
  });
});
