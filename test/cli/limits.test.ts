import { describe, expect } from 'vitest';
import { plainServer } from '../support/chat-server.ts';
import { fastIt, it } from '../support/in-process.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '--out', 'run'];

describe.concurrent('--rpm', { timeout: 60_000 }, () => {
  it('spaces calls instead of making them at once', async ({ desk, onTestFinished }) => {
    const server = await plainServer({ onTestFinished });
    await desk.write('rows.csv', questions(20));
    const flags = ['--provider', 'custom', '-m', 'plain', '--base-url', server.url, '--rpm', '600'];
    expect(await desk.start([...RUN, ...flags]).ended).toMatchObject({ status: 0 });
    const timesMs = server.calls.map(({ atMs }) => atMs);
    expect(timesMs).toHaveLength(20);
    // 19 pauses of 100 ms; the first and the last call may take unlike times to arrive.
    expect(Math.max(...timesMs) - Math.min(...timesMs)).toBeGreaterThan(1900 - 250);
  });

  it('starts no call early, whatever --concurrency is', async ({ desk }) => {
    const gateway = await desk.gateway({ maxRpm: 30, latencyMs: 300 });
    await desk.write('rows.csv', questions(3));
    const flags = ['-m', 'gpt-4o', '--base-url', gateway.url, '--rpm', '30', '--concurrency', '64'];
    expect(await desk.start([...RUN, ...flags, '--concurrency-mode', 'fixed']).ended).toMatchObject({ status: 0 });
    expect(gateway.stats()).toMatchObject({ served: 3, refused429: 0, maxInFlight: 1 });
  });
});

describe.concurrent('what runs with --rpm share', { timeout: 60_000 }, () => {
  const LIMITED = [...RUN, '-m', 'gpt-4o', '--rpm', '6000', '--api-key-env', 'KEY'];
  const KEY = 'sk-test-0123456789';

  it('is in a folder of the user, which holds no key and is created only if a limit is set', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const env = { KEY, XDG_STATE_HOME: desk.path('state') };
    await desk.pass([...RUN, '-m', 'gpt-4o', '--base-url', gateway.url], { env });
    expect(await desk.list()).not.toContain('state');
    await desk.pass([...LIMITED, '--base-url', gateway.url, '--overwrite'], { env });
    const names = await desk.list('state/promptgrid');
    expect(names).toEqual([
      expect.stringMatching(/^rates-\w{20}$/),
      expect.stringMatching(/^rates-\w{20}.data\.mdb$/),
      expect.stringMatching(/^rates-\w{20}.lock\.mdb$/),
    ]);
    expect(await desk.read(`state/promptgrid/${names[1]}`)).toContain('"ended":[');
    expect(await desk.read(`state/promptgrid/${names[1]}`)).not.toContain(KEY);
  });

  it('causes only a warning if that folder cannot be created', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(3));
    const env = { KEY, XDG_STATE_HOME: desk.path('rows.csv') };
    const { stderr } = await desk.pass([...LIMITED, '--base-url', gateway.url], { env });
    expect(stderr).toMatch(
      /warning: .*promptgrid.rates-\w+: runs cannot count their requests together \(ENOTDIR.*\): --rpm/,
    );
    expect(gateway.stats().served).toBe(3);
  });
});

describe.concurrent('a server that accepts few concurrent calls', { timeout: 120_000 }, () => {
  // Its pauses take 20 s; bench/limits.mjs holds it to 5 % in real time.
  fastIt('refuses hardly any, and each trial is paid once', async ({ desk }) => {
    const gateway = await desk.gateway({ maxInFlight: 8, latencyMs: 8 });
    await desk.write('rows.csv', questions(1500));
    const grid = ['-m', 'gpt-4o', '--base-url', gateway.url, '--concurrency', '64', '--no-cache'];
    expect(await desk.run([...RUN, ...grid])).toMatchObject({ status: 0 });
    const { served, duplicates, refused429, calls, maxInFlight } = gateway.stats();
    expect({ served, duplicates, maxInFlight }).toEqual({ served: 1500, duplicates: 0, maxInFlight: 8 });
    expect(refused429).toBeGreaterThan(0);
    expect(refused429 / calls).toBeLessThan(0.05);
  });
});

describe.concurrent('--concurrency', { timeout: 60_000 }, () => {
  it('is the maximum ever in flight, and is reached if the server accepts it', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 40 });
    await desk.write('rows.csv', questions(200));
    await desk.pass([...RUN, '-m', 'gpt-4o', '--base-url', gateway.url, '--concurrency', '20']);
    expect(gateway.stats()).toMatchObject({ served: 200, maxInFlight: 20 });
  });
});

describe.concurrent('--tpm', { timeout: 60_000 }, () => {
  it('ends a trial that is larger than the limit with an error that says so, without a call', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', `prompt\nshort\n${'long '.repeat(2000)}\n`);
    const words = [...RUN, '-m', 'gpt-4o', '--max-tokens', '50', '--base-url', gateway.url, '--tpm', '1000', '--json'];
    const { status, stdout } = await desk.run(words);
    expect(status).toBe(3);
    expect(parseObject(stdout)).toMatchObject({ completed: 1, errored: 1 });
    const [first, second] = await csvResults(desk, 'run');
    expect(first).toMatchObject({ status: 'completed' });
    expect(second).toMatchObject({ status: 'errored', error_code: 'exceeds_limit', attempts: '0', output: '' });
    expect(second?.['error_message']).toMatch(/^it may spend 2\d{3} tokens, more than --tpm lets in/);
    expect(gateway.stats().calls).toBe(1);
  });
});
