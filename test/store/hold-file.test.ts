import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LostCalls } from '../../src/core/billed.ts';
import type { CallEnding, HoldLog } from '../../src/core/hold-log.ts';
import { formatDecimal } from '../../src/core/money.ts';
import { HoldFile } from '../../src/store/hold-file.ts';
import { JournalIndex } from '../../src/store/journal-index.ts';
import { readRecordedCalls } from '../../src/store/recorded-calls.ts';
import { trialId } from '../engine/results.ts';

const [ONE, TWO, THREE] = [trialId(1), trialId(2), trialId(3)];
const LOST: CallEnding = { end: 'lost' };
const FREE: CallEnding = { end: 'free' };
const UNPRICED: CallEnding = { end: 'unpriced' };

const told = (cost: bigint): CallEnding => ({ end: 'told', cost, isJudge: false });

async function holdPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-holds-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'holds.jsonl');
}

/** What the next session finds that no result tells of. */
interface Found {
  readonly paid: bigint;
  readonly unknown: bigint;
  readonly unknownCalls: number;
  readonly unbounded: number;
}

const NOTHING: Found = { paid: 0n, unknown: 0n, unknownCalls: 0, unbounded: 0 };

/** @param answered trials whose answers are in the journal */
async function foundAfter(path: string, answered: readonly string[] = [], currency = 'RUB'): Promise<Found> {
  const holds = await HoldFile.open(path, (id) => answered.includes(id));
  await holds.close();
  const { paid, unknown, unknownCalls, unbounded } = holds.spending;
  return { paid: paid.of(currency), unknown: unknown.of(currency), unknownCalls, unbounded };
}

const BOOKS = ['exact', 'bound'] as const;

/** A session with a book; ended as a process that is killed, or cleanly. */
async function session(
  path: string,
  kind: (typeof BOOKS)[number],
  work: (book: HoldLog) => Promise<void>,
  { isKilled = false } = {},
): Promise<HoldFile> {
  const holds = await HoldFile.open(path, () => false);
  await work(holds[kind]('RUB'));
  // A process that is killed writes nothing more.
  const text = await readFile(path, 'utf8').catch(() => null);
  await holds.close();
  if (isKilled && text !== null) await writeFile(path, text);
  return holds;
}

