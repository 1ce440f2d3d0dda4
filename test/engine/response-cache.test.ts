import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Completion } from '../../src/core/completion.ts';
import { cacheStats, clearCache, pruneCache } from '../../src/engine/cache-care.ts';
import { CACHE_FILES } from '../../src/engine/cache-folder.ts';
import { ResponseCache } from '../../src/engine/response-cache.ts';
import { readStoredAnswer, storedAnswer } from '../../src/engine/stored-answer.ts';
import { completed } from './results.ts';

async function cacheFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-cache-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function openCache(folder: string, onWarning: (text: string) => void = () => undefined): ResponseCache {
  const cache = ResponseCache.open(folder, onWarning);
  if (cache === null) throw new Error('there is no room for a cache');
  return cache;
}

const answerOf = (trial: number): Completion => completed(trial, `the answer number ${trial}`).completion;

const keyOf = (number: number): string => `key ${number}`;

describe('the response cache', () => {
  it('returns no answer with a changed byte, and says so once', async () => {
    const folder = await cacheFolder();
    const warnings: string[] = [];
    const open = (): ResponseCache => openCache(folder, (text) => warnings.push(text));
    const cache = open();
    for (const trial of [1, 2, 3, 4]) cache.put(`key ${trial}`, answerOf(trial), 'now');
    await cache.close();
    const path = join(folder, CACHE_FILES.data);
    const bytes = await readFile(path);
    for (const trial of [2, 3]) {
      const text = `the answer number ${trial}`;
      for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes[at] = 'T'.charCodeAt(0);
    }
    await writeFile(path, bytes);
    const again = open();
    const found = [1, 2, 3, 4].map((trial) => again.get(`key ${trial}`)?.output ?? null);
    await again.close();
    expect(found).toEqual(['the answer number 1', null, null, 'the answer number 4']);
    expect(warnings).toEqual([
      expect.stringContaining('has a damaged answer, which is not used'),
      expect.stringContaining('had 2 damaged answers'),
    ]);
  });

  it.for<readonly [how: string, empty: (folder: string) => void | Promise<void>]>([
    ['was cleared', clearCache],
    ['lost its folder', (folder) => rm(folder, { recursive: true })],
  ])('keeps the answers that come after it %s, and says so once', async ([, empty]) => {
    const folder = await cacheFolder();
    const warnings: string[] = [];
    const cache = openCache(folder, (text) => warnings.push(text));
    const stored = async (): Promise<number> => (await cacheStats(folder)).answers;
    for (const number of [1, 2]) {
      cache.put(keyOf(number), answerOf(number), 'now');
      await expect.poll(stored).toBe(1);
      await empty(folder);
    }
    for (const number of [3, 4]) cache.put(keyOf(number), answerOf(number), 'now');
    await expect.poll(stored).toBe(2);
    expect([2, 3].map((number) => cache.get(keyOf(number))?.output)).toEqual([undefined, answerOf(3).output]);
    cache.put(keyOf(5), answerOf(5), 'now');
    await cache.close();
    const next = openCache(folder);
    const found = [1, 2, 3, 4, 5].map((number) => next.get(keyOf(number)) !== null);
    await next.close();
    expect(found).toEqual([false, false, true, true, true]);
    expect(warnings).toEqual([expect.stringContaining('was emptied or replaced during this run')]);
  });

  it('stores at its end what came after it was cleared', async () => {
    const folder = await cacheFolder();
    const cache = openCache(folder);
    clearCache(folder);
    cache.put(keyOf(1), answerOf(1), 'now');
    await cache.close();
    expect(await cacheStats(folder)).toMatchObject({ answers: 1 });
  });

  it('keeps what comes while others prune it', async () => {
    const folder = await cacheFolder();
    const cache = openCache(folder);
    const stored = async (): Promise<number> => (await cacheStats(folder)).answers;
    cache.put(keyOf(1), answerOf(1), '2026-01-01');
    await expect.poll(stored).toBe(1);
    expect(await pruneCache(folder, '2026-01-02')).toBe(1);
    cache.put(keyOf(2), answerOf(2), '2026-01-03');
    await expect.poll(stored).toBe(1);
    expect([1, 2].map((number) => cache.get(keyOf(number)) !== null)).toEqual([false, true]);
    await cache.close();
  });

  it('with a zeroed or changed page is rebuilt from the intact answers', async () => {
    const folder = await cacheFolder();
    const path = join(folder, CACHE_FILES.data);
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    const cache = openCache(folder);
    for (const number of numbers) cache.put(keyOf(number), answerOf(number), 'now');
    await cache.close();
    const whole = await readFile(path);
    const pageSize = whole.readUInt32LE(48);
    // Kinds of pages: 1 has children, 2 has entries.
    const pages = numbers
      .slice(2)
      .filter((page) => [1, 2].includes(whole.length > page * pageSize ? whole.readUInt16LE(page * pageSize + 18) : 0));
    const sound = pages.filter((page) => whole.readBigUInt64LE(page * pageSize) === BigInt(page));
    expect(sound.length).toBeGreaterThan(4);
    for (const page of sound) {
      const at = page * pageSize;
      // The page; its number; where its first entry is.
      for (const [from, to] of [
        [at, at + pageSize],
        [at, at + 1],
        [at + 24, at + 26],
      ] as const) {
        await writeFile(path, Buffer.from(whole).fill(from === at && to === at + pageSize ? 0 : 0xff, from, to));
        await rm(join(folder, CACHE_FILES.lock), { force: true });
        const warnings: string[] = [];
        const opened = openCache(folder, (text) => warnings.push(text));
        const outputs = numbers.map((number) => opened.get(keyOf(number))?.output ?? null);
        await opened.close();
        const wrong = outputs.filter((output, number) => output !== null && output !== answerOf(number).output);
        expect(wrong).toEqual([]);
        expect(outputs.filter((output) => output !== null).length).toBeGreaterThan(150);
        expect(warnings).toEqual([
          expect.stringMatching(/is broken \(damaged\); it was moved to .*, and [0-9]+ answers were saved/),
        ]);
      }
    }
  });

  it('rebuilt from a broken file has the newest answers, and none that was pruned', async () => {
    const folder = await cacheFolder();
    const path = join(folder, CACHE_FILES.data);
    const fill = async (numbers: readonly number[], of: (number: number) => number, at: string): Promise<void> => {
      const cache = openCache(folder);
      for (const number of numbers) cache.put(keyOf(number), answerOf(of(number)), at);
      await cache.close();
    };
    const numbers = Array.from({ length: 60 }, (_, number) => number);
    await fill(numbers, (number) => number, '2026-01-01T00:00:00.000Z');
    await fill(numbers.slice(30, 45), (number) => 100 + number, '2026-03-01T00:00:00.000Z');
    expect(await pruneCache(folder, '2026-02-01T00:00:00.000Z')).toBe(45);
    expect(await pruneCache(folder, '2025-02-01T00:00:00.000Z')).toBe(0);
    // Of these the older ones are in pages that are not used any more.
    await fill(numbers.slice(45), (number) => number, '2026-02-15T00:00:00.000Z');
    await fill(numbers.slice(45), (number) => 100 + number, '2026-03-01T00:00:00.000Z');
    const whole = await readFile(path);
    const pageSize = whole.readUInt32LE(48);
    expect(numbers.slice(0, 30).some((number) => whole.includes(`the answer number ${number}"`))).toBe(true);
    // No page that has children, so that the tree is not known any more.
    for (let at = 2 * pageSize; at < whole.length; at += pageSize) {
      if (whole.readUInt16LE(at + 18) === 1) whole.fill(0, at, at + pageSize);
    }
    await writeFile(path, whole);
    await rm(join(folder, CACHE_FILES.lock), { force: true });
    const warnings: string[] = [];
    const opened = openCache(folder, (text) => warnings.push(text));
    const outputs = numbers.map((number) => opened.get(keyOf(number))?.output ?? null);
    await opened.close();
    expect(warnings).toEqual([expect.stringContaining('30 answers were saved from it')]);
    expect(outputs).toEqual(numbers.map((number) => (number < 30 ? null : answerOf(100 + number).output)));
  });

  it('returns no answer that was stored under another key', () => {
    const text = storedAnswer('one', answerOf(1), 'now');
    expect(readStoredAnswer('one', text)?.completion).toEqual(expect.objectContaining({ output: answerOf(1).output }));
    expect(readStoredAnswer('two', text)).toBeNull();
  });

  it('reads answers of versions without a checksum', () => {
    const { v, crc, ...record } = JSON.parse(storedAnswer('one', answerOf(1), 'now'));
    expect(readStoredAnswer('two', JSON.stringify(record))?.completion.output).toBe(answerOf(1).output);
    expect(readStoredAnswer('two', JSON.stringify({ ...record, v }))).toBeNull();
    expect(readStoredAnswer('two', JSON.stringify({ ...record, crc }))).toBeNull();
  });
});
