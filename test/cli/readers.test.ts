import { cp, rename, rm } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { it } from '../support/in-process.ts';

/** Every command that reads a run folder, with the folder as `RUN`. */
const READERS: readonly (readonly string[])[] = [
  ['report', 'RUN'],
  ['report', 'RUN', '--format', 'html'],
  ['report', 'RUN', '--format', 'junit'],
  ['report', 'RUN', '--format', 'github'],
  ['report', 'RUN', '--format', 'csv'],
  ['show', 'RUN'],
  ['watch', 'RUN'],
  ['score', 'RUN', '--score', 'exact'],
  ['score', 'RUN', '--labels', 'labels.csv'],
  ['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--only-failed', 'RUN', '--out', 'next'],
];
/** They read a result file by itself, too. */
const SOURCES: readonly (readonly string[])[] = [
  ['compare', 'RUN', 'good'],
  ['compare', 'good', 'RUN'],
  ['show', 'good', '--flipped', 'RUN'],
  ['report', 'good', '--format', 'html', '--compare', 'RUN'],
  ['baseline', 'save', 'RUN', 'baseline.jsonl'],
];

const named = (words: readonly string[], run: string): readonly string[] =>
  words.map((word) => (word === 'RUN' ? run : word));

async function setUp(desk: Desk): Promise<void> {
  await desk.write('rows.csv', 'id,prompt,expected\na,Say hello,hello\nb,Say bye,bye\n');
  const formats = ['--format', 'csv,jsonl,wide-csv'];
  await desk.pass(['run', 'rows.csv', '-m', 'gpt-4o', '--simulate', '--score', 'exact', ...formats, '--out', 'good']);
}

/** The errors of the commands about a folder that they cannot read; the folder is as it was before. */
async function errorsOf(desk: Desk, commands: typeof READERS, run: string): Promise<readonly string[]> {
  const folder = run.split('/')[0] ?? '';
  const before = await desk.files(folder);
  const errors: string[] = [];
  for (const words of commands) {
    const { status, stderr } = await desk.run(named(words, run));
    expect([words, status, stderr]).toEqual([words, 2, expect.stringMatching(/^error .*\nhint .*\n$/)]);
    expect(stderr).not.toMatch(/--overwrite|--out\b|resum/);
    errors.push(stderr);
  }
  expect(await desk.files(folder)).toEqual(before);
  return errors;
}

describe.concurrent('commands that read a run never advise to replace it', { timeout: 240_000 }, () => {
  it('where it has no run.json, and name what reads the file by itself', async ({ desk }) => {
    await setUp(desk);
    await cp(desk.path('good/results.csv'), desk.path('alone/results.csv'));
    for (const error of await errorsOf(desk, [...READERS, ...SOURCES], 'alone')) {
      expect(error).toContain('error alone: has a results.csv but no run.json, which says what was run\n');
      expect(error).toContain('; compare and baseline save read alone/results.csv by itself\n');
    }
    await desk.pass(['compare', 'alone/results.csv', 'good']);
    await desk.pass(['baseline', 'save', 'alone/results.csv', 'baseline.jsonl']);
  });

  it('where a wide table is all that is left', async ({ desk }) => {
    await setUp(desk);
    await cp(desk.path('good/results-wide.csv'), desk.path('wide/results-wide.csv'));
    for (const error of await errorsOf(desk, [...READERS, ...SOURCES], 'wide')) {
      expect(error).toBe(
        'error wide: has a results-wide.csv but no run.json, which says what was run\n' +
          'hint  restore run.json from a copy of the run folder\n',
      );
    }
  });

  it('where a file of it is named', async ({ desk }) => {
    await setUp(desk);
    await cp(desk.path('good/results.csv'), desk.path('alone/results.csv'));
    for (const error of await errorsOf(desk, READERS, 'alone/results.csv')) {
      expect(error).toBe(
        'error alone/results.csv: is a file, and this command reads run folders\n' +
          'hint  name a run folder, which has a run.json; compare and baseline save read a result file by itself\n',
      );
    }
    for (const error of await errorsOf(desk, READERS, 'good/results-wide.csv')) {
      expect(error).toContain('\nhint  name the run folder: good\n');
    }
  });

  it('where its run.json is damaged or of a later version, or a folder has the name of a file', async ({ desk }) => {
    await setUp(desk);
    await cp(desk.path('good'), desk.path('bad'), { recursive: true });
    for (const text of ['{"formatVersion":', '{"formatVersion": 99}']) {
      await desk.write('bad/run.json', text);
      await errorsOf(desk, [...READERS, ...SOURCES], 'bad');
    }
    await rm(desk.path('bad/run.json'));
    await rename(desk.path('bad/results.csv'), desk.path('bad/x'));
    await cp(desk.path('good'), desk.path('other/results.csv'), { recursive: true });
    for (const words of [...READERS, ...SOURCES]) {
      const { status, stderr } = await desk.run(named(words, 'other'));
      expect([status, stderr]).toEqual([2, expect.stringContaining('hint  move that folder away\n')]);
    }
  });

  it('where its journal is gone', async ({ desk }) => {
    await setUp(desk);
    await rm(desk.path('good/journal.jsonl'));
    await errorsOf(desk, [['score', 'RUN', '--score', 'exact']], 'good');
  });
});
