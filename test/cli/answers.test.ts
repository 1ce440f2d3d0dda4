import { describe, expect } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { type ChatServer, chatServer, listOf } from '../support/chat-server.ts';
import type { Desk } from '../support/cli.ts';
import type { Ending } from '../support/http-server.ts';
import { it } from '../support/in-process.ts';
import { csvResults, jsonLines, jsonlResults, objectAt, parseObject } from '../support/results.ts';

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const WEATHER = { id: 't', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };

/** A completion's body with a finish reason. */
function ended(finishReason: string, message: object | undefined, parts: object = {}): object {
  return { id: 'x', model: 'm', choices: [{ index: 0, message, finish_reason: finishReason }], usage: USAGE, ...parts };
}

const BODIES: Readonly<Record<string, object>> = {
  plain: ended('stop', { content: 'Paris' }),
  thinks: ended('stop', { content: '<think>\nLyon? No.\n</think>\n\nParis' }),
  apart: ended('stop', { content: 'Paris', reasoning_content: 'Lyon? No.' }, { model: 'm-2026-01-02' }),
  cut: ended('length', { content: '<think>\nLyon? Or' }),
  silent: ended('length', undefined),
  refuses: ended('stop', { content: null, refusal: 'Je ne peux pas' }),
  filtered: ended('content_filter', { content: null }),
  blocked: { choices: [], prompt_filter_results: [{ content_filter_results: { hate: { filtered: true } } }] },
  calls: ended('tool_calls', { content: 'One moment', tool_calls: [WEATHER] }),
  empty: ended('stop', { content: '' }, { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }),
  failed: ended('error', { content: 'Pa' }),
};

/** A dataset whose row ids are keys of BODIES. */
function rows(...names: readonly string[]): string {
  return `id,q,expected\n${names.map((name) => `${name},${name},Paris`).join('\n')}\n`;
}

/** A server of the model `m` that answers with bodies for the last messages. */
function bodyServer(context: Ending, bodyOf: (message: string) => object): Promise<ChatServer> {
  return chatServer(context, ({ content }) => ({ body: bodyOf(content) }), { list: listOf('m') });
}

/** The last message of each call, in order. */
function asked({ calls }: ChatServer): readonly string[] {
  return calls.map(({ content }) => content);
}

/** The words of a run of rows.csv into a folder. */
function words({ url }: ChatServer, out: string, ...more: readonly string[]): readonly string[] {
  const grid = [
    'run',
    'rows.csv',
    '--provider',
    'custom',
    '--base-url',
    url,
    '-m',
    'm',
    '--prompt',
    '{{ q }}',
    '-t',
    '0',
  ];
  return [...grid, '--price', 'm=3,15', '--currency', 'USD', '--out', out, ...more];
}

/** Some cells of each line, by row id. */
async function cells(desk: Desk, run: string, ...names: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const lines = await jsonlResults(desk, run);
  return Object.fromEntries(lines.map((line) => [line['row_id'], names.map((name) => line[name])]));
}

/** The optional parts of each line, by row id. */
function partsOf(lines: readonly JsonObject[]): Readonly<Record<string, unknown>> {
  const names = ['output', 'reasoning', 'refusal', 'answered_model'];
  return Object.fromEntries(lines.map((line) => [line['row_id'], names.map((name) => line[name])]));
}

const answer = (message: string): object => BODIES[message] ?? {};