describe.each(BOOKS)('a session whose calls are kept in a log that is %s', (kind) => {
  it('counts a lost call at its maximum, and a free one not at all', async () => {
    const path = await holdPath();
    const holds = await session(path, kind, async (book) => {
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, FREE);
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, LOST);
      await book.held(ONE, 70n);
      await book.stored(ONE);
    });
    expect(holds.lost).toEqual({
      calls: 1,
      isBound: false,
      costsAtMost: [{ total: '0.00000000007', currency: 'RUB' }],
      unbounded: 0,
    });
    expect(await foundAfter(path, [ONE])).toEqual({ ...NOTHING, unknown: 70n, unknownCalls: 1 });
    // However often it is looked at.
    expect(await foundAfter(path, [ONE])).toEqual({ ...NOTHING, unknown: 70n, unknownCalls: 1 });
    expect(await foundAfter(path, [ONE], 'USD')).toEqual({ ...NOTHING, unknownCalls: 1 });
  });

  it('counts calls in flight at its death at their maximum, and answered ones not at all', async () => {
    const path = await holdPath();
    await session(
      path,
      kind,
      async (book) => {
        for (const [id, most] of [
          [ONE, 40n],
          [TWO, 80n],
          [THREE, 20n],
        ] as const) {
          await book.held(id, most);
        }
        await book.stored(ONE);
      },
      { isKilled: true },
    );
    const found = await foundAfter(path, [ONE]);
    // Exactly, or a quarter above what was under way when the last mark was set.
    const known = { exact: { unknown: 100n, unknownCalls: 2 }, bound: { unknown: 150n, unknownCalls: 3 } }[kind];
    expect(found).toEqual({ ...NOTHING, ...known });
    expect(await foundAfter(path, [ONE])).toEqual(found);
  });

  it('counts an answer of unknown cost at its maximum, and not as a lost call', async () => {
    const path = await holdPath();
    const holds = await session(path, kind, async (book) => {
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, UNPRICED);
      await book.stored(ONE);
    });
    expect(holds.lost.calls).toBe(0);
    expect([holds.countsAnswer(ONE), holds.countsAnswer(TWO)]).toEqual([true, false]);
    expect(await foundAfter(path, [ONE])).toEqual({ ...NOTHING, unknown: 70n, unknownCalls: 1 });
  });

  it('counts the known cost of a failed call once, although the result of its trial repeats it', async () => {
    const path = await holdPath();
    const holds = await session(path, kind, async (book) => {
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, told(30n));
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, told(5n));
      await book.held(TWO, 70n);
      await book.ended(TWO, 70n, told(11n));
      await book.stored(ONE);
    });
    expect(holds.lost.calls).toBe(0);
    // The result of the first tells its 35; the second will have none.
    expect(await foundAfter(path)).toEqual({ ...NOTHING, paid: 11n });
    expect(await foundAfter(path)).toEqual({ ...NOTHING, paid: 11n });
  });

  it('keeps the known cost of a failed call when it dies', async () => {
    const path = await holdPath();
    await session(
      path,
      kind,
      async (book) => {
        await book.held(ONE, 70n);
        await book.ended(ONE, 70n, told(90n));
      },
      { isKilled: true },
    );
    const { paid, unknown } = await foundAfter(path);
    expect(paid + unknown).toBeGreaterThanOrEqual(90n);
  });

  it('reports calls without a bound as such', async () => {
    const path = await holdPath();
    const holds = await session(path, kind, async (book) => {
      await book.held(ONE, null);
      await book.ended(ONE, null, LOST);
    });
    expect(holds.lost).toEqual({ calls: 1, isBound: false, costsAtMost: [], unbounded: 1 });
    expect(await foundAfter(path)).toEqual({ ...NOTHING, unbounded: 1 });
    await session(path, kind, async (book) => book.held(TWO, null), { isKilled: true });
    expect((await foundAfter(path)).unbounded).toBeGreaterThanOrEqual(2);
  });

  it('never spends more than is recorded, wherever it dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const path = await holdPath();
        const [answered, open]: [string[], string[]] = [[], []];
        let [bill, journal] = [0n, 0n];
        await session(
          path,
          kind,
          async (book) => {
            for (const { trial, most, billed, ending } of steps) {
              const id = trialId(trial);
              if ([...answered, ...open].includes(id)) continue;
              await book.held(id, most);
              bill += ending === 'free' ? 0n : (most * BigInt(billed)) / 100n;
              if (ending === 'dies') return;
              if (ending === 'answered') {
                journal += (most * BigInt(billed)) / 100n;
                answered.push(id);
                await book.stored(id);
              } else if (ending === 'waits') open.push(id);
              else await book.ended(id, most, { end: ending });
            }
          },
          { isKilled: true },
        );
        const { paid, unknown } = await foundAfter(path, answered);
        expect(journal + paid + unknown).toBeGreaterThanOrEqual(bill);
      }),
      { numRuns: 60 },
    );
  });
});

const step = fc.record({
  trial: fc.nat({ max: 12 }),
  most: fc.bigInt({ min: 0n, max: 100n }),
  /** Of `most`, in hundredths. */
  billed: fc.nat({ max: 100 }),
  ending: fc.constantFrom('answered', 'lost', 'free', 'waits', 'dies'),
});

describe('an exact log', () => {
  it('is written when its promise has resolved, in readable lines', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    await holds.exact('RUB').held(ONE, 1_350_000_000n);
    const held = await readFile(path, 'utf8');
    expect(held).toMatch(/^\{.*,"v":2,"crc":"[0-9a-f]{8}"\}\n$/);
    expect(held).toContain(`{"held":"${ONE}","most_cost":"0.00135","currency":"RUB",`);
    await holds.close();
    await foundAfter(path);
    expect(await readFile(path, 'utf8')).toContain(
      `\n{"ended":"${ONE}","cost":"0.00135","currency":"RUB","as":"lost","v":2,`,
    );
  });
});

