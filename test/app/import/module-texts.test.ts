import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ECHO_MODULE, httpModule, providerModule } from '../../../src/app/import/module-texts.ts';
import { localServer, send } from '../../support/http-server.ts';

interface Answer {
  readonly output: string;
  readonly usage?: unknown;
}
type Provider = (input: object) => Promise<Answer>;

async function asked(
  text: string,
  messages: readonly object[],
  files: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-module-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const path = join(folder, 'provider.mjs');
    await writeFile(path, text);
    const { default: provider }: { default: Provider } = await import(pathToFileURL(path).href);
    return await provider({ messages, signal: new AbortController().signal });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const SAID = [{ role: 'user', content: 'Say "hi"' }];
const CHAT = [{ role: 'system', content: 'Be brief' }, ...SAID];

describe('a module in place of a provider', () => {
  it('gives back the prompt for echo', async () => {
    expect(await asked(ECHO_MODULE, SAID)).toMatchObject({ output: 'Say "hi"' });
    expect((await asked(ECHO_MODULE, CHAT)).output).toBe(JSON.stringify(CHAT));
  });

  it('asks an address with the prompt in its body, and reads the answer at its path', async (context) => {
    const seen: unknown[] = [];
    const server = await localServer(context, async (request, response) => {
      seen.push([request.method, request.url, request.headers['x-key'], JSON.parse(await readAll(request))]);
      send(response, { body: { a: [{ b: 'hello' }] } });
    });
    process.env['PROMPTGRID_TEST_KEY'] = 'k1';
    const request = {
      url: `${server.origin}/ask`,
      method: 'POST',
      headers: { 'x-key': '${PROMPTGRID_TEST_KEY}' },
      query: { v: '2' },
      body: { q: 'Q: {{prompt}}', n: 1 },
    };
    const text = httpModule({ request, path: ['a', 0, 'b'], code: null });
    expect(await asked(text, SAID)).toEqual({ output: 'hello' });
    delete process.env['PROMPTGRID_TEST_KEY'];
    expect(seen).toEqual([['POST', '/ask?v=2', 'k1', { q: 'Q: Say "hi"', n: 1 }]]);
    const coded = httpModule({ request, path: [], code: '(json, text) => json.a.length + text.length' });
    expect((await asked(coded, SAID)).output).toBe('22');
    const missing = httpModule({ request, path: ['c'], code: null });
    await expect(asked(missing, SAID)).rejects.toThrow('no answer where it is looked for');
  });

  it('fails where the address answers with an error', async (context) => {
    const server = await localServer(context, (_, response) => send(response, { status: 500, body: 'broken' }));
    const request = { url: server.origin, method: 'GET', headers: {}, query: {}, body: null };
    await expect(asked(httpModule({ request, path: [], code: null }), SAID)).rejects.toThrow('HTTP 500');
  });

  it('asks a class of promptfoo', async () => {
    const own = `module.exports = class {
      constructor({ config }) { this.sign = config.sign; }
      id() { return 'own'; }
      async callApi(prompt) {
        return prompt === 'bad' ? { error: 'no' } : { output: prompt + this.sign, tokenUsage: { prompt: 2, completion: 1 } };
      }
    };`;
    const text = providerModule('./own.cjs', { id: 'own', config: { sign: '!' } });
    expect(await asked(text, SAID, { 'own.cjs': own })).toEqual({
      output: 'Say "hi"!',
      usage: { promptTokens: 2, completionTokens: 1 },
    });
    await expect(asked(text, [{ role: 'user', content: 'bad' }], { 'own.cjs': own })).rejects.toThrow('no');
  });
});
