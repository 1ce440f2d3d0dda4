import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import { systemClock } from '../../src/io/clock.ts';
import { Journal } from '../../src/store/journal.ts';
import { completed } from '../engine/results.ts';
import type { Desk, Ended } from '../support/cli.ts';
import { it, RunningHere } from '../support/in-process.ts';
import { comparable, csvResults, jsonLines, questions } from '../support/results.ts';

const ROWS = 100;

function words({ url }: Gateway, out: string): readonly string[] {
  return ['run', 'rows.csv', '-m', 'gpt-4o', '--concurrency', '4', '--no-cache', '--out', out, '--base-url', url];
}

/** The text of such an end: two lines, how many results are kept, and how to resume. @returns the number in it */
function expectStorageError({ status, stderr }: Ended, line: RegExp): number {
  expect(status).toBe(4);
  const lines = stderr.split('\n').filter((text) => !text.includes(' trials → ') && !text.startsWith('estimate: '));
  const [error = '', hint = '', ...more] = lines;
  expect(more).toEqual(['']);
  expect(error).toMatch(line);
  expect(hint).toMatch(/^hint {2}make room, then run the same command again with --out \S+: what is kept/);
  return Number(/results kept(?: in journal\.jsonl)?: (\d+)/.exec(error)?.[1]);
}

/** Compares the folder's results with those of a run that had room. */
async function expectWhole(desk: Desk, out: string): Promise<void> {
  const gateway = await desk.gateway();
  await desk.pass(words(gateway, 'whole'));
  expect(comparable(await csvResults(desk, out))).toEqual(comparable(await csvResults(desk, 'whole')));
}

const SHELL = process.platform === 'win32' ? null : 'sh';

describe.skipIf(SHELL === null).concurrent('a file that cannot grow any more', { timeout: 60_000 }, () => {
  it('ends the run with what is kept, and it resumes without loss when there is room', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 2 });
    await desk.write('rows.csv', questions(ROWS));
    const limited = await desk.runLine(`ulimit -f 60; npx promptgrid ${words(gateway, 'run').join(' ')}`);
    const kept = expectStorageError(limited, /^error run\/journal\.jsonl: a result could not be stored: EFBIG/);
    expect(jsonLines(await desk.read('run/journal.jsonl'))).toHaveLength(kept);
    expect(kept).toBeGreaterThan(20);
    const { stderr } = await desk.pass(words(gateway, 'run'));
    expect(stderr).toContain(`${kept} are done already`);
    // Answers that came when there was no room any more.
    expect(gateway.stats().served).toBeLessThanOrEqual(ROWS + 4);
    await expectWhole(desk, 'run');
  });

  it("loses only the cache if the run's journal has room", async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(12));
    const grid = `run rows.csv -m gpt-4o -t 0 --out run --base-url ${gateway.url}`;
    // Blocks of 512 bytes: more than the journal of these few answers needs, less than the cache with its first ones.
    const { status, stderr } = await desk.runLine(`ulimit -f 32; npx promptgrid ${grid}`);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stderr).toMatch(/warning: \.promptgrid\/cache: the response cache cannot be written to .*does without$/m);
    expect(await csvResults(desk, 'run')).toHaveLength(12);
    await desk.pass(['cache', 'stats']);
  });
});

/** Whether the tests may mount their own file system, as far as that can be known beforehand. */
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

function shell(line: string, ...parts: readonly string[]): boolean {
  return spawnSync('sh', ['-c', line, 'sh', ...parts]).status === 0;
}

function mount(...parts: readonly string[]): boolean {
  return shell('exec mount "$@"', ...parts);
}

/** A small file system for the tests. */
let disk = '';
let isMounted = false;