describe('an exact log of a session', () => {
  it.each<readonly [what: string, left: readonly string[], open: (book: HoldLog) => Promise<void>]>([
    ['is removed if every call was stored or cost nothing', [], async () => undefined],
    ['stays if a call waits for its answer elsewhere', ['holds.jsonl'], async (book) => book.held(trialId(3), 1n)],
    [
      'stays if a call was lost',
      ['holds.jsonl'],
      async (book) => {
        await book.held(trialId(3), 1n);
        await book.ended(trialId(3), 1n, { end: 'lost' });
      },
    ],
  ])('%s', async (_what, left, open) => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    const book = holds.exact('RUB');
    for (const number of [1, 2]) await book.held(trialId(number), 1n);
    await book.ended(trialId(1), 1n, { end: 'free' });
    await book.stored(trialId(2));
    await open(book);
    await holds.close();
    expect(await readdir(dirname(path))).toEqual(left);
  });
});

describe('a log that keeps a bound', () => {
  it('writes seldom, and leaves no file if a session has nothing to record', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    const book = holds.bound('RUB');
    for (let round = 0; round < 20; round++) {
      for (let trial = 0; trial < 64; trial++) await book.held(trialId(trial), 100n);
      for (let trial = 0; trial < 64; trial++) await book.stored(trialId(trial));
    }
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeLessThan(25);
    expect(lines[0]).toContain('{"under_way":2,"most_cost":"0.000000000125","currency":"RUB","v":2,');
    await holds.close();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('creates no file without calls', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    holds.bound('RUB');
    await holds.close();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it('makes no call before its mark is written, nor after a failed write', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    const book = holds.bound('RUB');
    await book.held(ONE, 100n);
    const folder = dirname(path);
    const marks: string[] = [];
    const second = book.held(TWO, 400n)?.then(() => marks.push('mark'));
    // Covered by the mark that the one before it asked for.
    const third = book.held(THREE, 0n)?.then(() => marks.push('covered'));
    expect([second, third]).not.toContain(undefined);
    await Promise.all([second, third]);
    expect(marks).toEqual(['mark', 'covered']);
    expect(book.held(THREE, 0n)).toBeUndefined();
    await holds.close();

    const refused = await HoldFile.open(join(folder, 'missing', 'holds.jsonl'), () => false);
    const none = refused.bound('RUB');
    await expect(none.held(ONE, 100n)).rejects.toThrow(/what calls may cost could not be stored/);
    await expect(none.held(TWO, 0n)).rejects.toThrow(/could not be stored/);
    await refused.close();
  });

  it('reports at its end what is left if a result could not be stored', async () => {
    const path = await holdPath();
    await session(path, 'bound', async (book) => {
      for (const id of [ONE, TWO, THREE]) await book.held(id, 100n);
      await book.stored(ONE);
      await book.stored(THREE);
    });
    expect(await foundAfter(path)).toEqual({ ...NOTHING, unknown: 100n, unknownCalls: 1 });
  });

  it('is shared by two endpoints with one currency', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    for (const id of [ONE, TWO]) await holds.bound('RUB').held(id, 100n);
    await holds.bound('USD').held(THREE, 7n);
    expect((await foundAfter(path)).unknown).toBeGreaterThanOrEqual(200n);
    // It ended as if killed: another session wrote to its file.
    await holds.close();
  });
});

/** A session that finds answers to these trials where they wait. */
function opened(path: string, awaited: readonly string[], answered: readonly string[] = []): Promise<HoldFile> {
  return HoldFile.open(
    path,
    (id) => answered.includes(id),
    undefined,
    (id) => awaited.includes(id),
  );
}

function lostCalls(calls: number, most: bigint): LostCalls {
  return { calls, isBound: false, costsAtMost: [{ total: formatDecimal(most), currency: 'RUB' }], unbounded: 0 };
}

/** What readers of the run say that is in this file. @param answered trials with an answer in its journal */
async function lostInFile(path: string, answered: readonly string[]): Promise<LostCalls> {
  const index = new JournalIndex();
  for (const id of answered) index.note({ trialId: id, status: 'completed', judgeOf: undefined }, 0);
  return (await readRecordedCalls({ folder: dirname(path), run: null, index })).lost;
}

