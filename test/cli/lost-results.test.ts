import { rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';
import { readReportPage } from '../support/page.ts';
import { jsonLines, parseObject, questions } from '../support/results.ts';

const ROWS = 8;
/** Lines of the journal that are lost, from 1. */
const LOST = [5, 6, 7, 8];

interface Scene {
  readonly words: readonly string[];
  readonly gateway: Gateway;
}

/** A run that makes one call at a time. */
async function scene(desk: Desk, rows: number, latencyMs = 0): Promise<Scene> {
  const gateway = await desk.gateway({ latencyMs });
  await desk.write('rows.csv', questions(rows));
  const words = ['run', 'rows.csv', '--out', 'run', '-m', 'gpt-4o', '--no-cache', '--max-tokens', '9'];
  return { words: [...words, '--concurrency', '1', '--base-url', gateway.url], gateway };
}

async function finished(desk: Desk, ...more: readonly string[]): Promise<Scene> {
  const { words, gateway } = await scene(desk, ROWS);
  const made = { words: [...words, ...more], gateway };
  await desk.pass(made.words);
  return made;
}

/** Kills a run once the gateway has answered so many calls. */
async function killAfter(desk: Desk, { words, gateway }: Scene, served: number): Promise<void> {
  const cli = desk.start(words);
  await cli.until(() => gateway.stats().served >= served);
  cli.signal('SIGKILL');
  expect((await cli.ended).signal).toBe('SIGKILL');
}

type Loss = (desk: Desk, lines?: readonly number[]) => Promise<void>;

/** Changes lines of the journal; null removes one. */
function losing(change: (line: string) => string | null): Loss {
  return async (desk, lost = LOST) => {
    const lines = (await desk.read('run/journal.jsonl')).split('\n');
    const left = lines.map((line, index) => (lost.includes(index + 1) ? change(line) : line));
    await desk.write('run/journal.jsonl', left.filter((line) => line !== null).join('\n'));
  };
}

const remove = losing(() => null);
const damage = losing((line) => line.replace('"status":"completed"', '"status":"complexed"'));

const LOSSES = [
  ['gone', remove],
  ['damaged', damage],
] as const;

describe.concurrent('a run whose journal lost results', { timeout: 60_000 }, () => {
  it.for(LOSSES)('that are %s stays refused after a session that needs none of them', async ([, lose], { desk }) => {
    const { words, gateway } = await finished(desk);
    await lose(desk);
    const partial = await desk.pass([...words, '--limit', '2']);
    expect(partial.stderr).toContain('4 lines are damaged or missing, and not needed now');
    await desk.pass([...words, '--filter', 'id=r1']);
    await desk.write('rows.csv', questions(4));
    await desk.pass(words);
    await desk.write('rows.csv', questions(ROWS));
    for (const more of [[], ['--retry-errored'], ['--take-over']]) {
      const refused = await desk.run([...words, '--quiet', ...more]);
      expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('4 lines are damaged or missing')]);
    }
    expect(gateway.stats().served).toBe(ROWS);
    await desk.pass([...words, '--pay-again']);
    await desk.pass(words);
    expect(gateway.stats().served).toBe(ROWS + 4);
  });

  it.for(LOSSES)('that are %s keeps no budget after they are paid again', async ([, lose], { desk }) => {
    const { words, gateway } = await finished(desk);
    await lose(desk);
    await desk.pass([...words, '--pay-again']);
    await desk.write('rows.csv', questions(ROWS + 2));
    for (const more of [[], ['--pay-again']]) {
      const refused = await desk.run([...words, '--budget', '1000', ...more]);
      expect([refused.status, refused.stderr]).toEqual([
        2,
        expect.stringContaining('--budget cannot be kept: 4 lines of journal.jsonl are damaged or missing'),
      ]);
    }
    expect(gateway.stats().served).toBe(ROWS + 4);
    await desk.pass(words);
    expect((await desk.run([...words, '--budget', '1000', '--limit', '3'])).status).toBe(2);
    expect(gateway.stats().served).toBe(ROWS + 6);
  });

  it('counts what they cost as unknown, whichever command adds it up', async ({ desk }) => {
    const { words } = await finished(desk);
    await damage(desk);
    const lost = { lostResults: 4, cost: { unknown: 4 } };
    const line = '4 results of the run were lost from its journal: what they cost is not known';
    expect(parseObject((await desk.pass([...words, '--limit', '2', '--json'])).stdout)).toMatchObject(lost);
    const paid = await desk.pass([...words, '--pay-again']);
    expect(paid.stdout).toContain(line);
    // Whatever is done to the lines that are of no use any more.
    await remove(desk);
    expect(parseObject((await desk.pass([...words, '--json'])).stdout)).toMatchObject(lost);
    expect((await desk.pass(words)).stdout).toContain(line);
    expect((await desk.pass(['score', 'run', '--score', 'exact'])).stdout).toContain(line);
    const summary = parseObject(await desk.read('run/summary.json'));
    expect(summary).toMatchObject({ lostResults: 4, total: { completed: ROWS, unknownCosts: 4 } });
    expect((await desk.pass(['report', 'run'])).stdout).toContain(line);
    expect(readReportPage(await desk.read('run/report.html')).head.lost).toMatchObject({ calls: 0, results: 4 });
    expect(parseObject((await desk.pass(['watch', 'run', '--json'])).stdout)).toMatchObject({ unknownCosts: 4 });
  });

  it.for([...LOSSES, ['all gone, with their file', (desk: Desk) => rm(desk.path('run/journal.jsonl'))]] as const)(
    'that are %s are of unknown cost in an estimate, with no bound',
    async ([, lose], { desk }) => {
      const { words, gateway } = await finished(desk);
      await lose(desk);
      const estimate = ['estimate', ...words.slice(1), '--max-cost', '1000'];
      const before = await desk.run(estimate);
      expect([before.status, before.stdout]).toEqual([
        1,
        expect.stringMatching(/nothing bounds it, .*(\d unknown of it|\d answers are paid at an unknown cost)/s),
      ]);
      expect(before.stderr).toMatch(
        /run\/journal\.jsonl: \d lines are damaged or missing; the run is refused without --pay/,
      );
      expect((await desk.run(words)).status).toBe(2);
      await desk.pass([...words, '--pay-again']);
      const unknownCosts = gateway.stats().served - ROWS;
      const after = await desk.run([...estimate, '--json']);
      expect([after.status, after.stderr]).toEqual([
        1,
        expect.stringContaining(`${unknownCosts} answers so far cost is`),
      ]);
      expect(after.stderr).not.toContain('refused');
      expect(parseObject(after.stdout)).toMatchObject({ total: { unknownCosts, cost: { high: null, ceiling: null } } });
      await desk.write('rows.csv', questions(2 * ROWS));
      const pilot = await desk.pass(['estimate', ...words.slice(1), '--pilot', String(ROWS + 2)]);
      const shown = new RegExp(
        `\\+ ${unknownCosts} unknown of it\\s+paid.*\\+ ${unknownCosts} unknown paid in all`,
        's',
      );
      expect(pilot.stdout).toMatch(shown);
    },
  );

  it('is not refused, and no estimate says so, while nothing needs them', async ({ desk }) => {
    const { words } = await finished(desk);
    await remove(desk);
    const { stderr } = await desk.pass(['estimate', ...words.slice(1), '--limit', '2']);
    expect(stderr).not.toContain('missing');
  });

  it('is resumed as before when the journal is restored from a copy', async ({ desk }) => {
    const { words, gateway } = await finished(desk);
    const copy = await desk.read('run/journal.jsonl');
    await remove(desk);
    await desk.pass([...words, '--limit', '2']);
    expect((await desk.run(words)).status).toBe(2);
    await desk.write('run/journal.jsonl', copy);
    await desk.write('rows.csv', questions(ROWS + 1));
    const { stdout } = await desk.pass([...words, '--budget', '1000']);
    expect(stdout).not.toContain('lost');
    expect(gateway.stats().served).toBe(ROWS + 1);
  });
});

