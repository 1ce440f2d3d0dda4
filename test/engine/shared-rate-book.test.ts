import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { it as baseIt, describe, expect } from 'vitest';
import type { RateBook, RateBooks } from '../../src/engine/rate-book.ts';
import { Rates } from '../../src/engine/rates.ts';
import { openSharedRateBooks } from '../../src/engine/shared-rate-book.ts';
import { listen } from '../support/http-server.ts';
import { ManualClock } from './manual-clock.ts';
import { RateCaller } from './rate-caller.ts';

const TOKENS = 40;
const WINDOW_MS = 1500;
const MINUTE_MS = 60_000;

/** A server that says when requests come in. */
class Arrivals {
  readonly atMs: number[] = [];
  readonly #held: ServerResponse[] = [];
  #isStalled = false;
  #latencyMs = 0;
  readonly server = createServer((request, response) => {
    this.atMs.push(performance.now());
    request.resume();
    if (this.#isStalled) this.#held.push(response);
    else this.#answer(response);
  });

  async listen(): Promise<string> {
    return `http://127.0.0.1:${await listen(this.server)}`;
  }

  /** Answers nobody from now on. */
  stall(): void {
    this.#isStalled = true;
  }

  /** Waits until so many requests have come in. */
  async until(requests: number): Promise<void> {
    while (this.atMs.length < requests) await delay(2);
  }

  #answer(response: ServerResponse): void {
    this.#latencyMs = (this.#latencyMs + 17) % 60;
    setTimeout(() => response.end(String(TOKENS)), this.#latencyMs);
  }
}

interface Bench {
  readonly folder: string;
  readonly arrivals: Arrivals;
  /** Starts another process that calls the server. */
  readonly call: (limits: Partial<{ rpm: number; tpm: number }>, workers?: number) => RateCaller;
  /** The books of this process. */
  readonly open: (clock: ManualClock) => RateBooks;
  readonly warnings: readonly string[];
}

const it = baseIt.extend<{ bench: Bench }>({
  bench: async ({ task }, use) => {
    const folder = await mkdtemp(join(tmpdir(), `promptgrid-rates-${task.id}-`));
    const arrivals = new Arrivals();
    const url = await arrivals.listen();
    const callers: RateCaller[] = [];
    const opened: (() => Promise<void>)[] = [];
    const warnings: string[] = [];
    await use({
      folder,
      arrivals,
      call: ({ rpm = null, tpm = null }, workers = 16) => {
        const caller = new RateCaller({ folder, url, windowMs: WINDOW_MS, limits: { rpm, tpm }, workers });
        callers.push(caller);
        return caller;
      },
      open: (clock) => {
        const books = openSharedRateBooks({ folder, clock, onWarning: (text) => void warnings.push(text) });
        let isOpen = true;
        const closed = async (): Promise<void> => {
          if (isOpen) await books.close();
          isOpen = false;
        };
        opened.push(closed);
        return { of: (account) => books.of(account), close: closed };
      },
      warnings,
    });
    for (const close of opened) await close();
    await Promise.all(callers.map((caller) => caller.kill()));
    arrivals.server.closeAllConnections();
    arrivals.server.close();
    await chmod(folder, 0o700);
    await rm(folder, { recursive: true });
  },
});

/** The most arrivals within any window, closed at one end. */
function mostWithin(windowMs: number, atMs: readonly number[]): number {
  return Math.max(...atMs.map((fromMs) => atMs.filter((each) => each >= fromMs && each < fromMs + windowMs).length));
}

describe('processes that share an account', () => {
  it.concurrent('keep one limit of requests together, and use it fully', async ({ bench: { arrivals, call } }) => {
    const callers = [call({ rpm: 40 }), call({ rpm: 40 }), call({ rpm: 40 })];
    await arrivals.until(160);
    expect(await Promise.all(callers.map((caller) => caller.stop()))).toEqual(['', '', '']);
    expect(mostWithin(WINDOW_MS, arrivals.atMs)).toBeLessThanOrEqual(40);
    expect(mostWithin(WINDOW_MS, arrivals.atMs)).toBeGreaterThan(20);
  });

  it.concurrent('keep one limit of tokens together', async ({ bench: { arrivals, call } }) => {
    const callers = [call({ tpm: 1600 }), call({ tpm: 1600 })];
    await arrivals.until(120);
    await Promise.all(callers.map((caller) => caller.stop()));
    expect(mostWithin(WINDOW_MS, arrivals.atMs) * TOKENS).toBeLessThanOrEqual(1600);
  });

  it.concurrent('keep the limit after one was killed with calls in flight', async ({ bench: { arrivals, call } }) => {
    arrivals.stall();
    const first = call({ rpm: 30 }, 20);
    await arrivals.until(20);
    await first.kill();
    // Nobody knows which of its 20 requests are still to arrive: they keep their places.
    call({ rpm: 30 }, 20);
    await arrivals.until(30);
    await arrivals.until(31);
    expect(mostWithin(WINDOW_MS, arrivals.atMs)).toBeLessThanOrEqual(30);
    const [killedMs = 0, nextMs = 0] = [arrivals.atMs[19], arrivals.atMs[30]];
    expect(nextMs - killedMs).toBeGreaterThan(2 * WINDOW_MS);
  });

  it('are not blocked by one that is killed at any moment', async ({ bench: { folder } }) => {
    // Calls that end at once fill a book, and a long window makes it slow.
    const busy = { folder, url: null, windowMs: 100, limits: { rpm: 1e6, tpm: null }, workers: 1 };
    const survivor = new RateCaller(busy);
    for (let kills = 0; kills < 8; kills++) {
      const victim = new RateCaller(busy);
      await victim.more(100 + 17 * kills);
      await victim.kill();
      await survivor.more(200);
    }
    expect(await survivor.stop()).toBe('');
  });
});

function ratesOf(book: RateBook, clock: ManualClock, rpm: number): Rates {
  return new Rates({ limits: { rpm, tpm: null }, book, clock, longestCallMs: 5000 });
}

/** Makes calls one after the other that are answered at once. */
async function callOften(rates: Rates, clock: ManualClock, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++) {
    for (let waitMs = rates.enter(0); waitMs > 0; waitMs = rates.enter(0)) await clock.pass(waitMs);
    rates.leave(0, { kind: 'arrived', tokens: 0 });
  }
}

