import { describe, expect } from 'vitest';
import { chatServer } from '../support/chat-server.ts';
import { it } from '../support/in-process.ts';
import { csvResults, parseObject, questions } from '../support/results.ts';

const RUN = ['run', 'rows.csv', '--provider', 'custom', '-m', 'm', '--out', 'run', '--no-cache'];
const KEY = { env: { CUSTOM_API_KEY: 'key-1234' } };

describe.concurrent('a run that a server stops', () => {
  it('says why every request was refused, and which flag fixes it', async ({ desk, onTestFinished }) => {
    const message = "Unsupported parameter: 'top_p' is not supported with this model.";
    const body = { error: { message, type: 'invalid_request_error', param: 'top_p', code: 'unsupported_parameter' } };
    const server = await chatServer({ onTestFinished }, () => ({ status: 400, body }));
    await desk.write('rows.csv', questions(300));
    const { status, stderr } = await desk.run([...RUN, '--base-url', server.url, '--top-p', '0.5'], KEY);
    expect(status).toBe(4);
    expect(server.calls).toHaveLength(5);
    expect(stderr).toContain(message);
    expect(stderr).toContain('leave --top-p out');
    expect(stderr).toMatch(/npx promptgrid run rows\.csv .*--out run/);
    expect(await csvResults(desk, 'run')).toHaveLength(5);
  });

  it('says when resuming is worthwhile, on the terminal and in its document', async ({ desk, onTestFinished }) => {
    const limited = { status: 429, body: { error: 'Slow down' }, headers: { 'retry-after': '3600' } };
    const server = await chatServer({ onTestFinished }, () => limited);
    await desk.write('rows.csv', questions(20));
    const words = [...RUN, '--base-url', server.url, '--stop-after-wait', '60', '--json'];
    const { status, stdout, stderr } = await desk.run(words, KEY);
    expect(status).toBe(4);
    expect(server.calls).toHaveLength(1);
    const [moment] = /20\d\d-\d\d-\d\dT[\d:]+/.exec(stderr) ?? [];
    expect(parseObject(stdout)).toMatchObject({
      state: 'stopped',
      resumeAt: expect.stringMatching(new RegExp(`^${moment}\\.\\d+Z$`)),
    });
    expect(stderr).toMatch(/a pause of 1 h until .*rate limit \(429\)/);
  });

  it('says how long it waits', async ({ desk, onTestFinished }) => {
    const limited = { status: 429, body: { error: 'Slow down' }, headers: { 'retry-after': '1700' } };
    const server = await chatServer({ onTestFinished }, () => limited);
    await desk.write('rows.csv', questions(20));
    const running = desk.start([...RUN, '--base-url', server.url], KEY);
    await running.until(() => running.stderr.includes('waiting'));
    expect(running.stderr).toMatch(
      / · waiting 28 min(?: 20 s)?: rate limit \(429\) · .* · over 28 min(?: 20 s)? left\n/,
    );
  });

  it('asks whether /v1 is missing where nothing is found at the address', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, () => ({ status: 404, body: '404 page not found' }));
    await desk.write('rows.csv', questions(20));
    const { status, stderr } = await desk.run([...RUN, '--base-url', server.origin], KEY);
    expect(status).toBe(4);
    expect(server.calls).toHaveLength(1);
    expect(stderr).toContain('HTTP 404: 404 page not found; is /v1 missing at the end of --base-url?');
  });

  it('in its pilot says why too', async ({ desk, onTestFinished }) => {
    const body = { error: { message: 'Not for you', code: 'unsupported_country_region_territory' } };
    const server = await chatServer({ onTestFinished }, () => ({ status: 403, body }));
    await desk.write('rows.csv', questions(20));
    const words = ['estimate', ...RUN.slice(1), '--base-url', server.url, '--pilot', '5'];
    const { status, stderr } = await desk.run(words, KEY);
    expect(status).toBe(4);
    expect(stderr).toMatch(/the pilot stopped: .*HTTP 403: Not for you/);
  });

  it('reports an invalid length of a pause', async ({ desk }) => {
    await desk.write('rows.csv', questions(1));
    const { status, stderr } = await desk.run(
      [...RUN, '--base-url', 'http://127.0.0.1:9/v1', '--stop-after-wait=-1'],
      KEY,
    );
    expect(status).toBe(2);
    expect(stderr).toContain('--stop-after-wait must be a number from 0, got "-1"');
  });
});