describe.concurrent('a run with every kind of answer', () => {
  it('keeps each answer, calls once for it, and retries only what is not an answer', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await bodyServer({ onTestFinished }, answer);
    await desk.write('rows.csv', rows(...Object.keys(BODIES)));
    const scores = ['--score', 'exact', '--score', 'refusal', '--score', 'tool-call:weather'];
    const { status, stdout } = await desk.run(words(server, 'run', '--no-cache', '--max-attempts', '2', ...scores));
    expect(status).toBe(3);
    const both = JSON.stringify({ content: 'One moment', tool_calls: [WEATHER] });
    const names = ['output', 'finish_reason', 'reasoning', 'refusal'];
    expect(await cells(desk, 'run', ...names, 'score.exact', 'score.refusal', 'attempts')).toEqual({
      plain: ['Paris', 'stop', undefined, undefined, 1, 0, 1],
      thinks: ['Paris', 'stop', 'Lyon? No.', undefined, 1, 0, 1],
      apart: ['Paris', 'stop', 'Lyon? No.', undefined, 1, 0, 1],
      cut: ['', 'length', 'Lyon? Or', undefined, 0, 0, 1],
      silent: ['', 'length', undefined, undefined, 0, 0, 1],
      refuses: ['Je ne peux pas', 'stop', undefined, 'Je ne peux pas', 0, 1, 1],
      filtered: ['', 'content_filter', undefined, 'content_filter', 0, 1, 1],
      blocked: ['', 'content_filter', undefined, 'content_filter', 0, 1, 1],
      calls: [both, 'tool_calls', undefined, undefined, 0, 0, 1],
      empty: [null, null, undefined, undefined, null, null, 2],
      failed: [null, null, undefined, undefined, null, null, 2],
    });
    expect((await cells(desk, 'run', 'score.tool-call'))['calls']).toEqual([1]);
    expect((await cells(desk, 'run', 'answered_model'))['apart']).toEqual(['m-2026-01-02']);
    expect(asked(server).toSorted()).toEqual([...Object.keys(BODIES), 'empty', 'failed'].toSorted());
    expect(stdout).toContain('2 of 9 answers were cut off at the token limit (finish_reason length)');
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({ total: { completed: 9, errored: 2, cut: 2 }, variants: [{ cut: 2 }] });
  });

  it('has the optional parts in journal and results.jsonl, and only columns in results.csv', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await bodyServer({ onTestFinished }, answer);
    await desk.write('rows.csv', rows('thinks', 'refuses', 'apart'));
    await desk.pass(words(server, 'run', '--no-cache'));
    const journal = jsonLines(await desk.read('run/journal.jsonl'));
    expect(partsOf(journal)).toEqual(partsOf(await jsonlResults(desk, 'run')));
    const [header = {}] = await csvResults(desk, 'run');
    expect(Object.keys(header).slice(-5)).toEqual([
      'response_id',
      'reasoning_tokens',
      'cached_tokens',
      'ttft_ms',
      'label',
    ]);
  });

  it('keeps log probabilities if they were requested', async ({ desk, onTestFinished }) => {
    const logprobs = { content: [{ token: 'Paris', logprob: -0.1 }] };
    const choice = { message: { content: 'Paris' }, finish_reason: 'stop', logprobs };
    const server = await bodyServer({ onTestFinished }, () => ({ model: 'm', choices: [choice], usage: USAGE }));
    await desk.write('rows.csv', rows('plain'));
    await desk.pass(words(server, 'asked', '--param', 'logprobs=true'));
    await desk.pass(words(server, 'not'));
    expect(await cells(desk, 'asked', 'logprobs')).toEqual({ plain: [logprobs] });
    expect(await cells(desk, 'not', 'logprobs')).toEqual({ plain: [undefined] });
  });

  it('has a report that does not call rows too hard if their answers were cut off', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await bodyServer({ onTestFinished }, (message) =>
      message === 'hard' ? ended('stop', { content: 'Lyon' }) : answer(message),
    );
    await desk.write('rows.csv', rows('plain', 'cut', 'hard'));
    await desk.pass(words(server, 'run', '--score', 'exact'));
    const { stdout } = await desk.pass(['report', 'run']);
    expect(stdout).toContain('1 row fails with every variant, being too hard or wrong: hard');
    expect(stdout).toContain('1 row fails with every variant, with answers cut off at the token limit: cut');
    const document = parseObject((await desk.pass(['report', 'run', '--json'])).stdout);
    expect(document).toMatchObject({ variants: [{ completed: 3, cut: 1 }] });
    const { stdout: copied } = await desk.pass(['report', 'run', '--format', 'jsonl']);
    expect(copied).toBe(await desk.read('run/results.jsonl'));
  });

  it('can be scored again without losing refusals and thoughts', async ({ desk, onTestFinished }) => {
    const server = await bodyServer({ onTestFinished }, answer);
    await desk.write('rows.csv', rows('thinks', 'refuses', 'filtered', 'blocked'));
    await desk.pass(words(server, 'run'));
    const before = await cells(desk, 'run', 'output', 'reasoning', 'refusal');
    await desk.pass(['score', 'run', '--score', 'exact', '--score', 'refusal']);
    expect(await cells(desk, 'run', 'output', 'reasoning', 'refusal')).toEqual(before);
    expect(await cells(desk, 'run', 'score.exact', 'score.refusal')).toEqual({
      thinks: [1, 0],
      refuses: [0, 1],
      filtered: [0, 1],
      blocked: [0, 1],
    });
  });

  it('can be compared by either kind of result file', async ({ desk, onTestFinished }) => {
    const server = await bodyServer({ onTestFinished }, answer);
    await desk.write('rows.csv', rows('plain', 'thinks', 'refuses', 'cut'));
    for (const out of ['base', 'next']) await desk.pass(words(server, out, '--score', 'exact'));
    for (const file of ['results.jsonl', 'results.csv']) {
      const { stdout } = await desk.pass(['compare', `base/${file}`, `next/${file}`, '--json']);
      expect(parseObject(stdout)).toMatchObject({ rowsInCommon: 4, pairs: [{ n: 4, delta: 0 }] });
    }
  });
});