describe.skipIf(!mayMount)('a full disk (needs the right to mount a tmpfs)', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    disk = await mkdtemp(join(tmpdir(), 'promptgrid-disk-'));
    isMounted = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk);
  });

  afterEach(async () => {
    for (const name of await readdir(disk)) await rm(join(disk, name), { recursive: true });
  });

  afterAll(async () => {
    if (isMounted) shell('exec umount "$1"', disk);
    await rm(disk, { recursive: true, force: true });
  });

  it.for([
    ['while results are stored', 64, /^error \S+\/journal\.jsonl: a result could not be stored: ENOSPC/],
    ['when the result files are written', 128, /^error \S+\/results\.\w+ cannot be written: ENOSPC/],
  ] as const)(
    '%s ends the run with what is kept, and it resumes without loss',
    async ([, kib, line], { desk, skip }) => {
      if (!mount('-o', `remount,size=${kib}k`, disk)) skip('a tmpfs cannot be mounted here');
      const out = join(disk, `run-${kib}`);
      const gateway = await desk.gateway({ latencyMs: 2 });
      await desk.write('rows.csv', questions(ROWS));
      const kept = expectStorageError(await desk.run(words(gateway, out)), line);
      const journal = await readFile(join(out, 'journal.jsonl'), 'utf8');
      expect(jsonLines(journal)).toHaveLength(kept);
      expect(mount('-o', 'remount,size=4m', disk)).toBe(true);
      await desk.pass(words(gateway, out));
      expect(gateway.stats().served).toBeLessThanOrEqual(ROWS + 4);
      const whole = await desk.gateway();
      await desk.pass(words(whole, 'whole'));
      const expected = comparable(jsonLines(await desk.read('whole/results.jsonl')));
      expect(comparable(jsonLines(await readFile(join(out, 'results.jsonl'), 'utf8')))).toEqual(expected);
      await rm(out, { recursive: true });
    },
  );

  it('is relieved of what can be made again before an answer is lost', async ({ skip }) => {
    if (!mount('-o', 'remount,size=64k', disk)) skip('a tmpfs cannot be mounted here');
    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(40 * 1024));
    const journal = await Journal.open(join(disk, 'journal.jsonl'), systemClock);
    journal.whenFull(() => rm(filler));
    const results = Array.from({ length: 60 }, (_, index) => completed(index, 'x'.repeat(100 + index)));
    for (let from = 0; from < results.length; from += 7) {
      await Promise.all(results.slice(from, from + 7).map((result) => journal.append(result)));
    }
    await journal.close();
    expect(existsSync(filler)).toBe(false);
    const stored = await Journal.open(join(disk, 'journal.jsonl'), systemClock);
    expect(stored.recovery).toEqual({ badLines: [], tornBytes: 0 });
    expect(stored.index.size).toBe(60);
    await stored.close();
  });

  it.for([
    ['report', (file: string) => ['report', 'run', '--format', 'markdown', '--output', file]],
    ['report --format', (file: string) => ['report', 'run', '--format', 'csv', '--output', file]],
    ['compare', (file: string) => ['compare', 'run', 'run', '--report', `markdown=${file}`]],
    ['baseline save', (file: string) => ['baseline', 'save', 'run', file]],
  ] as const)('is exit status 4 if a write fails: %s', async ([, wordsFor], { desk, skip }) => {
    if (!mount('-o', 'remount,size=64k', disk)) skip('a tmpfs cannot be mounted here');
    await desk.write('rows.csv', questions(4));
    await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'word-count:1-9', '--out', 'run']);
    await writeFile(join(disk, 'filler'), Buffer.alloc(64 * 1024)).catch(() => undefined);
    const { status, stderr } = await desk.run(wordsFor(join(disk, 'report')));
    expect({ status, stderr }).toEqual({ status: 4, stderr: expect.stringMatching(/error .*ENOSPC.*\nhint {2}.*\n$/) });
  });

  it('is detected before anything is paid if there is no room to begin', async ({ desk, skip }) => {
    if (!mount('-o', 'remount,size=64k', disk)) skip('a tmpfs cannot be mounted here');
    const filler = join(disk, 'filler');
    await writeFile(filler, Buffer.alloc(64 * 1024)).catch(() => undefined);
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    const { status, stderr } = await desk.run(words(gateway, join(disk, 'run')));
    expect([2, 4]).toContain(status);
    expect(stderr).toMatch(/^error .*ENOSPC.*\nhint {2}.*\n$/);
    expect(gateway.stats().calls).toBe(0);
  });
});

