import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject } from '../support/results.ts';
import { strictServer } from '../support/strict-server.ts';

const KEY = ['azure', '0123456789/abcdef+x'].join('-');
const VERSION = '?api-version=2024-10-21';
const RUN = ['run', 'rows.csv', '-m', 'm', '--provider', 'custom', '--prompt', '{{ q }}', '--out', 'run'];
const KEY_HEADER = ['--header', 'api-key: ${AZURE_KEY}'];
const ENV = { AZURE_KEY: KEY };

async function expectNowhere(desk: Desk, secret: string, ...texts: readonly string[]): Promise<void> {
  const files = Object.values(await desk.files('.').catch(() => ({})));
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
  expect([...texts, ...files].filter((text) => forms.some((form) => text.includes(form)))).toEqual([]);
}

describe.concurrent('a run with headers and a query', () => {
  it('reaches a server that requires them, and shows the secret nowhere', async ({ desk, onTestFinished }) => {
    const server = await strictServer(
      { onTestFinished },
      { headers: { 'api-key': KEY, 'x-team': 'search' }, query: VERSION },
    );
    await desk.write('rows.csv', 'q\none\ntwo\n');
    const words = [...RUN, '--base-url', `${server.url}${VERSION}`, ...KEY_HEADER, '--header', 'x-team: search'];
    const dry = await desk.pass([...words, '--dry-run', '--json'], { env: ENV });
    expect(parseObject(dry.stdout)).toMatchObject({
      endpoints: [`${server.url}${VERSION} with api-key: [key], x-team: search`],
    });
    const { stdout, stderr } = await desk.pass(words, { env: ENV });
    expect((await csvResults(desk, 'run')).map((row) => row['status'])).toEqual(['completed', 'completed']);
    expect(server.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    const run = parseObject(await desk.read('run/run.json'));
    expect(run).toMatchObject({
      identity: { endpoints: { custom: `http://loopback/v1${VERSION}` }, headers: { custom: { 'x-team': 'search' } } },
      settings: { endpoints: [{ baseUrl: server.url, headers: { 'api-key': '[key]', 'x-team': 'search' } }] },
    });
    await expectNowhere(desk, KEY, stdout, stderr, dry.stdout, dry.stderr);
  });

  it('shows no secret that a server repeats, and resumes by the printed command', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished }, { headers: { 'api-key': KEY } });
    await desk.write('rows.csv', 'q\none\ntwo\n');
    const wrong = ['wrong', '0123456789/abcdef+x'].join('-');
    const words = [...RUN, '--no-model-check', '--base-url', `${server.url}?sig=\${SIGNATURE}`, ...KEY_HEADER];
    const secrets = { AZURE_KEY: wrong, SIGNATURE: 'sign-me/0123' };
    const { status, stdout, stderr } = await desk.run([...words, '--json'], { env: secrets });
    expect(status).toBe(4);
    expect(stderr).toContain('[key]');
    for (const secret of Object.values(secrets)) await expectNowhere(desk, secret, stdout, stderr);
    const [, command = ''] = /(npx promptgrid run .*)$/m.exec(stderr) ?? [];
    expect(command).toContain("--header 'api-key: ${AZURE_KEY}'");
    const mended = await desk.runLine(command.replace(/'\S+\?sig=[^']*'/, server.url), { env: ENV });
    expect(mended.stderr).not.toContain('error');
    expect(mended.status).toBe(0);
    expect(server.answered()).toBe(2);
  });

  it('replaces a written-out secret with a variable in the printed command', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished }, { headers: { 'x-api-key': KEY } });
    await desk.write('rows.csv', 'q\none\n');
    const literal = ['wrong', '0123456789'].join('-');
    const words = [...RUN, '--no-model-check', '--base-url', server.url, '--header', `X-Api-Key: ${literal}`];
    const { status, stdout, stderr } = await desk.run(words);
    expect(status).toBe(4);
    await expectNowhere(desk, literal, stdout, stderr);
    const [, command = ''] = /(npx promptgrid run .*)$/m.exec(stderr) ?? [];
    expect(command).toMatch(/--header 'X-Api-Key: \$\{X_API_KEY\}'.* # first set X_API_KEY: a secret is not printed$/);
    const resumed = await desk.runLine(command, { env: { X_API_KEY: KEY } });
    expect([resumed.status, server.answered()]).toEqual([0, 1]);
  });

  it('sends them with requests for models and balances, too', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished }, { headers: { 'api-key': KEY }, query: VERSION });
    const words = ['--base-url', `${server.url}${VERSION}`, ...KEY_HEADER, '--json'];
    expect(JSON.parse((await desk.pass(['models', ...words], { env: ENV })).stdout)).toMatchObject([{ id: 'm' }]);
    expect(parseObject((await desk.pass(['balance', ...words], { env: ENV })).stdout)).toMatchObject({
      balance: '12.5',
    });
    const { status, stdout, stderr } = await desk.run(['models', ...words], { env: { AZURE_KEY: `${KEY}2` } });
    expect(status).toBe(2);
    expect(stdout + stderr).toContain('[key]');
    await expectNowhere(desk, KEY, stdout, stderr);
  });
});