describe('the books of a machine', () => {
  it('still count calls of an earlier session within the minute', async ({ bench: { open } }) => {
    const clock = new ManualClock();
    const before = open(clock);
    await callOften(ratesOf(before.of('a'), clock, 4), clock, 4);
    await before.close();
    const [sinceMs, rates] = [clock.elapsedMs(), ratesOf(open(clock).of('a'), clock, 4)];
    await callOften(rates, clock, 1);
    expect(clock.elapsedMs()).toBe(60_200);
    expect(sinceMs).toBeLessThan(MINUTE_MS);
  });

  it('count open calls of a session for two minutes from its end', async ({ bench: { open } }) => {
    const clock = new ManualClock();
    const before = open(clock);
    expect(ratesOf(before.of('a'), clock, 1).enter(0)).toBe(0);
    await clock.pass(1000);
    await before.close();
    await callOften(ratesOf(open(clock).of('a'), clock, 1), clock, 1);
    expect(clock.elapsedMs()).toBe(1000 + 2 * MINUTE_MS + 200);
  });

  it('are shared by two addresses with one account, and separate for other accounts', async ({ bench: { open } }) => {
    const clock = new ManualClock();
    const books = open(clock);
    const [one, two] = [ratesOf(books.of('a'), clock, 1), ratesOf(books.of('a'), clock, 1)];
    expect([one.enter(0), two.enter(0) > 0, ratesOf(books.of('b'), clock, 1).enter(0)]).toEqual([0, true, 0]);
  });

  it('forget accounts for which nothing counts any more', async ({ bench: { open } }) => {
    const clock = new ManualClock();
    const before = open(clock);
    await callOften(ratesOf(before.of('a'), clock, 10), clock, 1);
    await before.close();
    await clock.pass(3 * MINUTE_MS);
    const text = open(clock)
      .of('a')
      .update((page) => page.text());
    expect(text).toContain('"nextStartMs":0');
  });

  it('are in a folder for their owner only, without files of earlier boots', async ({ bench }) => {
    const [old, fresh, other] = ['rates-old', 'rates-fresh', 'other'].map((name) => join(bench.folder, name));
    for (const folder of [old, fresh, other]) {
      await mkdir(folder ?? '');
      await writeFile(join(folder ?? '', 'data.mdb'), '');
    }
    const longAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const folder of [old, other]) await utimes(join(folder ?? '', 'data.mdb'), longAgo, longAgo);
    const clock = Object.assign(new ManualClock(), { date: () => new Date() });
    bench.open(clock);
    const names = (await readdir(bench.folder)).sort();
    const own = names.filter((name) => !['other', 'rates-fresh'].includes(name));
    expect(own).toEqual([expect.stringMatching(/^rates-[0-9a-f]{20}$/)]);
    expect((await stat(join(bench.folder, own[0] ?? ''))).mode & 0o777).toBe(0o700);
    expect(names).toHaveLength(3);
  });

  it('that cannot be stored are reported once, and the limit holds for the process', async ({ bench }) => {
    const clock = new ManualClock();
    await writeFile(join(bench.folder, 'file'), '');
    const warnings: string[] = [];
    const folder = join(bench.folder, 'file');
    const books = openSharedRateBooks({ folder, clock, onWarning: (text) => void warnings.push(text) });
    await callOften(ratesOf(books.of('a'), clock, 2), clock, 3);
    expect(clock.elapsedMs()).toBe(60_200);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^.*file.rates-\w+: runs cannot count their requests together \(.*\): --rpm and --tpm hold/,
      ),
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'on a full disk are reported, and the limit holds for the process',
    async ({ bench: { folder } }) => {
      const built = new URL('../../dist/modules/', import.meta.url).href;
      const script = `
        const { openSharedRateBooks } = await import('${built}engine/shared-rate-book.js');
        const { systemClock: clock } = await import('${built}io/clock.js');
        const books = openSharedRateBooks({ folder: '${folder}', clock, onWarning: (text) => console.log(text) });
        console.log(books.of('a').update((page) => page.isEmpty));
      `;
      const limited = [
        '-c',
        'ulimit -f 16 && exec "$@"',
        'bash',
        process.execPath,
        '--input-type=module',
        '-e',
        script,
      ];
      const { stdout, status } = spawnSync('bash', limited, { encoding: 'utf8' });
      expect(stdout).toMatch(/runs cannot count their requests together \(EFBIG.*\): --rpm and --tpm hold.*\ntrue\n$/);
      expect(status).toBe(0);
    },
  );

  it('with a damaged file are reported, and the limit holds for the process', async ({ bench }) => {
    const clock = new ManualClock();
    await bench.open(clock).close();
    const [own = ''] = await readdir(bench.folder);
    await writeFile(join(bench.folder, own, 'data.mdb'), 'x'.repeat(10_000));
    await callOften(ratesOf(bench.open(clock).of('a'), clock, 2), clock, 3);
    expect(clock.elapsedMs()).toBe(60_200);
    expect(bench.warnings).toEqual([expect.stringMatching(/\(data\.mdb: no LMDB file\)/)]);
  });

  it('with a foreign page are reported, and calls of this process still count', async ({ bench }) => {
    const clock = new ManualClock();
    const book = bench.open(clock).of('a');
    const rates = ratesOf(book, clock, 2);
    await callOften(rates, clock, 1);
    const { openStore } = await import('../../src/io/text-store.ts');
    const [own = ''] = await readdir(bench.folder);
    const store = openStore(join(bench.folder, own));
    store.put([['a', '{"version":2}']]);
    await store.close();
    await callOften(rates, clock, 2);
    expect(clock.elapsedMs()).toBe(60_200);
    expect(bench.warnings).toEqual([expect.stringMatching(/damaged, or of another version/)]);
  });
});