describe.concurrent('a run folder', { timeout: 60_000 }, () => {
  it('that is removed in the middle ends the run instead of paying for nothing', async ({ desk }) => {
    const gateway = await desk.gateway({ latencyMs: 20 });
    await desk.write('rows.csv', questions(1000));
    const cli = new RunningHere(words(gateway, 'run'), { cwd: desk.folder });
    await cli.until(() => gateway.stats().served >= 20);
    await rm(desk.path('run'), { recursive: true });
    const { served: before } = gateway.stats();
    const { status, stderr } = await cli.ended;
    expect(status).toBe(4);
    expect(stderr).toMatch(/^error run\/journal\.jsonl: was removed while the run was writing to it.*\nhint {2}.*\n$/m);
    // Checked five times a second; four calls take 20 ms together.
    expect(gateway.stats().served - before).toBeLessThan(200);
    expect(existsSync(desk.path('run'))).toBe(false);

    await desk.pass([...words(gateway, 'run'), '--limit', '5']);
    expect(await csvResults(desk, 'run')).toHaveLength(5);
  });

  it('whose journal was edited by hand is reported by line, and all other lines count', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(10));
    await desk.pass(words(gateway, 'run'));
    const before = comparable(await csvResults(desk, 'run'));
    const lines = (await desk.read('run/journal.jsonl')).trimEnd().split('\n');
    lines[2] = 'what I wanted to say:';
    lines[6] = lines[6]?.replace('"status":"completed"', '"status":"fine"') ?? '';
    await desk.write('run/journal.jsonl', `${lines.join('\n')}\n`);
    const refused = await desk.run(words(gateway, 'run'));
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining('2 lines are damaged or missing in journal.jsonl, the first damaged one is line 3'),
    ]);
    const { stderr } = await desk.pass([...words(gateway, 'run'), '--pay-again']);
    expect(stderr).toMatch(
      /^warning: run\/journal\.jsonl:3: 2 lines \(3, 7\) damaged or without a result, not used; their trials run again$/m,
    );
    expect(stderr).toContain('8 are done already, 2 to go');
    expect(gateway.stats()).toMatchObject({ served: 12, duplicates: 2 });
    expect(comparable(await csvResults(desk, 'run'))).toEqual(before);
  });

  it('that cannot be created is refused before anything is paid', async ({ desk }) => {
    const gateway = await desk.gateway();
    await desk.write('rows.csv', questions(2));
    await mkdir(desk.path('folder'));
    await desk.write('folder/run', 'a file');
    const { status, stderr } = await desk.run(words(gateway, 'folder/run'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error folder\/run: cannot be used as a run folder: .*\nhint {2}.*--out\n$/);
    expect(gateway.stats().calls).toBe(0);
  });
});

describe.concurrent("a folder in place of a run's file", { timeout: 60_000 }, () => {
  const RUN = [
    'run',
    'rows.csv',
    '-m',
    'gpt-4o',
    '--simulate',
    '--score',
    'contains',
    '--expected',
    'id',
    '--out',
    'r',
  ];

  it.for(['run.json', 'journal.jsonl', 'results.jsonl', 'results.csv', 'summary.json', 'holds.jsonl'])(
    'is named, with what to do, by every command that uses the run: %s',
    async (name, { desk }) => {
      await desk.write('rows.csv', questions(2));
      await desk.pass(RUN);
      await rm(desk.path(`r/${name}`), { force: true });
      await mkdir(desk.path(`r/${name}`));
      const commands = [
        RUN,
        [...RUN, '--overwrite'],
        ['report', 'r'],
        ['score', 'r', '--score', 'exact'],
        ['compare', 'r', 'r'],
      ];
      for (const command of commands) {
        const { status, stderr } = await desk.run(command);
        expect(status, command.join(' ')).toBe(2);
        expect(stderr).toContain(`error ${join('r', name)}: is a folder, where a run has a file\n`);
        const isRun = command[0] === 'run';
        expect(stderr).toContain(
          `hint  move that folder away${isRun ? ', or use another run folder with --out' : ''}\n`,
        );
        expect(stderr).not.toContain('EISDIR');
      }
    },
  );
});

describe.skipIf(!existsSync('/proc/self'))('a run folder in which nothing can be created', () => {
  it('is refused at once', async ({ desk }) => {
    await desk.write('rows.csv', questions(2));
    const { status, stderr } = await desk.run(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--out', '/proc/x']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error \/proc\/x: cannot be used as a run folder: ENOENT.*\nhint {2}.*--out\n$/);
  });
});