describe('a hold file of calls whose answers may still come', () => {
  it('leaves them open, and counts what they may cost as lost until they are asked for', async () => {
    const path = await holdPath();
    await session(path, 'exact', async (book) => {
      for (const id of [ONE, TWO, THREE]) await book.held(id, 70n);
    });
    const holds = await opened(path, [ONE, TWO], [TWO]);
    await holds.close();
    expect([...holds.awaited]).toEqual([[ONE, expect.objectContaining({ most: 70n, currency: 'RUB' })]]);
    expect([holds.lost, holds.spending.unknown.of('RUB')]).toEqual([lostCalls(2, 140n), 70n]);
    expect(await lostInFile(path, [TWO])).toEqual(holds.lost);
    // The next session that does not find them counts them.
    expect(await foundAfter(path, [TWO])).toEqual({ ...NOTHING, unknown: 140n, unknownCalls: 2 });
  });

  it.each<readonly [string, bigint | null]>([
    ['with its bound', 70n],
    ['that has no bound', null],
  ])('opens one again that was given up for lost, %s', async (_what, most) => {
    const path = await holdPath();
    await session(path, 'exact', async (book) => {
      await book.held(ONE, 5n);
      await book.ended(ONE, 5n, LOST);
      await book.held(ONE, most);
    });
    const lost = { ...NOTHING, unknown: 5n + (most ?? 0n), unknownCalls: most === null ? 1 : 2 };
    expect(await foundAfter(path)).toEqual({ ...lost, unbounded: most === null ? 1 : 0 });
    for (const answered of [[], [ONE]]) {
      const holds = await opened(path, [ONE], answered);
      await holds.close();
      const calls = answered.length > 0 ? 1 : 2;
      expect([holds.lost.calls, holds.spending.unknown.of('RUB')]).toEqual([calls, 5n]);
      expect([...holds.awaited.values()]).toEqual(answered.length > 0 ? [] : [{ most, currency: 'RUB' }]);
    }
    // The answer of the last call is stored.
    expect(await foundAfter(path, [ONE])).toEqual({ ...NOTHING, unknown: 5n, unknownCalls: 1 });
  });

  it('counts one again that was opened again and is gone after all', async () => {
    const path = await holdPath();
    await session(path, 'exact', async (book) => {
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, LOST);
    });
    await (await opened(path, [ONE])).close();
    for (let times = 0; times < 2; times++)
      expect(await foundAfter(path)).toEqual({ ...NOTHING, unknown: 70n, unknownCalls: 1 });
  });

  it('counts one no more that is found after a kill, although an earlier one of its trial failed', async () => {
    const path = await holdPath();
    const work = async (book: HoldLog): Promise<void> => {
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, told(30n));
      await book.held(ONE, 60n);
    };
    await session(path, 'exact', work, { isKilled: true });
    expect(await foundAfter(path)).toEqual({ ...NOTHING, paid: 30n, unknown: 60n, unknownCalls: 1 });
    const holds = await opened(path, [ONE]);
    const book = holds.exact('RUB');
    await book.held(ONE, 60n);
    await book.stored(ONE);
    await holds.close();
    expect(holds.lost.calls).toBe(0);
    expect(await foundAfter(path, [ONE])).toEqual({ ...NOTHING, paid: 30n });
  });

  it('counts one that was left open after an earlier one of its trial failed', async () => {
    const path = await holdPath();
    await session(path, 'exact', async (book) => {
      await book.held(ONE, 70n);
      await book.ended(ONE, 70n, told(30n));
      await book.held(ONE, 60n);
    });
    expect(await foundAfter(path)).toEqual({ ...NOTHING, paid: 30n, unknown: 60n, unknownCalls: 1 });
  });
});

const CALL_ENDS = ['stored', 'lost', 'free', 'told', 'waits'] as const;

