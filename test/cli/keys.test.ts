import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Desk, Ended } from '../support/cli.ts';
import { echoServer, SHAPES } from '../support/echo-server.ts';
import { it } from '../support/in-process.ts';

/** Generated at run time, so that no file holds one; with signs that JSON, URLs, HTML and base64 encode differently. */
const KEY = ['sk', 'Zq/8+x"7&v<k2=9wLmN'].join('-');
const EXTRA = ['tok', 'Ab%41/+\\pQ6_rS8'].join('_');
const SIGNATURE = 'c2VjcmV0Zm9yU0FT/+9=';
const ENV = { CUSTOM_API_KEY: KEY, EXTRA_VALUE: EXTRA, SIGNATURE };

function flags(url: string): readonly string[] {
  return [
    '--provider',
    'custom',
    '--base-url',
    `${url}?sv=2026&sig=\${SIGNATURE}`,
    '--header',
    'x-extra: Custom id=7, part=${EXTRA_VALUE}',
  ];
}

/** What is left of a key in a text, in any shape; only the middle of base64, whose ends hold bits of what surrounds it. */
function leaks(text: string): readonly string[] {
  return [KEY, EXTRA, SIGNATURE].flatMap((secret) =>
    Object.entries(SHAPES).flatMap(([name, shape]) => {
      const written = shape(secret).replace(/^Basic /, '');
      const middle = /64|basic/.test(name) ? written.slice(8, -4) : written;
      const again = JSON.stringify(middle).slice(1, -1);
      return text.includes(middle) || text.includes(again) ? [`${name} of ${secret}`] : [];
    }),
  );
}

async function everyFile(desk: Desk): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(desk.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (file) => [file, await readFile(file, 'latin1')] as const));
}

async function expectNoKey(desk: Desk, ended: readonly Ended[]): Promise<void> {
  for (const { stdout, stderr } of ended) expect(leaks(stdout + stderr)).toEqual([]);
  for (const [file, text] of await everyFile(desk)) expect({ file, leaks: leaks(text) }).toEqual({ file, leaks: [] });
}

describe.concurrent('a key that a server repeats', { timeout: 240_000 }, () => {
  it('is in no file and no message, in any encoding', async ({ desk, onTestFinished }) => {
    const server = await echoServer({ onTestFinished });
    await desk.write('rows.csv', 'id,prompt\na,say it\nb,fail at it\nc,calls of it\n');
    const grid = ['rows.csv', '-m', 'echo', '--score', 'contains:x', '--param', 'logprobs=true', '--max-attempts', '1'];
    const run = ['run', ...grid, '-t', '0', '--out', 'run', ...flags(server.url)];
    const env = ENV;
    const ended = [
      await desk.run(run, { env }),
      await desk.run([...run, '--json'], { env }),
      await desk.run([...run, '--quiet'], { env }),
      await desk.run(['estimate', ...grid, '--pilot', '2', '--out', 'pilot', ...flags(server.url)], { env }),
      await desk.run(['report', 'run'], { env }),
      await desk.run(['score', 'run', '--score', 'exact'], { env }),
      await desk.run(['compare', 'run', 'run', '--json'], { env }),
      await desk.run(['baseline', 'save', 'run', 'base.jsonl', '--with-outputs'], { env }),
      await desk.run(['models', ...flags(server.url)], { env }),
    ];
    expect(ended[0]).toMatchObject({ status: 3 });
    // The server really received them, and repeated them.
    expect([...server.sent]).toEqual(
      expect.arrayContaining([`Bearer ${KEY}`, `Custom id=7, part=${EXTRA}`, SIGNATURE]),
    );
    const results = await desk.read('run/results.jsonl');
    expect(results.match(/\[key\]/g)?.length).toBeGreaterThan(50);
    expect(await desk.read('run/journal.jsonl')).toContain('[key]');
    expect(ended[8]?.stdout).toContain('[key]');
    await expectNoKey(desk, ended);
  });

  it('is found in an event stream that splits it', async ({ desk, onTestFinished }) => {
    const server = await echoServer({ onTestFinished });
    await desk.write('rows.csv', 'id,prompt\na,say it\n');
    const run = ['run', 'rows.csv', '-m', 'echo', '--stream', '--out', 'run', ...flags(server.url)];
    const ended = await desk.pass(run, { env: ENV });
    expect(await desk.read('run/results.jsonl')).toContain('[key]');
    await expectNoKey(desk, [ended]);
  });

  it('is not in the output of balance', async ({ desk, onTestFinished }) => {
    const server = await echoServer({ onTestFinished });
    const env = { GPTUNNEL_API_KEY: KEY };
    const ended = [
      await desk.pass(['balance', '--base-url', server.url], { env }),
      await desk.pass(['balance', '--json', '--base-url', server.url], { env }),
    ];
    for (const { stdout } of ended) expect(stdout).toContain('[key]');
    await expectNoKey(desk, ended);
  });

  it('is not stored in run.json, and not shown, if a prompt or a parameter has it', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await echoServer({ onTestFinished });
    await desk.write('rows.csv', 'id,prompt\na,say it\n');
    const run = (prompt: string): readonly string[] => [
      'run',
      'rows.csv',
      '-m',
      'echo',
      '--prompt',
      prompt,
      '--param',
      `user=${KEY.replaceAll('"', '')}`,
      '--out',
      'run',
      ...flags(server.url),
    ];
    const ended = [
      await desk.pass(run(`{{ prompt }} ${KEY}`), { env: ENV }),
      await desk.pass(run(`{{ prompt }} ${KEY}`), { env: ENV }),
      await desk.run(run(`other {{ prompt }} ${KEY}`), { env: ENV }),
      await desk.run(['run', 'rows.csv', '-m', 'echo', '--price', `${KEY}=1`], { env: ENV }),
    ];
    expect(ended[2]).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('holds a different run: prompts changed'),
    });
    for (const { stdout, stderr } of ended) expect(leaks(stdout + stderr)).toEqual([]);
    expect(leaks(await desk.read('run/run.json'))).toEqual([]);
    expect(leaks(await desk.read('run/summary.json'))).toEqual([]);
  });

  it.for(['--api-key-env', '-c'])(
    'is not shown if it was given as the name of a variable: %s',
    async (how, { desk }) => {
      await desk.write('rows.csv', 'id,prompt\na,say it\n');
      await desk.write('own.yaml', `providers: { gptunnel: { apiKeyEnv: ${JSON.stringify(KEY)} } }\n`);
      const given = how === '-c' ? ['-c', 'own.yaml'] : ['--api-key-env', KEY];
      for (const words of [['run', 'rows.csv', '-m', 'gpt-4o'], ['models']]) {
        const ended = await desk.run([...words, ...given]);
        expect(ended).toMatchObject({
          status: 2,
          stderr: expect.stringContaining('takes the name of an environment variable'),
        });
        expect(leaks(ended.stdout + ended.stderr)).toEqual([]);
      }
    },
  );
});
