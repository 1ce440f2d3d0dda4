import { describe, expect } from 'vitest';
import type { FaultShares } from '../../src/gateway/index.ts';
import type { Desk } from '../support/cli.ts';
import { fastIt as it } from '../support/in-process.ts';
import { comparable, csvResults, parseObject, questions, sumDecimals } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '--out', 'run'];
/** Every failure except a hanging call; more than a third of the calls. */
const FAULTS: FaultShares = {
  rate429: 0.1,
  rate5xx: 0.05,
  rateReset: 0.05,
  rateTruncated: 0.05,
  rateHtml: 0.05,
  rateCode6: 0.05,
};

// With these seeds every kind of fault occurs, and few calls fail often, since the pauses between them grow.

/** The results of the same rows and model from a gateway without faults. */
async function cleanResults(desk: Desk): Promise<ReturnType<typeof comparable>> {
  const gateway = await desk.gateway();
  await desk.pass(['run', 'rows.csv', '--out', 'clean', '-m', 'gpt-4o', '--base-url', gateway.url]);
  return comparable(await csvResults(desk, 'clean'));
}

describe.concurrent('a call that fails', () => {
  it('is retried until it is answered, whatever the failure, and is paid once', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: FAULTS, retryAfterS: 0, seed: 82 });
    await desk.write('rows.csv', questions(40));
    const words = [...RUN, '-m', 'gpt-4o', '--base-url', gateway.url, '--max-attempts', '30'];
    await desk.pass(words);
    const { served, duplicates, faults, billed } = gateway.stats();
    expect({ served, duplicates }).toEqual({ served: 40, duplicates: 0 });
    const { hang, ...played } = faults;
    expect(hang).toBe(0);
    for (const count of Object.values(played)) expect(count).toBeGreaterThan(0);
    const rows = await csvResults(desk, 'run');
    expect(comparable(rows)).toEqual(await cleanResults(desk));
    expect(sumDecimals(rows.map((row) => row['total_cost'] ?? ''))).toBe(billed);
    const calls = rows.map((row) => Number(row['attempts'])).reduce((sum, attempts) => sum + attempts, 0);
    expect(calls).toBe(gateway.stats().calls);
  });

  it('is given up after --timeout without an answer, and retried', async ({ desk }) => {
    const gateway = await desk.gateway({ faults: { rateHang: 0.3 }, seed: 5 });
    await desk.write('rows.csv', questions(10));
    const flags = ['--base-url', gateway.url, '--timeout', '1', '--max-attempts', '30'];
    await desk.pass([...RUN, '-m', 'gpt-4o', ...flags]);
    expect(gateway.stats().faults.hang).toBeGreaterThan(0);
    expect(comparable(await csvResults(desk, 'run'))).toEqual(await cleanResults(desk));
  });

  it('is recorded as errored after the last attempt, and only errored ones are paid with --retry-errored', async ({
    desk,
  }) => {
    const gateway = await desk.gateway({ faults: FAULTS, retryAfterS: 0, seed: 82 });
    await desk.write('rows.csv', questions(40));
    const words = [...RUN, '-m', 'gpt-4o', '--score', 'contains', '--base-url', gateway.url];
    const first = await desk.run([...words, '--max-attempts', '1']);
    expect(first.status).toBe(3);
    expect(first.stderr).toMatch(/npx promptgrid run rows\.csv .*--retry-errored/);
    const { served, faults } = gateway.stats();
    const rows = await csvResults(desk, 'run');
    const errored = rows.filter((row) => row['status'] === 'errored');
    expect(rows).toHaveLength(40);
    expect(errored).toHaveLength(40 - served);
    for (const row of errored) {
      expect(row).toMatchObject({ output: '', total_cost: '', 'score.contains': '', passed: '', attempts: '1' });
      expect(row['error_code']).toMatch(/^[a-z_]+$/);
      expect(row['error_message']).not.toBe('');
    }
    expect(errored.filter((row) => row['error_code'] === 'rate_limited')).toHaveLength(faults['429']);
    expect(errored.filter((row) => row['error_code'] === 'overloaded')).toHaveLength(faults['5xx']);

    // Without the flag, errored trials stay so without a call.
    const { calls } = gateway.stats();
    expect((await desk.run([...words, '--max-attempts', '1'])).status).toBe(3);
    expect(gateway.stats().calls).toBe(calls);

    await desk.pass([...words, '--max-attempts', '30', '--retry-errored']);
    expect(gateway.stats()).toMatchObject({ served: 40, duplicates: 0 });
    const outputs = (await csvResults(desk, 'run')).map((row) => row['output']);
    expect(outputs).toEqual((await cleanResults(desk)).map((row) => row['output']));
  });
});