describe.concurrent('leaves reasoning in the output, where it is scored', () => {
  const TEXT = '<think>\nLyon? No.\n</think>\n\nParis';

  it('leaves thoughts in the output, where they are scored', async ({ desk, onTestFinished }) => {
    const server = await bodyServer({ onTestFinished }, answer);
    await desk.write('rows.csv', rows('thinks', 'apart', 'cut', 'plain'));
    await desk.pass(words(server, 'run', '--keep-thoughts', '--score', 'exact', '--score', 'contains:Lyon'));
    expect(await cells(desk, 'run', 'output', 'reasoning', 'score.exact', 'score.contains')).toEqual({
      thinks: [TEXT, undefined, 0, 1],
      apart: ['Paris', 'Lyon? No.', 1, 0],
      cut: ['<think>\nLyon? Or', undefined, 0, 1],
      plain: ['Paris', undefined, 1, 0],
    });
  });

  it('can be added and removed on resume without calls, and applies to all rows', async ({ desk, onTestFinished }) => {
    const server = await bodyServer({ onTestFinished }, answer);
    await desk.write('rows.csv', rows('thinks'));
    await desk.pass(words(server, 'run', '--no-cache', '--score', 'exact'));
    const plain = await desk.files('run');
    await desk.write('rows.csv', rows('thinks', 'cut'));
    await desk.pass(words(server, 'run', '--no-cache', '--score', 'exact', '--keep-thoughts'));
    const kept = { thinks: [TEXT, 0], cut: ['<think>\nLyon? Or', 0] };
    expect(await cells(desk, 'run', 'output', 'score.exact')).toEqual(kept);
    await desk.pass(['score', 'run', '--score', 'exact']);
    expect(await cells(desk, 'run', 'output', 'score.exact')).toEqual(kept);
    await desk.write('rows.csv', rows('thinks'));
    await desk.pass(words(server, 'run', '--no-cache', '--score', 'exact'));
    expect(await desk.read('run/results.jsonl')).toBe(plain['results.jsonl']);
    expect(asked(server)).toEqual(['thinks', 'cut']);
  });

  it('applies to cached answers, whichever way they were stored', async ({ desk, onTestFinished }) => {
    const server = await bodyServer({ onTestFinished }, answer);
    await desk.write('rows.csv', rows('thinks', 'refuses', 'apart'));
    const names = ['output', 'reasoning', 'refusal', 'answered_model'];
    await desk.pass(words(server, 'kept', '--keep-thoughts'));
    const { stdout } = await desk.pass(words(server, 'split', '--json'));
    expect(parseObject(stdout)).toMatchObject({ cached: 3 });
    await desk.pass(words(server, 'again', '--keep-thoughts'));
    expect(await cells(desk, 'again', ...names)).toEqual(await cells(desk, 'kept', ...names));
    expect(await cells(desk, 'split', ...names)).toMatchObject({
      thinks: ['Paris', 'Lyon? No.', undefined, undefined],
      apart: ['Paris', 'Lyon? No.', undefined, 'm-2026-01-02'],
    });
    expect(asked(server)).toHaveLength(3);
  });

  it("applies to the judge's input, but not to the judge's answers", async ({ desk, onTestFinished }) => {
    const verdict = '<think>{"score": 0, "reason": "at first"}</think>{"score": 1, "reason": "right"}';
    const server = await bodyServer({ onTestFinished }, (message) =>
      message in BODIES ? answer(message) : ended('stop', { content: verdict }),
    );
    await desk.write('rows.csv', rows('thinks'));
    const judge = ['--score', 'judge', '--judge-model', 'custom/m'];
    await desk.pass(words(server, 'run', ...judge));
    expect(await cells(desk, 'run', 'score.judge', 'reason.judge')).toEqual({ thinks: [1, 'right'] });
    await desk.pass(words(server, 'run', ...judge, '--keep-thoughts'));
    expect(await cells(desk, 'run', 'score.judge')).toEqual({ thinks: [1] });
    const [, first, second] = asked(server);
    expect([first?.includes('Lyon? No.'), second?.includes('Lyon? No.')]).toEqual([false, true]);
    expect(asked(server)).toHaveLength(3);
    const run = parseObject(await desk.read('run/run.json'));
    expect(objectAt(run, 'settings')).toMatchObject({ keepThoughts: true });
  });
});
