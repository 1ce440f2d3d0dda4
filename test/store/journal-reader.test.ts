import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { Journal } from '../../src/store/journal.ts';
import { JournalReader, readJournal } from '../../src/store/journal-reader.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { completed, errored, trialId } from '../engine/results.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-reader-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

async function written(...results: readonly Result[]): Promise<void> {
  const journal = await Journal.open(path, new ManualClock());
  for (const result of results) await journal.append(result);
  await journal.close();
}

async function opened(): Promise<JournalReader> {
  const reader = await JournalReader.open(path);
  if (reader === null) throw new Error('there is no journal');
  return reader;
}

describe('a journal opened for reading', () => {
  it('has the latest result of each trial, and prefers an answer to any error', async () => {
    await written(errored(1), completed(1), errored(1), completed(2, 'old'), completed(2, 'é€😀'), errored(3));
    const reader = await opened();
    expect(reader.size).toBe(3);
    expect([1, 2, 3, 4].map((trial) => reader.has(trialId(trial)))).toEqual([true, true, true, false]);
    expect(await reader.read(trialId(1))).toEqual(completed(1));
    expect(await reader.read(trialId(2))).toEqual(completed(2, 'é€😀'));
    expect(await reader.read(trialId(3))).toEqual(errored(3));
    expect(await reader.read(trialId(4))).toBeNull();
    await reader.close();
  });

  it('skips a last line that is being written, and does not touch it', async () => {
    await written(completed(1), completed(2));
    const whole = await readFile(path, 'utf8');
    const torn = whole.slice(0, -10);
    await writeFile(path, torn);
    const reader = await opened();
    expect([reader.size, reader.has(trialId(2))]).toEqual([1, false]);
    await reader.close();
    expect(await readFile(path, 'utf8')).toBe(torn);
  });

  it('skips a complete last result without a line end, because it may continue', async () => {
    await written(completed(1), completed(2));
    await writeFile(path, (await readFile(path, 'utf8')).trimEnd());
    const reader = await opened();
    expect(reader.size).toBe(1);
    await reader.close();
    expect(await collected()).toEqual([completed(1)]);
  });

  it('skips lines that hold no result', async () => {
    await written(completed(1));
    await appendFile(path, 'no JSON\n{"trial_id":"x"}\n[]\n\n');
    await appendFile(path, Buffer.from([0xff, 0xfe, 0x0a]));
    await written(completed(2));
    const reader = await opened();
    expect(reader.size).toBe(2);
    expect(await reader.read(trialId(2))).toEqual(completed(2));
    await reader.close();
  });

  it('is null if there is none, and empty if the file is empty', async () => {
    expect(await JournalReader.open(path)).toBeNull();
    await writeFile(path, '');
    const reader = await opened();
    expect(reader.size).toBe(0);
    await reader.close();
  });

  it('fails if it cannot be read', async () => {
    await expect(JournalReader.open(folder)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('sees appended lines if it shares the writer’s index', async () => {
    const journal = await Journal.open(path, new ManualClock());
    await journal.append(completed(1));
    const reader = await JournalReader.of(path, journal.index);
    expect(await reader.read(trialId(1))).toEqual(completed(1));
    await journal.append(completed(2));
    expect([reader.size, await reader.read(trialId(2))]).toEqual([2, completed(2)]);
    await journal.append(errored(3));
    await journal.append(completed(3));
    expect(await reader.read(trialId(3))).toEqual(completed(3));
    await reader.close();
    await journal.close();
  });
});

async function collected(): Promise<readonly Result[]> {
  const results: Result[] = [];
  for await (const result of readJournal(path)) results.push(result);
  return results;
}

describe('the results of a journal in order', () => {
  it('are all of them, including both of one trial', async () => {
    const results = [errored(1), completed(2), completed(1)];
    await written(...results);
    await appendFile(path, 'no JSON\n{"torn":');
    expect(await collected()).toEqual(results);
  });

  it('are empty if there is no journal', async () => {
    expect(await collected()).toEqual([]);
  });

  it('fail if it cannot be read', async () => {
    path = folder;
    await expect(collected()).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
