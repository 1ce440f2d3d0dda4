import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '../../src/core/result.ts';
import { sealJson } from '../../src/io/sealed-line.ts';
import { parseLine, recordText } from '../../src/store/journal-record.ts';
import { JournalStream } from '../../src/store/journal-stream.ts';
import { completed, errored, trialId } from '../engine/results.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-stream-'));
  path = join(folder, 'journal.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

function lineOf(result: Result): string {
  return sealJson(recordText(result));
}

/** What is taken for the trials with numbers below the count, and whether nothing is left. */
async function taken(lines: readonly string[], trials: number): Promise<readonly [(Result | null)[], boolean]> {
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  const stream = new JournalStream(path);
  const results: (Result | null)[] = [];
  for (let trial = 0; trial < trials; trial++) results.push(await stream.take(trialId(trial)));
  const isUsedUp = await stream.isUsedUp();
  await stream.close();
  return [results, isUsedUp];
}

describe('JournalStream', () => {
  it('gives the results of trials in their order, whatever that of the lines', async () => {
    const results = Array.from({ length: 60 }, (_, trial) => (trial % 7 === 3 ? errored(trial) : completed(trial)));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(results, { minLength: results.length }), async (shuffled) => {
        const expected = results.map((result) => parseLine(lineOf(result)));
        expect(await taken(shuffled.map(lineOf), results.length)).toEqual([expected, true]);
      }),
      { numRuns: 50 },
    );
  });

  it('reads lines that are longer than a block', async () => {
    const results = [completed(0, 'й'.repeat(300_000)), completed(1), completed(2, 'z'.repeat(600_000))];
    expect(await taken(results.map(lineOf), 3)).toEqual([results.map((result) => parseLine(lineOf(result))), true]);
  });

  it.each([
    ['a trial without a line', [completed(0), completed(2)]],
    ['a line that is too early for more than a few thousand others', reversed(5000)],
    ['an answer that is too long to wait', [completed(1, 'x'.repeat(5_000_000)), completed(0)]],
    ['two early lines of one trial', [completed(2), errored(2), completed(0), completed(1)]],
  ])('gives up at %s', async (_what, results) => {
    const [found] = await taken(results.map(lineOf), 3);
    expect(found).toContain(null);
  });

  it('gives up at a line that is damaged or not whole', async () => {
    const [first, second] = [lineOf(completed(0)), lineOf(completed(1))];
    expect((await taken([first, second.replace('answer', 'Answer')], 2))[0][1]).toBeNull();
    await writeFile(path, `${first}\n${second}`);
    const stream = new JournalStream(path);
    expect([await stream.take(trialId(0)), await stream.take(trialId(1))]).toEqual([expect.any(Object), null]);
    await stream.close();
  });

  it('says that lines are left: a later line of a trial, or one of no trial', async () => {
    for (const extra of [completed(0, 'later'), completed(9)]) {
      for (const results of [
        [completed(0), completed(1), extra],
        [completed(0), extra, completed(1)],
      ]) {
        const [found, isUsedUp] = await taken(results.map(lineOf), 2);
        expect([found.length, isUsedUp]).toEqual([2, false]);
      }
    }
  });
});

function reversed(count: number): readonly Result[] {
  return Array.from({ length: count }, (_, place) => completed(count - 1 - place));
}
