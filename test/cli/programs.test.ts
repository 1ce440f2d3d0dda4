import { existsSync, readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { COMMAND_HEAD } from '../support/programs.ts';
import { comparable, csvResults, jsonLines, jsonlResults, parseObject } from '../support/results.ts';

/** Notes each question in a file, and answers it; waits where the question says so. */
const MODULE = `
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
const log = new URL('calls.log', import.meta.url);
export default async ({ messages, model, params, signal }) => {
  const text = messages.at(-1).content;
  appendFileSync(log, text + '\\n');
  if (text.includes('slow')) await delay(20);
  if (text.includes('hang')) await delay(60_000, undefined, { signal });
  if (text.includes('block')) for (;;);
  if (text.includes('exit')) process.exit(7);
  if (text.includes('shape')) return { text };
  if (text.includes('key')) return { output: 'it is ' + process.env.OWN_API_KEY };
  return { output: [model, JSON.stringify(params), text].join(' '), usage: { promptTokens: 10, completionTokens: 2 } };
};`;

const COMMAND = `${COMMAND_HEAD}
serve(({ id, model, messages }) => {
  const usage = { promptTokens: 4, completionTokens: 1 };
  write({ id, output: [model, messages.at(-1).content].join(' '), usage, cost: 0.25, finishReason: 'stop' });
});`;

/** A folder with a module, a command, and rows of these questions. */
async function project(desk: Desk, questions: readonly string[]): Promise<void> {
  await desk.write('own.mjs', MODULE);
  await desk.write('own-command.mjs', COMMAND);
  await desk.write('rows.csv', `id,prompt\n${questions.map((text, index) => `r${index},${text}`).join('\n')}\n`);
}

const asked = async (desk: Desk): Promise<readonly string[]> => (await desk.read('calls.log')).split('\n').slice(0, -1);
const EXEC = `exec:${process.execPath} own-command.mjs`;
const OUT = ['--out', 'run', '--no-report'];

describe.concurrent('a run with programs of the user', { timeout: 120_000 }, () => {
  it('asks two modules, a command and an API in one run, each by its own rules', async ({ desk }) => {
    const gateway = await desk.gateway();
    await project(desk, ['one', 'two']);
    await desk.write('other.mjs', "export default () => ({ output: 'other', cost: '0.5' });");
    const models = `gpt-4o,module:./own.mjs#fast,module:./other.mjs,${EXEC}`;
    const words = ['run', 'rows.csv', '-m', models, '-t', '0.5', '--max-tokens', '7', '--currency', 'USD'];
    const prices = ['--price', './own.mjs#fast=1,2', '--base-url', gateway.url];
    const { stdout } = await desk.pass([...words, ...prices, ...OUT, '--json']);
    expect(parseObject(stdout)).toMatchObject({ trials: 8, completed: 8, errored: 0 });
    const rows = await csvResults(desk, 'run');
    const of = (model: string) => rows.filter((row) => row['model'] === model);
    expect(of('./own.mjs#fast')[0]).toMatchObject({
      output: 'fast {"temperature":0.5,"max_tokens":7} one',
      prompt_tokens: '10',
      total_cost: '0.000014',
      cost_source: 'computed',
      currency: 'USD',
    });
    expect(of('./other.mjs').map((row) => [row['output'], row['total_cost'], row['cost_source']])).toEqual([
      ['other', '0.5', 'provider'],
      ['other', '0.5', 'provider'],
    ]);
    const command = EXEC.slice('exec:'.length);
    expect(of(command)[1]).toMatchObject({ output: `${command} two`, total_cost: '0.25', cost_source: 'provider' });
    expect(of('gpt-4o')).toHaveLength(2);
    expect(gateway.stats().served).toBe(2);
  });

  it('caches answers by the content of the code', async ({ desk }) => {
    await project(desk, ['one']);
    const words = ['run', 'rows.csv', '-m', 'module:./own.mjs', '-t', '0', '--no-report', '--json'];
    await desk.pass([...words, '--out', 'first']);
    expect(parseObject((await desk.pass([...words, '--out', 'second'])).stdout)).toMatchObject({ cached: 1 });
    expect(await asked(desk)).toEqual(['one']);
    await desk.write('own.mjs', `${MODULE}\n// changed`);
    expect(parseObject((await desk.pass([...words, '--out', 'third'])).stdout)).toMatchObject({ cached: 0 });
    expect(await asked(desk)).toEqual(['one', 'one']);
  });

  it('is another run with other code', async ({ desk }) => {
    await project(desk, ['one']);
    const words = ['run', 'rows.csv', '-m', 'module:./own.mjs', '--no-cache', ...OUT];
    await desk.pass(words);
    await desk.write('own.mjs', `${MODULE}\n// changed`);
    expect((await desk.run(words)).status).toBe(2);
    expect(await asked(desk)).toEqual(['one']);
  });

  it('errors the trial that the module hangs in, and answers the others', async ({ desk }) => {
    await project(desk, ['one', 'hang', 'two']);
    const words = ['run', 'rows.csv', '-m', 'module:./own.mjs', '--timeout', '1', '--max-attempts', '1', ...OUT];
    expect((await desk.run(words)).status).toBe(3);
    const found = (await csvResults(desk, 'run')).map((row) => row['error_code'] || row['status']);
    expect(found).toEqual(['completed', 'timeout', 'completed']);
  });

  it.for([
    ['blocks its thread', 'block', 'timeout', 'no whole answer within 3 s'],
    ['ends its thread', 'exit', 'server_error', 'the module is gone: it ended with exit code 7'],
    ['returns another shape', 'shape', 'invalid_response', '`output` is needed as a text, not nothing'],
  ] as const)('errors the trial in which the module %s', async ([, question, code, message], { desk }) => {
    await project(desk, ['one', question, 'two']);
    const pace = ['--timeout', '3', '--max-attempts', '1', '--concurrency', '1'];
    // As processes: they wait side by side.
    const words = ['run', 'rows.csv', '-m', 'module:./own.mjs', ...pace, ...OUT];
    expect(await desk.start(words).ended).toMatchObject({ status: 3 });
    const rows = await csvResults(desk, 'run');
    expect(rows.map((row) => row['error_code'])).toEqual(['', code, '']);
    expect(rows[1]?.['error_message']).toContain(message);
  });

  it('resumes after kill -9 without asking again for what was answered', async ({ desk }) => {
    const questions = Array.from({ length: 60 }, (_, index) => `slow ${index}`);
    await project(desk, questions);
    const words = ['run', 'rows.csv', '-m', 'module:./own.mjs', '--concurrency', '2', '--no-cache', ...OUT];
    const cli = desk.start(words);
    const journal = desk.path('run/journal.jsonl');
    await cli.until(() => existsSync(journal) && readFileSync(journal, 'utf8').split('\n').length > 11);
    cli.signal('SIGKILL');
    await cli.ended;
    const lines = jsonLines(await desk.read('run/journal.jsonl')).length;
    await desk.pass(words);
    const calls = await asked(desk);
    expect(calls.length).toBeLessThanOrEqual(questions.length + 2);
    expect(lines).toBeLessThan(questions.length);
    const results = await jsonlResults(desk, 'run');
    await desk.pass([...words.slice(0, -3), '--out', 'whole', '--no-report']);
    expect(comparable(results)).toEqual(comparable(await jsonlResults(desk, 'whole')));
  });

  it('removes keys of the environment from answers, those of .env too', async ({ desk }) => {
    await project(desk, ['key']);
    await desk.write('.env', 'OWN_API_KEY=own-key-1234567\n');
    await desk.pass(['run', 'rows.csv', '-m', 'module:./own.mjs', '--no-cache', ...OUT]);
    expect((await csvResults(desk, 'run'))[0]?.['output']).toBe('it is [key]');
  });

  it('keeps a budget by the worst case of a call', async ({ desk }) => {
    await project(desk, ['one', 'two', 'three']);
    const words = ['run', 'rows.csv', '-m', 'module:./own.mjs', '--currency', 'USD', '--max-tokens', '10', ...OUT];
    const unknown = await desk.run([...words, '--budget', '1']);
    expect(unknown).toMatchObject({ status: 2 });
    expect(unknown.stderr).toContain('--budget cannot be kept for module:./own.mjs: its price is not known');
    const price = ['--price', './own.mjs=1000000,1000000'];
    expect((await desk.run([...words, ...price, '--budget', '50', '--concurrency', '1'])).status).toBe(4);
    expect(await asked(desk)).toEqual(['one']);
  });

  it('says what a program writes for people, once its answers come on standard output', async ({ desk }) => {
    await project(desk, ['one']);
    await desk.write('loud.mjs', "export default () => { console.log('a note'); return { output: 'a' }; };");
    const words = ['run', 'rows.csv', '-m', 'module:./loud.mjs', '--no-cache', ...OUT];
    const { stdout, stderr } = await desk.pass([...words, '--json']);
    expect(parseObject(stdout)).toMatchObject({ completed: 1 });
    expect(stderr).toContain('warning: module:./loud.mjs: a note');
  });

  it('is not simulated, and the code does not run', async ({ desk }) => {
    await project(desk, ['one']);
    const words = ['run', 'rows.csv', '-m', 'module:./own.mjs', '--simulate', ...OUT];
    expect(await desk.run(words)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--simulate: the built-in gateway does not answer for module:./own.mjs'),
    });
    await expect(desk.read('calls.log')).rejects.toThrow('ENOENT');
  });

  it('is estimated without running the code', async ({ desk }) => {
    await project(desk, ['one']);
    const words = ['estimate', 'rows.csv', '-m', 'module:./own.mjs', '--currency', 'USD', '--price', './own.mjs=1,2'];
    const { stdout } = await desk.pass([...words, '--max-tokens', '10', '--json']);
    expect(parseObject(stdout)).toMatchObject({ trials: 1, currency: 'USD' });
    await expect(desk.read('calls.log')).rejects.toThrow('ENOENT');
  });

  it('may judge', async ({ desk }) => {
    await project(desk, ['one']);
    const verdict = JSON.stringify({ score: 1, reason: 'good' });
    await desk.write('judge.mjs', `export default () => ({ output: '${verdict}' });`);
    const words = [
      'run',
      'rows.csv',
      '-m',
      'module:./own.mjs',
      '--score',
      'judge',
      '--judge-model',
      'module:./judge.mjs',
    ];
    await desk.run([...words, '--no-cache', ...OUT]);
    const [row] = await jsonlResults(desk, 'run');
    expect(row).toHaveProperty('reason.judge');
  });
});

