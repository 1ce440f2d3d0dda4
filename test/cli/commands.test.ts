import { readFile } from 'node:fs/promises';
import { request } from 'undici';
import { describe, expect } from 'vitest';
import { formatDecimal, parseDecimal } from '../../src/core/money.ts';
import { GPTUNNEL_EMBEDDINGS, GPTUNNEL_PRICES } from '../../src/pricing/gptunnel-prices.ts';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const KEY = { env: { GPTUNNEL_API_KEY: 'right' } };

describe.concurrent('promptgrid models', () => {
  it('lists what the provider offers, with its prices', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'right' });
    const { stdout } = await desk.pass(['models', '--base-url', gateway.url], KEY);
    for (const { id, title } of GPTUNNEL_PRICES) expect(stdout).toMatch(new RegExp(`^ *${id} .*${title}`, 'm'));
    expect(stdout).toMatch(/gpt-3\.5-turbo .* 1\.35 RUB .* 2\.7 RUB/);
  });

  it('lists it as one JSON document', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'right' });
    const { stdout } = await desk.pass(['models', '--json', '--base-url', gateway.url], KEY);
    const models: unknown = JSON.parse(stdout);
    expect(models).toHaveLength(GPTUNNEL_PRICES.length + GPTUNNEL_EMBEDDINGS.length);
    expect(models).toContainEqual({
      id: 'gpt-3.5-turbo',
      title: 'GPT-3.5 Turbo',
      maxCapacity: 16_385,
      price: expect.objectContaining({ input: '1.35', output: '2.7', per: '1000 tokens', currency: 'RUB' }),
    });
  });
});

describe.concurrent('promptgrid balance', () => {
  it('shows the exact remainder after a run', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'right', balance: '100.5' });
    await desk.write('rows.csv', questions(3));
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url], KEY);
    const { stdout } = await desk.pass(['balance', '--json', '--base-url', gateway.url], KEY);
    const left = (parseDecimal('100.5') ?? 0n) - (parseDecimal(gateway.stats().billed) ?? 0n);
    expect(parseObject(stdout)).toMatchObject({ balance: formatDecimal(left), currency: 'RUB' });
  });

  it('prints it for people', async ({ desk }) => {
    const gateway = await desk.gateway({ balance: '12.345' });
    const { stdout } = await desk.pass(['balance', '--base-url', gateway.url]);
    expect(stdout).toMatch(/^12\.3[45] ₽ left/);
  });

  it('reports a wrong key', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'right' });
    const { status, stderr } = await desk.run(['balance', '--base-url', gateway.url], {
      env: { GPTUNNEL_API_KEY: 'wrong-key-2' },
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^key: .*\nerror .*401.*\nhint .*key.*\n$/);
    expect(stderr).not.toContain('wrong-key-2');
  });
});

describe.concurrent('promptgrid gateway', () => {
  it('prints its address, serves with the given faults, and ends on SIGINT', async ({ desk }) => {
    const cli = desk.start(['gateway', '--port', '0', '--key', 'right', '--rate-429', '0.3', '--retry-after', '0']);
    await cli.until(() => /^http:\/\/\S+\n/.test(cli.stdout));
    const [url = ''] = cli.stdout.split('\n');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    await desk.write('rows.csv', questions(10));
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run', '--base-url', url], KEY);
    expect(await csvResults(desk, 'run')).toHaveLength(10);
    const stats = await request(new URL('/stats', url));
    expect(await stats.body.json()).toMatchObject({ served: 10, faults: { 429: expect.toSatisfy(isPositive) } });
    cli.signal('SIGINT');
    const { status, signal, stderr } = await cli.ended;
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(stderr).toContain(`use it with --base-url ${url}; the API key is the one of --key\n`);
    expect(stderr).toContain('served 10 calls');
  });

  it('tells how to use it, and needs no key unless one was set', async ({ desk }) => {
    const cli = desk.start(['gateway', '--port', '0']);
    await cli.until(() => cli.stderr.includes('no key is needed\n'));
    const [flag = '', url = ''] = /--base-url (\S+)(?=; no key is needed\n)/.exec(cli.stderr) ?? [];
    expect(flag).toBe(`--base-url ${url}`);
    await desk.write('rows.csv', questions(2));
    const { status } = await desk.run(['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run', '--base-url', url]);
    expect(status).toBe(0);
    cli.signal('SIGINT');
    expect((await cli.ended).status).toBe(0);
  });

  it('refuses a port that is in use', async ({ desk }) => {
    const { url } = await desk.gateway();
    const { status, stderr } = await desk.run(['gateway', '--port', new URL(url).port]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error .*cannot listen.*\nhint .*\n$/);
  });
});

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

describe.concurrent('--version', () => {
  it('prints the version of the package', async ({ desk }) => {
    const { version } = parseObject(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await desk.start(['--version']).ended).stdout).toBe(`${JSON.stringify(version).slice(1, -1)}\n`);
  });
});

describe.concurrent('a word after the command', () => {
  it('is an argument, even if it is the name of a command or what the parser calls one', async ({ desk }) => {
    for (const word of ['run', '$0']) {
      const { status, stderr } = await desk.run(['run', word, '-m', 'gpt-4o', '--simulate', '--dry-run']);
      expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(`error ${word}`) });
    }
  });
});
