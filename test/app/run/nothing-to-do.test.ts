import { appendFile, rm, stat, unlink } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { type GivenFlags, resolveFlags } from '../../../src/app/config/from-flags.ts';
import { rescore } from '../../../src/app/report/rescore.ts';
import { executeRun, type RunOutcome, runEnvironment } from '../../../src/app/run/index.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { recordDigest } from '../../../src/store/derivation.ts';
import { type ChatServer, chatServer, listOf } from '../../support/chat-server.ts';
import { type Desk, it } from '../../support/cli.ts';
import { objectAt, parseObject, questions } from '../../support/results.ts';

const ROWS = 6;
/** One thing that a run depends on, changed before the same command is given again. */
type Change = (desk: Desk, flags: GivenFlags) => Promise<unknown>;

interface Given {
  readonly desk: Desk;
  readonly server: ChatServer;
  readonly flags: GivenFlags;
}

async function run({ desk, flags }: Given, more: GivenFlags = {}): Promise<RunOutcome> {
  const config = await resolveFlags({ ...flags, ...more }, { env: {}, folder: desk.folder, now: () => new Date() });
  return executeRun(config, runEnvironment({}));
}

/** A run in which every trial has its result, with scores by a file and by a column. */
async function finishedRun(desk: Desk, server: ChatServer): Promise<Given> {
  await desk.write('rows.csv', questions(ROWS));
  await desk.write('schema.json', '{"type": "object"}');
  const scores = ['contains', `json-schema:${desk.path('schema.json')}`];
  const places = { dataset: desk.path('rows.csv'), out: desk.path('run'), cache: false };
  const flags = { ...places, model: ['plain'], provider: 'custom', baseUrl: server.url, score: scores };
  const given = { desk, server, flags };
  expect(await run(given)).toMatchObject({ state: 'completed', nothingToDo: false });
  return given;
}

function serve(context: Parameters<typeof chatServer>[0]): Promise<ChatServer> {
  return chatServer(context, ({ content }) => `An answer to ${content}`, { list: listOf('plain'), latencyMs: 0 });
}

async function edit(desk: Desk, name: string, from: string | RegExp, to: string): Promise<void> {
  const text = await desk.read(name);
  const edited = text.replace(from, to);
  expect(edited).not.toBe(text);
  await desk.write(name, edited);
}

/** Changes run.json so that its own digest holds. */
async function rewrite(desk: Desk, change: JsonObject): Promise<void> {
  const document = { ...parseObject(await desk.read('run/run.json')), ...change };
  const derivation = { ...objectAt(document, 'derivation'), record: recordDigest(document) };
  await desk.write('run/run.json', JSON.stringify({ ...document, derivation }));
}

async function resultsPlace(desk: Desk): Promise<bigint> {
  return (await stat(desk.path('run/results.csv'), { bigint: true })).ino;
}

/** The files are new and no call was made; after that nothing is to do. */
async function checkMadeAgain(given: Given, more: GivenFlags = {}): Promise<void> {
  const { desk, server } = given;
  const [before, calls] = [await resultsPlace(desk), server.calls.length];
  expect(await run(given, more)).toMatchObject({ state: 'completed', nothingToDo: false });
  expect(await resultsPlace(desk)).not.toBe(before);
  expect(await run(given, more)).toMatchObject({ state: 'completed', nothingToDo: true });
  expect(server.calls).toHaveLength(calls);
}

const EDITED: Readonly<Record<string, Change>> = {
  'an expected answer of the dataset': (desk) => edit(desk, 'rows.csv', 'plus one?,2', 'plus one?,9'),
  'an empty line at the end of the dataset': (desk) => appendFile(desk.path('rows.csv'), '\n'),
  'the file of a schema': (desk) => edit(desk, 'schema.json', 'object', 'string'),
  'a byte of results.csv': (desk) => edit(desk, 'run/results.csv', 'completed', 'Completed'),
  'a byte of results.jsonl': (desk) => edit(desk, 'run/results.jsonl', 'completed', 'Completed'),
  'a byte of summary.json': (desk) => edit(desk, 'run/summary.json', '"completed": 6', '"completed": 7'),
  'a byte of run.json': (desk) => edit(desk, 'run/run.json', '"trials": 6', '"trials": 7'),
  'a results.jsonl that is gone': (desk) => unlink(desk.path('run/results.jsonl')),
  'a summary.json that is gone': (desk) => unlink(desk.path('run/summary.json')),
  'a line of another run in the journal': (desk) => appendFile(desk.path('run/journal.jsonl'), '{}\n'),
  'an unfinished line in the journal': (desk) => appendFile(desk.path('run/journal.jsonl'), '{"trial_id":'),
  'a record of what calls may have cost': (desk) => desk.write('run/holds.jsonl', ''),
  'the version of promptgrid': (desk) => rewrite(desk, { promptgridVersion: '0.0.9' }),
  'a state other than completed': (desk) => rewrite(desk, { state: 'running' }),
  'a run.json of an earlier version, without the digests': async (desk) => {
    const { derivation: _derivation, ...document } = parseObject(await desk.read('run/run.json'));
    await desk.write('run/run.json', JSON.stringify(document));
  },
  'the scores, by promptgrid score': async (desk, flags) => {
    const given = { ...flags, score: ['word-count:1-'] };
    const scoring = await resolveFlags(given, { env: {}, folder: desk.folder, now: () => new Date() });
    await rescore({ folder: desk.path('run'), scoring, now: new Date() });
  },
};