describe('a program that cannot be used', { timeout: 120_000 }, () => {
  it.for([
    ['module:./gone.mjs', 'module:./gone.mjs cannot be used: there is no file ./gone.mjs'],
    ['exec:./gone', 'exec:./gone cannot be used: there is no file ./gone'],
    ['module:', 'module: names nothing behind the colon'],
    ['exec: ', 'names nothing behind the colon'],
    ['module:./broken.mjs', 'module:./broken.mjs cannot be started: it has no function as its default export'],
    ['exec:./rows.csv', 'exec:./rows.csv cannot be started: spawn ./rows.csv EACCES'],
    ['exec:promptgrid-no-such-command', 'cannot be started: spawn promptgrid-no-such-command ENOENT'],
  ] as const)('is refused before anything is paid: %s', async ([model, message], { desk }) => {
    await project(desk, ['one']);
    await desk.write('broken.mjs', 'export const a = 1;');
    const { status, stderr } = await desk.run(['run', 'rows.csv', '-m', model, ...OUT]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(await desk.list()).not.toContain('run');
  });

  it('is not one of a dataset', async ({ desk }) => {
    await project(desk, ['one']);
    await desk.write('rows.csv', 'id,prompt,model\na,module:./own.mjs,module:./own.mjs\n');
    const gateway = await desk.gateway();
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--base-url', gateway.url, ...OUT]);
    await expect(desk.read('calls.log')).rejects.toThrow('ENOENT');
  });
});

describe('a program that a project file names', { timeout: 120_000 }, () => {
  const YAML: Readonly<Record<string, string>> = {
    'as a model': 'model: ["module:./own.mjs"]\n',
    'as a model with settings': 'model: [{ id: "module:./own.mjs", label: own }]\n',
    'in an added variant': 'model: gpt-4o\ninclude: [{ model: "module:./own.mjs", temperature: 0.5 }]\n',
    'as the judge': 'model: gpt-4o\nscore: judge\njudgeModel: module:./own.mjs\n',
    'as a judge of its own': 'model: gpt-4o\nscore: [{ type: judge, model: "module:./own.mjs" }]\n',
  };

  it.for(Object.entries(YAML))('does not run without consent: %s', async ([, yaml], { desk }) => {
    await project(desk, ['one']);
    await desk.write('promptgrid.yaml', yaml);
    const gateway = await desk.gateway();
    const words = ['run', 'rows.csv', '--base-url', gateway.url, '--no-cache', ...OUT];
    const { status, stderr } = await desk.run(words);
    expect(status).toBe(2);
    expect(stderr).toContain('a file of this project names code to run, module:./own.mjs, and there is no terminal');
    expect(gateway.stats().served).toBe(0);
    await desk.run([...words, '--trust-config']);
    expect(await asked(desk)).not.toEqual([]);
  });

  it('does not run in an added variant where the command line names other models', async ({ desk }) => {
    await project(desk, ['one']);
    await desk.write('promptgrid.yaml', YAML['in an added variant'] ?? '');
    const gateway = await desk.gateway();
    const words = ['run', 'rows.csv', '-m', 'gpt-4o-mini', '--base-url', gateway.url, '--no-cache', ...OUT];
    const { status, stderr } = await desk.run(words);
    expect(status).toBe(2);
    expect(stderr).toContain('names code to run, module:./own.mjs');
  });

  it('runs where the command line names it too', async ({ desk }) => {
    await project(desk, ['one']);
    await desk.write('promptgrid.yaml', 'model: ["module:./own.mjs"]\n');
    await desk.pass(['run', 'rows.csv', '-m', 'module:./own.mjs', ...OUT]);
    expect(await asked(desk)).toEqual(['one']);
  });
});
