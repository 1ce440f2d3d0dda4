import { EventEmitter, once } from 'node:events';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { resolveFlags } from '../../../src/app/config/from-flags.ts';
import { exitStatusOf } from '../../../src/app/run/index.ts';
import { LiveResults } from '../../../src/app/run/live-results.ts';
import { ResultsMaker } from '../../../src/app/scoring/results-maker.ts';
import { Planner } from '../../../src/core/plan.ts';
import type { Scorer } from '../../../src/core/scorer.ts';
import { WastedCalls } from '../../../src/core/totals.ts';
import { RunControl } from '../../../src/engine/control.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { literalTemplate } from '../../../src/scorers/definition.ts';
import { createScorers } from '../../../src/scorers/index.ts';
import { Journal } from '../../../src/store/journal.ts';
import { RunFolder } from '../../../src/store/run-folder.ts';
import { completed } from '../../engine/results.ts';
import { variants } from '../../engine/variants.ts';
import { type ChatCall, chatServer, type Outcome } from '../../support/chat-server.ts';
import { type Desk, it } from '../../support/cli.ts';
import { fastRun } from '../../support/fast-run.ts';
import { questions } from '../../support/results.ts';

const FILES = ['results.csv', 'results.jsonl', 'summary.json'] as const;
const FLAGS = {
  provider: 'custom',
  model: ['m'],
  concurrency: 8,
  score: ['contains'],
  price: ['m=1,2'],
  currency: 'USD',
};

/** Result files that are not finished yet. */
function unfinished(desk: Desk): readonly string[] {
  return readdirSync(desk.path('run')).filter((name) => name.startsWith('.results.'));
}

async function filesOf(desk: Desk): Promise<readonly string[]> {
  return Promise.all(FILES.map((name) => desk.read(`run/${name}`)));
}

/** The files again, from the journal alone. */
async function filesFromJournal(desk: Desk, flags: object): Promise<readonly string[]> {
  for (const name of FILES) await rm(desk.path(`run/${name}`));
  const outcome = await fastRun(desk, systemClock, { ...FLAGS, ...flags });
  expect(exitStatusOf(outcome)).toBe(0);
  return filesOf(desk);
}

/** Live results in the run's folder, of one variant, and what closes their journal. */
async function openLive(desk: Desk, scorers: readonly Scorer[]): Promise<Live> {
  await desk.write('rows.csv', questions(1));
  const given = { ...FLAGS, baseUrl: 'http://127.0.0.1:9/v1', dataset: desk.path('rows.csv'), out: desk.path('run') };
  const config = await resolveFlags(given, { env: {}, folder: desk.folder, now: systemClock.date });
  const folder = await RunFolder.open(desk.path('run'));
  const journal = await Journal.open(folder.file('journal.jsonl'), systemClock);
  const { index } = journal;
  const grid = { variants: variants('m'), repeats: 1, columns: ['id', 'prompt'], scorers, lostResults: 0 };
  const holds = { wasted: { trials: new WastedCalls(), judges: new WastedCalls() } };
  const maker = await ResultsMaker.open({ ...grid, folder, index, holds, scoring: config, output: config.output });
  const close = async (): Promise<void> => {
    await journal.close();
    await folder.lock.release();
  };
  return { live: new LiveResults(maker, () => false), close };
}

interface Live {
  readonly live: LiveResults;
  readonly close: () => Promise<void>;
}

/** Answers of several kinds, so that every column has something to differ in. */
function answer({ content }: ChatCall): Outcome {
  const number = Number(/\d+/.exec(content)?.[0]);
  if (number % 7 === 0) return `=${number},"quoted"\r\nsecond line; ${number + 1}`;
  return number % 3 === 0 ? `Ответ: ${number + 1}.50` : String(number + 1);
}