describe.concurrent('a run that was killed', { timeout: 60_000 }, () => {
  it('before run.json counted its results is refused if some of them are damaged', async ({ desk }) => {
    const made = await scene(desk, 12, 15);
    await killAfter(desk, made, 7);
    await damage(desk, [2, 3, 4]);
    const { served } = made.gateway.stats();
    const refused = await desk.run([...made.words, '--quiet']);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /^error run: 3 lines are damaged or missing in journal\.jsonl, the first damaged one is line 2\nhint .*--pay-again/m,
    );
    expect(made.gateway.stats().served).toBe(served);
    await desk.pass([...made.words, '--pay-again']);
    const { duplicates } = made.gateway.stats();
    expect(duplicates).toBeGreaterThanOrEqual(3);
    // And at most the call that was in flight.
    expect(duplicates).toBeLessThanOrEqual(4);
  });

  it.for(LOSSES)('is refused if results from before it are %s, although it added more', async ([, lose], { desk }) => {
    const made = await scene(desk, 12, 15);
    await desk.pass(made.words);
    await desk.write('rows.csv', questions(20));
    await killAfter(desk, made, 17);
    await lose(desk, [2, 3, 4]);
    const { served } = made.gateway.stats();
    const refused = await desk.run([...made.words, '--quiet']);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('damaged or missing')]);
    expect((await desk.run([...made.words, '--budget', '1000'])).status).toBe(2);
    expect(made.gateway.stats().served).toBe(served);
    await desk.pass([...made.words, '--pay-again']);
    await desk.write('rows.csv', questions(21));
    expect((await desk.run([...made.words, '--budget', '1000'])).status).toBe(2);
  });

  it('again and again, in whatever it was told to do, is never taken for one that lost results', async ({ desk }) => {
    const made = await scene(desk, 12, 15);
    const { words, gateway } = made;
    await killAfter(desk, { ...made, words: [...words, '--limit', '9'] }, 3);
    // As the system leaves the line that was being written.
    const journal = await desk.read('run/journal.jsonl');
    await desk.write('run/journal.jsonl', `${journal}${journal.slice(0, 150)}`);
    await killAfter(desk, made, 7);
    await desk.pass([...words, '--limit', '9', '--budget', '1000']);
    await desk.write('rows.csv', questions(15).replace('What is 3 plus', 'How much is 3 plus'));
    await killAfter(desk, made, gateway.stats().served + 2);
    const { stdout } = await desk.pass([...words, '--retry-errored', '--budget', '1000']);
    expect(stdout).not.toContain('lost');
    const results = jsonLines(await desk.read('run/journal.jsonl'));
    expect(results).toHaveLength(16);
    // What was in flight when it was killed.
    expect(gateway.stats().served - results.length).toBeLessThanOrEqual(3);
    const { journal: record } = parseObject(await desk.read('run/run.json'));
    expect(Object.keys(Object(record))).toEqual(['lines', 'bytes', 'results']);
  });
});