describe('what is lost by a hold file', () => {
  it('is a call that is asked for and answered no more, and again one that is kept elsewhere', async () => {
    const path = await holdPath();
    await session(path, 'exact', async (book) => {
      for (const id of [ONE, TWO, THREE]) await book.held(id, 70n);
    });
    const holds = await opened(path, [ONE, TWO, THREE]);
    const book = holds.exact('RUB');
    for (const id of [ONE, TWO]) await book.held(id, 60n);
    expect(holds.lost).toEqual(lostCalls(3, 190n));
    await book.stored(ONE);
    await holds.close();
    expect(holds.lost).toEqual(lostCalls(2, 130n));
    expect(await lostInFile(path, [ONE])).toEqual(holds.lost);
  });

  it('has the call of a trial whose result came from elsewhere', async () => {
    const path = await holdPath();
    await session(path, 'exact', async (book) => {
      for (const id of [ONE, TWO]) await book.held(id, 70n);
    });
    const holds = await opened(path, [ONE, TWO]);
    await holds.exact('RUB').stored(ONE);
    await holds.close();
    expect(holds.lost).toEqual(lostCalls(2, 140n));
    for (const found of [await opened(path, [TWO], [ONE]), await opened(path, [], [ONE])]) {
      await found.close();
      expect(found.lost).toEqual(lostCalls(2, 140n));
    }
  });

  it('is the same for its session and for who reads the file afterwards, whatever became of calls', async () => {
    const call = fc.record({
      trial: fc.nat({ max: 6 }),
      most: fc.bigInt({ min: 1n, max: 99n }),
      end: fc.constantFrom(...CALL_ENDS),
    });
    const sessions = fc.array(fc.record({ calls: fc.array(call, { maxLength: 12 }), finds: fc.boolean() }), {
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(sessions, async (given) => {
        const path = await holdPath();
        const [answered, waiting] = [new Set<string>(), new Set<string>()];
        let lost = 0;
        for (const { calls, finds } of given) {
          const holds = await opened(path, finds ? [...waiting] : [], [...answered]);
          const book = holds.exact('RUB');
          const own = new Set<string>();
          for (const { trial, most, end } of calls) {
            const id = trialId(trial);
            if (answered.has(id) || own.has(id)) continue;
            // A session that finds no answer makes another call.
            if (waiting.delete(id) && !finds) lost += 1;
            await book.held(id, most);
            if (end === 'lost') lost += 1;
            if (end === 'waits') own.add(id);
            else if (end === 'stored') {
              answered.add(id);
              await book.stored(id);
            } else await book.ended(id, most, end === 'told' ? told(most) : { end });
          }
          await holds.close();
          for (const id of own) waiting.add(id);
          expect(holds.lost.calls).toBe(lost + waiting.size);
          expect(await lostInFile(path, [...answered])).toEqual(holds.lost);
        }
      }),
      { numRuns: 60 },
    );
  });
});

function oldLine(fields: object): string {
  return `${JSON.stringify({ ...fields, currency: 'RUB' })}\n`;
}

describe('a hold file', () => {
  it('skips lines without content, and cuts off a torn last one', async () => {
    const path = await holdPath();
    await session(path, 'exact', async (book) => book.held(ONE, 3n));
    await appendFile(path, 'no line of ours\n{"held":7,"currency":"RUB"}\n');
    const { size } = await stat(path);
    await appendFile(path, `{"held":"${TWO}","most_co`);
    expect(await foundAfter(path, [ONE])).toEqual(NOTHING);
    expect((await stat(path)).size).toBe(size);
  });

  it('is read as earlier versions wrote it, which did not distinguish an answer of unknown cost from a lost one', async () => {
    const path = await holdPath();
    const lines = [
      oldLine({ held: ONE, most_cost: '0.5' }),
      oldLine({ ended: ONE, cost: '0.5' }),
      oldLine({ held: TWO, most_cost: '0.25' }),
      oldLine({ ended: TWO, cost: '0' }),
      oldLine({ held: THREE, most_cost: '0.125' }),
    ];
    await writeFile(path, lines.join(''));
    const holds = await HoldFile.open(path, () => false);
    await holds.close();
    expect(holds.spending.unknown.of('RUB')).toBe(625_000_000_000n);
    expect([ONE, TWO, THREE].map((id) => holds.countsAnswer(id))).toEqual([true, false, false]);
  });

  it('that cannot be read does not count as empty', async () => {
    const path = await holdPath();
    await mkdir(path);
    await expect(HoldFile.open(path, () => false)).rejects.toThrow(/EISDIR/);
  });

  it('is not written after lines of another process', async () => {
    const path = await holdPath();
    const holds = await HoldFile.open(path, () => false);
    const book = holds.exact('RUB');
    await book.held(ONE, 3n);
    await appendFile(path, `{"held":"${TWO}","most_cost":"1","currency":"RUB"}\n`);
    const before = await readFile(path, 'utf8');
    await expect(book.ended(ONE, 1n, LOST)).rejects.toMatchObject({ code: 'E_FOLDER_LOST', exitStatus: 4 });
    await holds.close();
    expect(await readFile(path, 'utf8')).toBe(before);
  });
});
