import { describe, expect } from 'vitest';
import { runGrid } from '../../../src/app/api.ts';
import type { RunOutcome } from '../../../src/app/run/index.ts';
import { RunFolderError } from '../../../src/core/errors.ts';
import { type Desk, it } from '../../support/cli.ts';
import { objectAt, parseObject } from '../../support/results.ts';
import { type StrictServer, strictServer } from '../../support/strict-server.ts';

interface Asked {
  readonly query?: string;
  readonly header?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly out?: string;
}

/** Runs one row of the desk in this process. */
async function ask(
  desk: Desk,
  server: StrictServer,
  { query = '', header, env = {}, out = 'run' }: Asked,
): Promise<RunOutcome> {
  await desk.write('rows.csv', 'q\none\n');
  const settings = {
    dataset: desk.path('rows.csv'),
    model: ['m'],
    provider: 'custom',
    prompt: ['{{ q }}'],
    temperature: [0],
    baseUrl: `${server.url}${query}`,
    cache: desk.path('cache'),
    out: desk.path(out),
    ...(header === undefined ? {} : { header: [...header] }),
  };
  return runGrid(settings, { env });
}

const HEADER = ['x-team: a', 'x-route: ${ROUTE}', 'x-api-key: ${KEY}'];
const ENV = { ROUTE: 'eu-1', KEY: 'first-key' };

describe('a run with headers and a query', () => {
  it.for([
    ['another value of a header', { header: ['x-team: b', ...HEADER.slice(1)] }, /x-team.*\ba\b.*\bb\b/s],
    [
      'another value of a variable',
      { env: { ...ENV, ROUTE: 'eu-2' } },
      /headers of custom: was .*"x-route":"digest \w+"/,
    ],
    ['no headers', { header: undefined, env: {} }, /headers of custom: was .*, is not set/],
    ['another query', { query: '?v=2' }, /endpoint custom: was http:\/\/loopback\/v1\?v=1, is /],
    ['no query', { query: '' }, /endpoint custom: was/],
  ] as const)('is another run with %s', async ([, other, message], { desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished });
    const asked: Asked = { query: '?v=1', header: HEADER, env: ENV };
    await ask(desk, server, asked);
    const again = ask(desk, server, { ...asked, ...other } as Asked);
    const error = await again.catch((thrown: unknown) => thrown);
    if (!(error instanceof RunFolderError)) throw new Error('the run was not refused');
    const text = [error.message, ...error.lines.map((line) => line.text)].join('\n');
    expect(text).toMatch(message);
    expect(text).not.toMatch(/eu-\d|first-key/);
    expect(server.answered()).toBe(1);
  });

  it('is the same run with another credential, and keeps no value of a variable', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished });
    await ask(desk, server, { query: '?sig=${KEY}', header: HEADER, env: ENV });
    await ask(desk, server, { query: '?sig=${KEY}', header: HEADER, env: { ...ENV, KEY: 'second-key' } });
    expect(server.answered()).toBe(1);
    const files = Object.values(await desk.files('run')).join('');
    expect(files).toContain('"x-team": "a"');
    expect(files).not.toMatch(/eu-1|first-key|second-key/);
  });

  it('without any keeps the identity that runs have always had', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished });
    await ask(desk, server, { env: { CUSTOM_API_KEY: 'team-key-1' } });
    const run = parseObject(await desk.read('run/run.json'));
    const identity = objectAt(run, 'identity');
    expect(Object.keys(identity)).toEqual([
      'dataset',
      'prompts',
      'models',
      'temperatures',
      'repeat',
      'params',
      'endpoints',
    ]);
    expect(identity['endpoints']).toEqual({ custom: 'http://loopback/v1' });
    expect(run).toMatchObject({
      settings: { endpoints: [{ provider: 'custom', baseUrl: server.url, auth: 'bearer' }] },
    });
  });

  it('uses cached answers of the same headers and query, whatever the credential', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished });
    const answered: number[] = [];
    const asked: readonly Asked[] = [
      {},
      {},
      { header: ['x-team: a'] },
      { header: ['x-team: b'] },
      { query: '?v=1' },
      { header: ['x-team: a', 'x-api-key: anybody-1'], query: '?sig=x' },
    ];
    for (const [index, one] of asked.entries()) {
      await ask(desk, server, { ...one, out: `run-${index}` });
      answered.push(server.answered());
    }
    expect(answered).toEqual([1, 1, 2, 3, 4, 4]);
  });
});