const NEEDS_JOURNAL =
  /restore journal\.jsonl from a copy and give the run command again; without a copy, give it with --pay-again/;

async function cutResults(desk: Desk): Promise<void> {
  for (const name of ['run/results.jsonl', 'run/results.csv']) {
    const lines = (await desk.read(name)).split('\n');
    await desk.write(name, lines.toSpliced(4, 1).join('\n'));
  }
}

/** How a run is damaged, and the command that says what to do then. */
const DAMAGED: readonly (readonly [string, (desk: Desk) => Promise<void>, readonly string[]])[] = [
  ['score', async () => undefined, ['score', 'run', '--score', 'exact']],
  ['score, where files lost it too', cutResults, ['score', 'run', '--score', 'exact']],
  ['compare', cutResults, ['compare', 'run', 'run']],
  ['baseline save', cutResults, ['baseline', 'save', 'run', 'base.jsonl']],
  ['report', cutResults, ['report', 'run']],
  ['report, where the summary is damaged', cutSummary, ['report', 'run']],
  ['report, where there are no files', removeResults, ['report', 'run']],
];

async function cutSummary(desk: Desk): Promise<void> {
  await desk.write('run/summary.json', '{');
}

async function removeResults(desk: Desk): Promise<void> {
  for (const name of ['run/results.jsonl', 'run/results.csv']) await rm(desk.path(name));
}

describe.concurrent('what a command advises where the journal lost a result', { timeout: 60_000 }, () => {
  it.for(DAMAGED)('helps: %s', async ([, damageFiles, command], { desk }) => {
    const { words, gateway } = await finished(desk, '--score', 'contains');
    const copy = await desk.read('run/journal.jsonl');
    const intact = await desk.files('run');
    for (const isCopied of [true, false]) {
      for (const [name, text] of Object.entries(intact)) await desk.write(`run/${name}`, text);
      await remove(desk, [4]);
      await damageFiles(desk);
      expect((await desk.run([...command])).stderr).toMatch(NEEDS_JOURNAL);
      expect((await desk.run(words)).status).toBe(2);
      if (isCopied) await desk.write('run/journal.jsonl', copy);
      await desk.pass(isCopied ? words : [...words, '--pay-again']);
      expect((await desk.pass([...command])).stderr).not.toMatch(/hint|restore/);
      expect(gateway.stats().served).toBe(isCopied ? ROWS : ROWS + 1);
    }
  });

  it.for(DAMAGED.slice(1))('is the run command alone where only files are damaged: %s', async (each, { desk }) => {
    const [, damageFiles, command] = each;
    const { words, gateway } = await finished(desk, '--score', 'contains');
    await damageFiles(desk);
    const { stderr } = await desk.run([...command]);
    expect(stderr).toContain('give the run command again');
    expect(stderr).not.toContain('--pay-again');
    await desk.pass(words);
    expect((await desk.pass([...command])).stderr).not.toMatch(/hint|restore/);
    expect(gateway.stats().served).toBe(ROWS);
  });

  it('is not to resume a killed run as it is', async ({ desk }) => {
    const made = await scene(desk, 12, 15);
    await killAfter(desk, made, 5);
    await damage(desk, [2]);
    const { status, stderr } = await desk.run(['report', 'run']);
    expect([status, stderr]).toEqual([2, expect.stringMatching(NEEDS_JOURNAL)]);
    await desk.pass([...made.words, '--pay-again']);
    await desk.pass(['report', 'run']);
  });
});