describe.concurrent('result files made while calls are made', { timeout: 60_000 }, () => {
  it('are those that the journal gives', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, answer);
    await desk.write('rows.csv', questions(60));
    const flags = { baseUrl: server.url, temperature: [0, 0.5], repeat: 2 };
    await fastRun(desk, systemClock, { ...FLAGS, ...flags });
    const live = await filesOf(desk);
    expect(live.join('')).toContain('Ответ: 4.50');
    expect(await filesFromJournal(desk, flags)).toEqual(live);
    expect(server.calls).toHaveLength(240);
  });

  it('hold the results of earlier sessions too', async ({ desk, onTestFinished }) => {
    const server = await chatServer({ onTestFinished }, answer);
    await desk.write('rows.csv', questions(40));
    const control = new RunControl();
    let results = 0;
    const onResult = (): void => {
      results += 1;
      if (results === 15) control.stop({ kind: 'interrupted' });
    };
    const flags = { baseUrl: server.url };
    const first = await fastRun(desk, systemClock, { ...FLAGS, ...flags }, { control, events: { onResult } });
    expect(first.state).toBe('interrupted');
    expect(unfinished(desk)).toEqual([]);
    await fastRun(desk, systemClock, { ...FLAGS, ...flags });
    const live = await filesOf(desk);
    expect(await filesFromJournal(desk, flags)).toEqual(live);
    expect(server.calls).toHaveLength(40);
  });

  it.for([
    ['wait for a slow trial', 300, true],
    ['are given up, and made at the end, if too many rows wait for it', 2200, false],
  ] as const)('%s', async ([, rows, isKept], { desk, onTestFinished }) => {
    const seen: (readonly string[])[] = [];
    const held = new Set<string>();
    const others = new EventEmitter();
    const server = await chatServer({ onTestFinished }, async (call) => {
      const isSlow = call.content.startsWith('What is 5 ') && !held.has(call.content);
      held.add(call.content);
      if (call.before === rows - 1) {
        seen.push(unfinished(desk));
        others.emit('called');
      }
      if (!isSlow) return answer(call);
      await once(others, 'called');
      return { connection: 'broken' };
    });
    await desk.write('rows.csv', questions(rows));
    const flags = { baseUrl: server.url };
    const outcome = await fastRun(desk, systemClock, { ...FLAGS, ...flags });
    expect(outcome.summary.total.completed).toBe(rows);
    expect(seen).toEqual([isKept ? [expect.any(String), expect.any(String)] : []]);
    const live = await filesOf(desk);
    expect(unfinished(desk)).toEqual([]);
    expect(await filesFromJournal(desk, flags)).toEqual(live);
  });

  it('are given up if they cannot be written, and the run reports that at its end', async ({
    desk,
    onTestFinished,
  }) => {
    const server = await chatServer({ onTestFinished }, answer);
    await desk.write('rows.csv', questions(30));
    // A folder in the place of a result file: nothing can be moved there.
    await desk.write('run/results.csv/file', '');
    const flags = { ...FLAGS, baseUrl: server.url };
    await expect(fastRun(desk, systemClock, flags)).rejects.toThrow(/results\.csv/);
    expect(unfinished(desk)).toEqual([]);
    await rm(desk.path('run/results.csv'), { recursive: true });
    const outcome = await fastRun(desk, systemClock, flags);
    expect(outcome.summary.total.completed).toBe(30);
    expect(server.calls).toHaveLength(30);
  });

  it('are gone for everyone who waits for that, as a journal does on a full disk', async ({ desk }) => {
    const { live, close } = await openLive(desk, []);
    expect(unfinished(desk)).toHaveLength(2);
    const [first, second] = [live.discard(), live.discard()];
    await second;
    expect(unfinished(desk)).toEqual([]);
    await first;
    await close();
  });

  it('are made once the places of the calls that ended together are taken again', async ({ desk }) => {
    const happened: string[] = [];
    const [scorer] = await createScorers(['contains'], { template: literalTemplate, hiddenColumns: [] });
    if (scorer === undefined) throw new TypeError('no scorer');
    const score: Scorer['score'] = ({ output }) => {
      happened.push(`scored ${output}`);
      return { name: scorer.name, value: 1, explanation: null };
    };
    const { live, close } = await openLive(desk, [{ ...scorer, score }]);
    const planner = new Planner({ variants: variants('m'), repeats: 1 }, { next: () => 0 });
    const rows = [1, 2].map((number) => {
      const row = { id: String(number), hasOwnId: true, vars: { id: String(number), prompt: 'p' }, line: number + 1 };
      return live.expect({ row, trials: planner.trials(row) }, 1);
    });
    live.noteEnd();
    for (const [index, row] of rows.entries()) {
      row.settle(0, completed(index));
      // The next call of its place begins when what waits for this one goes on.
      await Promise.resolve().then(() => happened.push(`next ${index}`));
    }
    const derived = await live.finish();
    expect(happened).toEqual(['next 0', 'next 1', 'scored answer 0', 'scored answer 1']);
    expect(derived?.summary.total.completed).toBe(2);
    await close();
  });
});
