import { existsSync, readFileSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderLostError, StorageError } from '../../src/core/errors.ts';
import type { CompletedResult, Result } from '../../src/core/result.ts';
import { fileDigest } from '../../src/io/file-digest.ts';
import { OffsetLineReader } from '../../src/io/offset-reader.ts';
import { sealJson } from '../../src/io/sealed-line.ts';
import type { Fence } from '../../src/store/fence.ts';
import { Journal } from '../../src/store/journal.ts';
import { JournalReader } from '../../src/store/journal-reader.ts';
import { parseLine, readHead, recordText } from '../../src/store/journal-record.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { anyResult, completed, errored, trialId, usualResult } from '../engine/results.ts';

function journalLine(result: Result): Buffer {
  return Buffer.from(`${sealJson(recordText(result))}\n`);
}

let folder: string;
let path: string;
let clock: ManualClock;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-journal-'));
  path = join(folder, 'journal.jsonl');
  clock = new ManualClock();
});
afterEach(() => rm(folder, { recursive: true }));

describe('Journal', () => {
  it('returns every result unchanged, at the offset it reports, before and after reopening', async () => {
    let files = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyResult, { maxLength: 5 }), { maxLength: 6 }), async (batches) => {
        path = join(folder, `${++files}.jsonl`);
        const journal = await Journal.open(path, clock);
        for (const batch of batches) await Promise.all(batch.map((result) => journal.append(result)));
        const expected = latest(batches.flat());
        await expectFound(journal, expected);
        await journal.close();
        const reopened = await Journal.open(path, clock);
        expect(reopened.recovery).toEqual({ badLines: [], tornBytes: 0 });
        await expectFound(reopened, expected);
        await reopened.close();
      }),
      { numRuns: 60 },
    );
  });

  it('continues after the last line of an earlier session', async () => {
    await session([completed(1, 'é€😀'), errored(2)]);
    await session([completed(3), completed(2, 'now it went well')]);
    const journal = await Journal.open(path, clock);
    await expectFound(journal, latest([completed(1, 'é€😀'), completed(3), completed(2, 'now it went well')]));
    await journal.close();
  });

  it('is empty if there was no file', async () => {
    const journal = await Journal.open(path, clock);
    expect([journal.index.size, journal.recovery]).toEqual([0, { badLines: [], tornBytes: 0 }]);
    await journal.close();
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('uses the latest line of a trial, and prefers an answer to any error', async () => {
    await session([errored(1, 'first'), errored(1, 'second'), completed(2, 'an answer'), errored(2)]);
    const journal = await Journal.open(path, clock);
    await expectFound(journal, latest([errored(1, 'second'), completed(2, 'an answer')]));
    await journal.close();
  });

  it('finds in a new one what was appended before anyone asked, and after', async () => {
    const journal = await Journal.open(path, clock);
    const results = [completed(1), errored(2), completed(3, 'é€😀')];
    for (const result of results) await journal.append(result);
    await expectFound(journal, latest(results));
    await journal.append(completed(2));
    await expectFound(journal, latest([...results, completed(2)]));
    await journal.close();
  });

  it('says so if what was appended to a new one cannot be read back', async () => {
    const journal = await Journal.open(path, clock);
    await journal.append(completed(1));
    await rename(path, `${path}.moved`);
    expect(() => journal.index.get(trialId(1))).toThrow(StorageError);
    await journal.close();
  });

  it('cuts off a torn last line, wherever it was torn, and says how much', async () => {
    await session([completed(1), completed(2, 'é€😀')]);
    const whole = await readFile(path);
    const firstEnd = whole.indexOf('\n') + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: firstEnd, max: whole.length - 1 }), async (length) => {
        await writeFile(path, whole.subarray(0, length));
        const journal = await Journal.open(path, clock);
        expect(journal.recovery).toEqual({ badLines: [], tornBytes: length - firstEnd });
        await journal.append(completed(3));
        await expectFound(journal, latest([completed(1), completed(3)]));
        await journal.close();
        expect(journal.checksum).toBe((await fileDigest(path))?.checksum);
        const reopened = await Journal.open(path, clock);
        expect(reopened.recovery.tornBytes).toBe(0);
        await expectFound(reopened, latest([completed(1), completed(3)]));
        await reopened.close();
      }),
      { numRuns: 40 },
    );
  });

  it('leaves bad lines in place, does not use them and says which', async () => {
    await session([completed(1), completed(2), completed(3)]);
    const [first = '', second = '', third = ''] = (await readFile(path, 'utf8')).split('\n');
    const noResult = first.replace('"completed"', '"finished"');
    const lines = [first, '', second.slice(0, -1), '[]', noResult, '\u0000\u0000', '{"trial_id":1}', third, 'null'];
    await writeFile(path, `${lines.join('\n')}\n`);
    const journal = await Journal.open(path, clock);
    expect(journal.recovery).toEqual({ badLines: [2, 3, 4, 5, 6, 7, 9], tornBytes: 0 });
    await journal.append(completed(4));
    await expectFound(journal, latest([completed(1), completed(3), completed(4)]));
    await journal.close();
    expect((await readFile(path, 'utf8')).split('\n').slice(0, lines.length)).toEqual(lines);
  });

  it('uses no line with a changed byte, and says which', async () => {
    await session([completed(1), completed(2, 'é€😀'), errored(3)]);
    const whole = await readFile(path);
    const ends = [...whole.entries()].flatMap(([at, byte]) => (byte === 10 ? [at] : []));
    const place = fc.integer({ min: 0, max: whole.length - 1 }).filter((at) => !ends.includes(at));
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        fc.pre(damaged[at] !== 10);
        await writeFile(path, damaged);
        const journal = await Journal.open(path, clock);
        const line = ends.filter((end) => end < at).length + 1;
        expect(journal.recovery).toEqual({ badLines: [line], tornBytes: 0 });
        const others = [completed(1), completed(2, 'é€😀'), errored(3)].filter((_, index) => index !== line - 1);
        await expectFound(journal, latest(others));
        await journal.close();
      }),
      { numRuns: 150 },
    );
  });

  it('uses neither of two joined lines, nor a block of zeros', async () => {
    await session([completed(1), completed(2), completed(3), completed(4)]);
    const whole = await readFile(path);
    const ends = [...whole.entries()].flatMap(([at, byte]) => (byte === 10 ? [at] : []));
    whole[ends[0] ?? 0] = 32;
    whole.fill(0, (ends[1] ?? 0) + 20, (ends[1] ?? 0) + 60);
    await writeFile(path, whole);
    const journal = await Journal.open(path, clock);
    expect(journal.recovery.badLines).toEqual([1, 2]);
    expect(journal.extent).toEqual({ lines: 3, bytes: whole.length, results: 1 });
    await expectFound(journal, latest([completed(4)]));
    await journal.close();
  });

  it('reads lines without a checksum only for ids of the first format, and adds lines with one', async () => {
    const plain = { ...completed(1, 'of old'), trialId: trialId(1).slice(1) };
    const { v, crc, ...record } = JSON.parse(String(journalLine(plain)));
    const stripped = JSON.parse(String(journalLine(completed(2))));
    delete stripped.v;
    delete stripped.crc;
    await writeFile(
      path,
      [record, stripped, { ...record, v }, { ...record, crc }].map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    const journal = await Journal.open(path, clock);
    expect(journal.recovery.badLines).toEqual([2, 3, 4]);
    await journal.append({ ...completed(5), trialId: trialId(5).slice(1) });
    await journal.close();
    const reader = await JournalReader.open(path);
    // The same place in the grid has the same digest in both formats.
    expect(await reader?.read(trialId(1))).toEqual(plain);
    expect(await reader?.read(trialId(5))).toMatchObject({ trialId: trialId(5).slice(1) });
    await reader?.close();
  });

  it('returns no other line for a trial whose line was replaced since it was opened', async () => {
    await session([completed(1), completed(2)]);
    const reader = await JournalReader.open(path);
    const [first = '', second = ''] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${second}\n${first}\n`);
    expect([await reader?.read(trialId(1)), await reader?.read(trialId(2))]).toEqual([null, null]);
    await reader?.close();
  });

  it('has written all results that arrived together once the first of them is stored', async () => {
    const journal = await Journal.open(path, clock);
    const trials = Array.from({ length: 200 }, (_, index) => index);
    const stored = trials.map((trial) => journal.append(completed(trial)));
    await stored[0];
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(trials.length + 1);
    await Promise.all(stored);
    await journal.close();
  });

  it('has written unawaited results once it is closed', async () => {
    const journal = await Journal.open(path, clock);
    for (let trial = 0; trial < 50; trial++) void journal.append(completed(trial));
    await journal.close();
    const reopened = await Journal.open(path, clock);
    expect(reopened.index.size).toBe(50);
    await reopened.close();
  });

  it('stores nothing once it is closed', async () => {
    const journal = await Journal.open(path, clock);
    await journal.close();
    await expect(journal.append(completed(1))).rejects.toThrow(StorageError);
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('reports a journal that cannot be read', async () => {
    await expect(Journal.open(folder, clock)).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(Journal.open(join(folder, 'none', 'journal.jsonl'), clock)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.skipIf(process.platform === 'win32')('reports its removal at the next result and at the end', async () => {
    const journal = await Journal.open(path, clock);
    await journal.append(completed(1));
    await rm(path);
    await expect(journal.append(completed(2))).rejects.toThrow(`${path}: was removed`);
    await expect(journal.close()).rejects.toThrow(`${path}: was removed`);
  });

  it('ends at the first result after lines of another process, and does not touch them', async () => {
    const journal = await Journal.open(path, clock);
    await journal.append(completed(1));
    const foreign = String(journalLine(completed(7)));
    await appendFile(path, foreign);
    const before = await readFile(path, 'utf8');
    await expect(journal.append(completed(2))).rejects.toMatchObject({ code: 'E_FOLDER_LOST', exitStatus: 4 });
    await expect(journal.append(completed(3))).rejects.toMatchObject({ code: 'E_FOLDER_LOST' });
    await expect(journal.close()).rejects.toThrow(FolderLostError);
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(before).toContain(foreign);
  });

  it('ends if another process truncated or replaced it', async () => {
    const short = await Journal.open(path, clock);
    await short.append(completed(1));
    await truncate(path);
    await expect(short.append(completed(2))).rejects.toThrow(FolderLostError);
    await expect(short.close()).rejects.toThrow(FolderLostError);
    const replaced = await Journal.open(path, clock);
    await writeFile(`${path}.new`, '');
    await rename(`${path}.new`, path);
    await expect(replaced.append(completed(2))).rejects.toMatchObject({ exitStatus: 4 });
    await expect(replaced.close()).rejects.toMatchObject({ exitStatus: 4 });
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('writes nothing to a folder whose lock was lost', async () => {
    const fence = new Gate();
    const journal = await Journal.open(path, clock, fence);
    await journal.append(completed(1));
    const before = await readFile(path, 'utf8');
    fence.isShut = true;
    await expect(journal.append(completed(2))).rejects.toThrow(FolderLostError);
    await expect(journal.close()).rejects.toThrow(FolderLostError);
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  // Takes every write, and refuses only to be synchronized.
  it.skipIf(!existsSync('/dev/null'))('syncs from time to time, and not with every result', async () => {
    await symlink('/dev/null', path);
    const journal = await Journal.open(path, clock);
    for (let trial = 1; trial < 20; trial++) await journal.append(completed(trial));
    await expect(journal.close()).rejects.toThrow(StorageError);
  });

  it('knows the cost of earlier sessions’ results, including failed attempts', async () => {
    const wasted = { amount: 10n ** 20n, currency: 'RUB' };
    const inDollars = { amount: 10n ** 20n, currency: 'USD' };
    await session([completed(1), { ...completed(2), wasted }, { ...errored(3), wasted: inDollars }]);
    const journal = await Journal.open(path, clock);
    const paid = ['RUB', 'USD', 'EUR'].map((currency) => journal.paid.of(currency));
    expect(paid).toEqual([6n + 10n ** 20n, 10n ** 20n, 0n]);
    await journal.close();
  });

  // Reads as empty, takes every write and cannot be synchronized.
  it.skipIf(!existsSync('/dev/null'))(
    'reports at the next result and at the end that the disk stores nothing',
    async () => {
      await symlink('/dev/null', path);
      const journal = await Journal.open(path, clock);
      await journal.append(completed(1));
      await clock.pass(1000);
      await journal.append(completed(2));
      await expect
        .poll(() => journal.append(completed(3)).catch((error: unknown) => error))
        .toBeInstanceOf(StorageError);
      await expect(journal.close()).rejects.toMatchObject({ code: 'E_STORAGE' });
    },
  );

  it.skipIf(!existsSync('/dev/null'))('reports an error if only the last results are not durable', async () => {
    await symlink('/dev/null', path);
    const journal = await Journal.open(path, clock);
    await journal.append(completed(1));
    await expect(journal.close()).rejects.toThrow(StorageError);
  });
});

describe('parseLine', () => {
  it('returns every result as it was, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.oneof(anyResult, usualResult), (result) => {
        const line = journalLine(result).subarray(0, -1);
        expect([parseLine(line), parseLine(line.toString())]).toEqual([result, result]);
      }),
      { numRuns: 2000 },
    );
  });

  it('returns null for any text that is not a result', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(parseLine(text)).toBeNull();
      }),
    );
  });
});

describe('readHead', () => {
  const hostile = fc.constantFrom(
    ',"status":"completed",',
    '","output":"',
    '\\","total_cost":"7","currency":"RUB",',
    ',"judge_of":"t0",',
    'é€😀\u2028\0',
  );

  it('says of a line what the whole line says, whatever its texts hold', () => {
    const texts = { rowId: hostile, prompt: hostile, model: hostile };
    const result = fc.oneof(
      anyResult,
      fc.tuple(anyResult, fc.record(texts)).map(([any, own]) => ({ ...any, ...own })),
    );
    fc.assert(
      fc.property(result, fc.option(hostile), (any, output) => {
        const made = journalLine(output === null || any.status !== 'completed' ? any : withOutput(any, output));
        const line = made.subarray(0, -1);
        expect(readHead(line)).toEqual(expectedHead(parseLine(line)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is null for a line with a changed byte', () => {
    fc.assert(
      fc.property(
        fc.oneof(anyResult, usualResult),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (result, place, change) => {
          const line = journalLine(result).subarray(0, -1);
          const at = place % line.length;
          line[at] = (line[at] ?? 0) ^ change;
          expect([readHead(line), parseLine(line)]).toEqual([null, null]);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function withOutput(result: CompletedResult, output: string): Result {
  return { ...result, completion: { ...result.completion, output } };
}

function expectedHead(result: Result | null): unknown {
  if (result === null) return null;
  const { trialId: id, status, judgeOf, wasted } = result;
  if (result.status !== 'completed') return { trialId: id, status, judgeOf, wasted, cost: undefined, simulated: false };
  const { cost: told, simulated } = result.completion;
  const { total, currency } = told;
  const cost = total === null || currency === null ? null : { amount: total, currency };
  return { trialId: id, status, judgeOf, wasted, cost, simulated };
}

/** A fence that can be shut. */
class Gate implements Fence {
  isShut = false;

  check(): Promise<void> | null {
    return this.isShut ? Promise.reject(new FolderLostError('lost', { hint: 'stop' })) : null;
  }
}

async function session(results: readonly Result[]): Promise<void> {
  const journal = await Journal.open(path, clock);
  for (const result of results) await journal.append(result);
  await journal.close();
}

/** The result that counts of each trial. */
function latest(results: readonly Result[]): ReadonlyMap<string, Result> {
  const byTrial = new Map<string, Result>();
  for (const result of results) {
    const isAnswered = byTrial.get(result.trialId)?.status === 'completed';
    if (!isAnswered || result.status === 'completed') byTrial.set(result.trialId, result);
  }
  return byTrial;
}

async function expectFound({ index }: Journal, expected: ReadonlyMap<string, Result>): Promise<void> {
  // A new one counts lines until it is asked for a trial.
  expect(index.size).toBeGreaterThanOrEqual(expected.size);
  expect(index.get(trialId(-1))).toBeUndefined();
  expect(index.size).toBe(expected.size);
  const reader = await OffsetLineReader.open(path);
  for (const [id, result] of expected) {
    const entry = index.get(id);
    expect(entry?.status).toBe(result.status);
    expect(parseLine(reader.read(entry?.offset ?? -1))).toEqual(result);
  }
  await reader.close();
}
