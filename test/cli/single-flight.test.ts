import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import { chatServer } from '../support/chat-server.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonlResults, parseObject } from '../support/results.ts';

const ROWS = 40;
const rows = `id,prompt\n${Array.from({ length: ROWS }, (_, index) => `r${index},What is one plus one?`).join('\n')}\n`;

function words({ url }: Pick<Gateway, 'url'>, ...more: readonly string[]): readonly string[] {
  return ['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', url, '--out', 'run', '--max-tokens', '16', ...more];
}

describe.concurrent('equal requests in flight', { timeout: 60_000 }, () => {
  it('at temperature 0 are sent once: the others are cached, cost nothing and report what was saved', async ({
    desk,
  }) => {
    const gateway = await desk.gateway({ latencyMs: 50 });
    await desk.write('rows.csv', rows);
    const { stdout } = await desk.pass(words(gateway, '-t', '0', '--json'));
    const { served, billed } = gateway.stats();
    expect(served).toBe(1);
    expect(parseObject(stdout)).toMatchObject({ completed: ROWS, cached: ROWS - 1, cost: { total: billed } });
    const lines = await csvResults(desk, 'run');
    expect(new Set(lines.map(({ output, total_tokens: tokens }) => `${output} ${tokens}`)).size).toBe(1);
    const cached = lines.filter((line) => line['cached'] === 'true');
    expect(cached).toHaveLength(ROWS - 1);
    expect(new Set(cached.map((line) => `${line['total_cost']} ${line['attempts']}`))).toEqual(new Set(['0.0 0']));
  });

  it.for([
    ['without the cache', ['-t', '0', '--no-cache'], ROWS],
    ['above temperature 0', ['-t', '0.7'], ROWS],
    ['for each repeat', ['-t', '0', '--repeat', '3'], 3],
    ['for each variant', ['-t', '0,0.7', '--cache-all', '--system', 'Be brief'], 2],
  ] as const)('%s are sent separately', async ([, more, calls], { desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    await desk.write('rows.csv', rows);
    await desk.pass(words(gateway, ...more));
    expect(gateway.stats().served).toBe(calls);
  });

  it('are sent once to each endpoint', async ({ desk }) => {
    const [first, second] = [await desk.gateway({ latencyMs: 20 }), await desk.gateway({ latencyMs: 20 })];
    await desk.write('rows.csv', rows);
    await desk.write('promptgrid.yaml', `providers:\n  custom:\n    baseUrl: ${second.url}\n`);
    const env = { CUSTOM_API_KEY: 'x' };
    await desk.pass(
      [
        ...words(first, '-t', '0').slice(0, 2),
        '-m',
        'gpt-4o,custom/gpt-4o',
        '-t',
        '0',
        '--base-url',
        first.url,
        '--out',
        'run',
      ],
      { env },
    );
    expect([first.stats().served, second.stats().served]).toEqual([1, 1]);
  });

  it('need a budget for one call only', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    await desk.write('rows.csv', rows);
    await desk.pass(words(gateway, '-t', '0'));
    const twice = String(Number(gateway.stats().billed) * 2);
    await desk.pass(words(gateway, '-t', '0', '--budget', twice, '--overwrite', '--cache', 'other'));
    expect(gateway.stats().served).toBe(2);
  });

  it('are not failed with the first one', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, ({ before }) =>
      before === 0 ? { status: 400, body: { error: { message: 'content filter', code: 'content_filter' } } } : 'two',
    );
    await desk.write('rows.csv', rows);
    const ended = await desk.run([...words(server, '-t', '0', '--provider', 'custom', '--no-model-check')]);
    expect(ended.status).toBe(3);
    const lines = await jsonlResults(desk, 'run');
    expect(lines.filter(({ status }) => status === 'errored')).toHaveLength(1);
    expect(lines.filter(({ output }) => output === 'two')).toHaveLength(ROWS - 1);
    expect(server.calls).toHaveLength(2);
  });

  it('are sent once more after a kill', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 500 });
    await desk.write('rows.csv', rows);
    const cli = desk.start(words(gateway, '-t', '0'));
    await cli.until(() => gateway.stats().inFlight === 1);
    cli.signal('SIGKILL');
    await cli.ended;
    await desk.pass(words(gateway, '-t', '0'));
    expect(gateway.stats().calls).toBe(2);
    expect(await jsonlResults(desk, 'run')).toHaveLength(ROWS);
  });
});
