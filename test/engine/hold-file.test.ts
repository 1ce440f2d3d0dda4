import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HoldFile } from '../../src/engine/hold-file.ts';
import { trialId } from './results.ts';

const [ONE, TWO] = [trialId(1), trialId(2)];

async function holdPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-holds-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'holds.jsonl');
}

/** What is lost, as the next session finds it. @param answered trials whose answers are in the journal */
async function lostAfter(path: string, answered: readonly string[] = [], currency = 'RUB'): Promise<bigint> {
  const holds = await HoldFile.open(path, (id) => answered.includes(id));
  await holds.close();
  return holds.lost(currency);
}

describe('what is held', () => {
  it('counts at its most while no answer tells of its call, for every later session', async () => {
    const path = await holdPath();
    const first = await HoldFile.open(path, () => false);
    await Promise.all([first.book('RUB').held(ONE, 70n), first.book('RUB').held(TWO, 5n)]);
    expect(first.lost('RUB')).toBe(0n);
    await first.close();
    expect(await lostAfter(path)).toBe(75n);
    expect(await lostAfter(path, [], 'USD')).toBe(0n);

    const later = await HoldFile.open(path, () => false);
    await later.book('RUB').held(ONE, 70n);
    await later.close();
    // The answer is that of a second call; what the first may have cost stays.
    expect(await lostAfter(path, [ONE])).toBe(75n);
  });

  it('is forgotten once the answer to its call is in the journal', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    await holds.book('RUB').held(ONE, 70n);
    await holds.close();
    expect(await lostAfter(path, [ONE])).toBe(0n);
  });

  it('counts as what a call without an answer cost, also where a later one was answered', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    const book = holds.book('RUB');
    for (const cost of [0n, 70n]) {
      await book.held(ONE, 70n);
      await book.ended(ONE, cost);
    }
    await book.held(ONE, 70n);
    await holds.close();
    expect(await lostAfter(path, [ONE])).toBe(70n);
  });

  it('is there when its promise has resolved, in lines that a person can read', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    await holds.book('RUB').held(ONE, 1_350_000_000n);
    const held = await readFile(path, 'utf8');
    expect(held).toMatch(/^\{.*,"v":2,"crc":"[0-9a-f]{8}"\}\n$/);
    expect(held).toContain(`{"held":"${ONE}","most_cost":"0.00135","currency":"RUB",`);
    await holds.close();
    await lostAfter(path);
    expect(await readFile(path, 'utf8')).toContain(`\n{"ended":"${ONE}","cost":"0.00135","currency":"RUB",`);
  });

  it('is read past lines that tell of nothing, and a torn last one is cut off', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    await holds.book('RUB').held(ONE, 3n);
    await holds.close();
    await appendFile(path, 'no line of ours\n{"held":7,"currency":"RUB"}\n');
    const { size } = await stat(path);
    await appendFile(path, `{"held":"${TWO}","most_co`);
    expect(await lostAfter(path, [ONE])).toBe(0n);
    expect((await stat(path)).size).toBe(size);
  });
});
