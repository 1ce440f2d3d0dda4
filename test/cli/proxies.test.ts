import { describe, expect } from 'vitest';
import { hasOpenssl, ownCa } from '../support/certificates.ts';
import { it } from '../support/in-process.ts';
import { forwardProxy } from '../support/proxy.ts';
import { csvResults } from '../support/results.ts';
import { strictServer } from '../support/strict-server.ts';

const RUN = ['run', 'rows.csv', '-m', 'm', '--provider', 'custom', '--prompt', '{{ q }}', '--out', 'run', '--no-cache'];
const KEY = { CUSTOM_API_KEY: 'team-key-1' };
const CREDENTIALS = `Basic ${Buffer.from('anna:pass-word-1').toString('base64')}`;

describe.concurrent('a run behind a proxy', { timeout: 60_000 }, () => {
  it('goes through HTTP_PROXY with its credentials, which are shown nowhere', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished });
    const proxy = await forwardProxy({ onTestFinished }, { credentials: CREDENTIALS });
    await desk.write('rows.csv', 'q\none\ntwo\n');
    const env = { ...KEY, HTTP_PROXY: `http://anna:pass-word-1@${proxy.host}` };
    const words = [...RUN, '--base-url', server.url];
    const dry = await desk.pass([...words, '--dry-run'], { env });
    expect(dry.stdout).toContain(`${server.url} through the proxy http://[key]@${proxy.host}`);
    const { stdout, stderr } = await desk.pass(words, { env });
    expect(proxy.requests.map(({ line }) => line)).toEqual([
      `GET ${server.url}/models`,
      `POST ${server.url}/chat/completions`,
      `POST ${server.url}/chat/completions`,
    ]);
    expect(server.answered()).toBe(2);
    const files = Object.values(await desk.files('run')).join('');
    expect(files).toContain(`http://[key]@${proxy.host}`);
    for (const secret of ['pass-word-1', CREDENTIALS.slice(6)]) {
      expect([dry.stdout, stdout, stderr, files].filter((text) => text.includes(secret))).toEqual([]);
    }
  });

  it('says which proxy refuses it, and what is missing', async ({ desk, onTestFinished }) => {
    const server = await strictServer({ onTestFinished });
    const proxy = await forwardProxy({ onTestFinished }, { credentials: CREDENTIALS });
    await desk.write('rows.csv', 'q\none\n');
    const env = { ...KEY, http_proxy: proxy.host };
    const { status, stderr } = await desk.run([...RUN, '--base-url', server.url], { env });
    expect(status).toBe(2);
    expect(stderr).toContain(`${server.url}: the proxy http://${proxy.host} asks for a user name and a password`);
    expect(server.requests).toEqual([]);
  });

  it('bypasses it on this machine, and for simulated answers', async ({ desk, onTestFinished }) => {
    const proxy = await forwardProxy({ onTestFinished });
    const gateway = await desk.gateway();
    await desk.write('rows.csv', 'q\none\n');
    const env = { HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: `http://${proxy.host}` };
    const words = ['run', 'rows.csv', '-m', 'gpt-4o', '--prompt', '{{ q }}', '--no-cache'];
    await desk.pass([...words, '--out', 'a', '--base-url', gateway.url], { env });
    await desk.pass([...words, '--out', 'b', '--simulate'], { env });
    expect(proxy.requests).toEqual([]);
    expect(gateway.stats().served).toBe(1);
  });

  it.skipIf(!hasOpenssl)(
    'reaches an https address through a tunnel (needs openssl)',
    async ({ desk, onTestFinished }) => {
      const { tls, file } = await ownCa({ onTestFinished });
      const server = await strictServer({ onTestFinished }, { tls, headers: { authorization: 'Bearer team-key-1' } });
      const proxy = await forwardProxy({ onTestFinished }, { credentials: CREDENTIALS });
      await desk.write('rows.csv', 'q\none\ntwo\nthree\n');
      const env = {
        ...KEY,
        NODE_EXTRA_CA_CERTS: file,
        HTTPS_PROXY: `http://anna:pass-word-1@${proxy.host}`,
      };
      const ran = await desk.start([...RUN, '--base-url', server.url, '--concurrency', '2'], { env }).ended;
      expect(ran).toMatchObject({ status: 0 });
      expect((await csvResults(desk, 'run')).map((row) => row['output'])).toHaveLength(3);
      const line = `CONNECT ${new URL(server.url).host}`;
      expect(proxy.requests.every((request) => request.line === line)).toBe(true);
      expect(proxy.requests.length).toBeLessThanOrEqual(2);
      // The proxy cannot read what goes through the tunnel.
      expect(server.requests.every(({ headers }) => headers['proxy-authorization'] === undefined)).toBe(true);
      const refused = await desk.start(['models', '--provider', 'custom', '--base-url', server.url], {
        env: { ...env, HTTPS_PROXY: `http://anna:other-word-1@${proxy.host}` },
      }).ended;
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain(`the proxy http://[key]@${proxy.host} asks for a user name and a password`);
    },
  );

  it.skipIf(!hasOpenssl)(
    'keeps NODE_EXTRA_CA_CERTS with --ca-file (needs openssl)',
    async ({ desk, onTestFinished }) => {
      const [known, other] = [await ownCa({ onTestFinished }), await ownCa({ onTestFinished })];
      const server = await strictServer({ onTestFinished }, { tls: known.tls });
      await desk.write('rows.csv', 'q\none\n');
      const words = [...RUN, '--base-url', server.url, '--ca-file', other.file];
      const { stderr } = await desk.run(words, { env: KEY });
      expect(stderr).toContain('--ca-file <file>');
      expect(server.answered()).toBe(0);
      expect(await desk.start(words, { env: { ...KEY, NODE_EXTRA_CA_CERTS: known.file } }).ended).toMatchObject({
        status: 0,
      });
      expect(server.answered()).toBe(1);
    },
  );

  it.skipIf(!hasOpenssl)('trusts --ca-file through a tunnel (needs openssl)', async ({ desk, onTestFinished }) => {
    const { tls, file } = await ownCa({ onTestFinished });
    const server = await strictServer({ onTestFinished }, { tls });
    const proxy = await forwardProxy({ onTestFinished });
    await desk.write('rows.csv', 'q\none\n');
    const env = { ...KEY, HTTPS_PROXY: `http://${proxy.host}` };
    await desk.pass([...RUN, '--base-url', server.url, '--ca-file', file], { env });
    expect(server.answered()).toBe(1);
    expect(proxy.requests[0]?.line).toBe(`CONNECT ${new URL(server.url).host}`);
  });
});