const FLAGS: Readonly<Record<string, GivenFlags>> = {
  'the scorers': { score: ['contains'] },
  'the weight of a score': { score: ['icontains'] },
  'the column of expected answers': { expected: 'id' },
  'the column of clusters': { cluster: 'expected' },
  'the points that are good enough': { goodEnough: 5 },
  'a gate on a score': { min: [{ scorer: 'contains', least: 0 }] },
  'a gate on errored trials': { maxErrored: 0.5 },
  'the formats': { format: ['csv'] },
  'the delimiter': { delimiter: ';' },
  'the byte order mark': { bom: true },
  'thoughts in the output': { keepThoughts: true },
  'a limit of rows that leaves out none': { limit: ROWS },
  'a setting that run.json records': { concurrency: 3 },
};

describe('the files of a finished run are made again after a change of', () => {
  it.for(Object.entries(EDITED))('%s', async ([, change], { desk, onTestFinished }) => {
    const given = await finishedRun(desk, await serve({ onTestFinished }));
    await change(desk, given.flags);
    await checkMadeAgain(given);
  });

  it.for(Object.entries(FLAGS))('%s', async ([, more], { desk, onTestFinished }) => {
    await checkMadeAgain(await finishedRun(desk, await serve({ onTestFinished })), more);
  });

  it('code of the user, which may depend on anything', async ({ desk, onTestFinished }) => {
    const given = await finishedRun(desk, await serve({ onTestFinished }));
    await desk.write('own.mjs', 'export default () => true;');
    const more = { score: [`module:${desk.path('own.mjs')}`] };
    await run(given, more);
    expect(await run(given, more)).toMatchObject({ state: 'completed', nothingToDo: false });
    expect(given.server.calls).toHaveLength(ROWS);
  });

  it('a byte of an answer in the journal, whose trial runs again with payAgain', async ({ desk, onTestFinished }) => {
    const given = await finishedRun(desk, await serve({ onTestFinished }));
    await edit(desk, 'run/journal.jsonl', 'An answer', 'An Answer');
    await expect(run(given)).rejects.toThrow('1 line is damaged or missing');
    expect(await run(given, { payAgain: true })).toMatchObject({ state: 'completed', nothingToDo: false });
    expect(given.server.calls).toHaveLength(ROWS + 1);
    expect(await run(given)).toMatchObject({ nothingToDo: true });
  });

  it('everything, by overwrite', async ({ desk, onTestFinished }) => {
    const given = await finishedRun(desk, await serve({ onTestFinished }));
    expect(await run(given, { overwrite: true })).toMatchObject({ nothingToDo: false });
    expect(given.server.calls).toHaveLength(2 * ROWS);
  });

  it('a row that is gone, whose results the journal still has', async ({ desk, onTestFinished }) => {
    const given = await finishedRun(desk, await serve({ onTestFinished }));
    await desk.write('rows.csv', questions(ROWS - 1));
    await run(given);
    expect(await run(given)).toMatchObject({ trials: ROWS - 1, nothingToDo: false });
  });
});

function part(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

describe('a run of several files', () => {
  it('has nothing to do until one of them is changed, or its end', async ({ desk, onTestFinished }) => {
    const server = await serve({ onTestFinished });
    const single = await finishedRun(desk, server);
    const [header = '', ...lines] = questions(4).trimEnd().split('\n');
    await desk.write('a.csv', part(header, ...lines.slice(0, 2)));
    await desk.write('b.csv', part(header, ...lines.slice(2)));
    const flags = { ...single.flags, dataset: [desk.path('a.csv'), desk.path('b.csv')], out: desk.path('several') };
    const given = { desk, server, flags };
    expect(await run(given)).toMatchObject({ trials: 4, nothingToDo: false });
    const calls = server.calls.length;
    expect(await run(given)).toMatchObject({ trials: 4, nothingToDo: true });
    // The same bytes, one after the other.
    await desk.write('a.csv', part(header, ...lines.slice(0, 2), header));
    await desk.write('b.csv', part(...lines.slice(2)));
    await expect(run(given)).rejects.toThrow('b.csv does not');
    expect(server.calls).toHaveLength(calls);
    await desk.write('a.csv', part(header, ...lines.slice(0, 2)));
    await desk.write('b.csv', part(header, ...lines.slice(2)).replace(',4', ',9'));
    expect(await run(given)).toMatchObject({ nothingToDo: false });
    expect(await run(given)).toMatchObject({ nothingToDo: true });
  });
});

describe('a run with errored trials', () => {
  it('has nothing to do, unless they are to be retried', async ({ desk, onTestFinished }) => {
    const refused = { status: 400, body: { error: { message: 'no such thing' } } };
    const script = ({ before }: { readonly before: number }): string | typeof refused =>
      before === 2 ? refused : 'Yes';
    const server = await chatServer({ onTestFinished }, script, { list: listOf('plain'), latencyMs: 0 });
    const given = await finishedRun(desk, server);
    const again = await run(given);
    expect(again).toMatchObject({ nothingToDo: true, summary: { total: { completed: ROWS - 1, errored: 1 } } });
    expect(await run(given, { retryErrored: true })).toMatchObject({
      nothingToDo: false,
      summary: { total: { completed: ROWS, errored: 0 } },
    });
    await rm(desk.path('run'), { recursive: true });
  });
});
