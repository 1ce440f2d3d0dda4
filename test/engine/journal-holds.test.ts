import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Journal } from '../../src/engine/journal.ts';
import { ManualClock } from './manual-clock.ts';
import { completed, trialId } from './results.ts';

const [ONE, TWO] = [trialId(1), trialId(2)];

async function journalPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-holds-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'journal.jsonl');
}

/** What is lost, as the next session finds it. */
async function lostAfter(path: string, currency = 'RUB'): Promise<bigint> {
  const journal = await Journal.open(path, new ManualClock());
  await journal.close();
  expect(journal.recovery).toEqual({ badLines: [], tornBytes: 0 });
  return journal.holds.lost(currency);
}

describe('holds in a journal', () => {
  it('count at their most while no result tells of their call, for every later session', async () => {
    const path = await journalPath();
    const journal = await Journal.open(path, new ManualClock());
    const book = journal.holdBook('RUB');
    await book.held(ONE, 70n);
    await book.held(TWO, 5n);
    await journal.close();
    expect(await lostAfter(path)).toBe(75n);
    expect(await lostAfter(path, 'USD')).toBe(0n);

    const later = await Journal.open(path, new ManualClock());
    await later.holdBook('RUB').held(ONE, 70n);
    await later.append({ ...completed(1), trialId: ONE });
    await later.close();
    // The answer is that of a second call; what the first may have cost stays.
    expect(await lostAfter(path)).toBe(75n);
  });

  it('are forgotten once their call has its result', async () => {
    const path = await journalPath();
    const journal = await Journal.open(path, new ManualClock());
    await journal.holdBook('RUB').held(ONE, 70n);
    await journal.append({ ...completed(1), trialId: ONE });
    await journal.close();
    expect(await lostAfter(path)).toBe(0n);
  });

  it('count as what a call without an answer cost', async () => {
    const path = await journalPath();
    const journal = await Journal.open(path, new ManualClock());
    const book = journal.holdBook('RUB');
    await book.held(ONE, 70n);
    await book.ended(ONE, 0n);
    await book.held(ONE, 70n);
    await book.ended(ONE, 70n);
    await journal.append({ ...completed(1), trialId: ONE });
    await journal.close();
    expect(await lostAfter(path)).toBe(70n);
  });

  it('are lines of their own that no reader takes for a result', async () => {
    const path = await journalPath();
    const journal = await Journal.open(path, new ManualClock());
    await journal.holdBook('RUB').held(ONE, 1_350_000_000n);
    await journal.close();
    expect(await readFile(path, 'utf8')).toBe(`{"held":"${ONE}","most_cost":"0.00135","currency":"RUB"}\n`);
    const again = await Journal.open(path, new ManualClock());
    expect(again.index.size).toBe(0);
    await again.close();
    expect(await readFile(path, 'utf8')).toContain(`{"hold_ended":"${ONE}","cost":"0.00135","currency":"RUB"}\n`);
  });
});