describe.concurrent('a run that cannot continue', () => {
  it('stops at the first call with a wrong key, shows it nowhere, and resumes with the right one', async ({ desk }) => {
    const gateway = await desk.gateway({ key: 'right-key-1' });
    await desk.write('rows.csv', questions(30));
    const words = [...RUN, '-m', 'gpt-4o,yandexgpt', '--base-url', gateway.url];
    const { status, stdout, stderr } = await desk.run(words, { env: { GPTUNNEL_API_KEY: 'wrong-key-1' } });
    expect(status).toBe(4);
    expect(stderr).toMatch(/key/);
    expect(gateway.stats().calls).toBeGreaterThan(0);
    expect(gateway.stats().calls).toBeLessThanOrEqual(2);
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'stopped' });
    const files = Object.values(await desk.files('run'));
    expect([stdout, stderr, ...files].filter((text) => text.includes('wrong-key-1'))).toEqual([]);

    await desk.pass(words, { env: { GPTUNNEL_API_KEY: 'right-key-1' } });
    expect(gateway.stats()).toMatchObject({ served: 60, duplicates: 0 });
    expect(parseObject(await desk.read('run/run.json'))).toMatchObject({ state: 'completed' });
  });

  it('stops when the balance is used up, keeps what was paid, and resumes when there is more', async ({ desk }) => {
    const poor = await desk.gateway({ balance: '2.5' });
    await desk.write('rows.csv', questions(30));
    const words = [...RUN, '-m', 'gpt-4o', '--base-url', poor.url, '--concurrency', '4'];
    const { status, stdout, stderr } = await desk.run([...words, '--json']);
    expect(status).toBe(4);
    expect(stderr).toMatch(/balance[^]*resume with: npx promptgrid run/);
    const { served, billed, rejected } = poor.stats();
    expect(served).toBeGreaterThan(0);
    expect(rejected).toBeLessThanOrEqual(4);
    expect(parseObject(stdout)).toMatchObject({ state: 'stopped', completed: served, cost: { total: billed } });
    expect(await csvResults(desk, 'run')).toHaveLength(served);
    await poor.close();

    const rich = await desk.gateway({ port: Number(new URL(poor.url).port) });
    await desk.pass(words);
    expect(rich.stats().served).toBe(30 - served);
    expect(comparable(await csvResults(desk, 'run'))).toEqual(await cleanResults(desk));
  });
});

describe.concurrent('a model that does not exist', () => {
  it('gets one call, fails its own trials, and delays no other model', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 5 });
    await desk.write('rows.csv', questions(15));
    const words = [...RUN, '-m', 'no-such-model,gpt-4o', '-t', '0,1', '--base-url', gateway.url, '--no-model-check'];
    const { status } = await desk.run(words);
    expect(status).toBe(3);
    expect(gateway.stats()).toMatchObject({ rejected: 1, served: 30, calls: 31 });
    const rows = await csvResults(desk, 'run');
    const failed = rows.filter((row) => row['model'] === 'no-such-model');
    expect(failed).toHaveLength(30);
    expect(new Set(failed.map((row) => `${row['status']} ${row['error_code']} ${row['output']}`))).toEqual(
      new Set(['errored model_not_found ']),
    );
    expect(rows.filter((row) => row['model'] === 'gpt-4o' && row['status'] === 'completed')).toHaveLength(30);
  });
});
