import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDecimal } from '../../src/core/money.ts';
import type { CostTotal } from '../../src/core/totals.ts';
import { createProgress, type Progress } from '../../src/reporters/progress.ts';
import { completed, errored } from '../core/parts.ts';
import { HOSTILE, obeyedBy } from '../support/terminal.ts';

interface Shown {
  readonly progress: Progress;
  /** Everything written so far. */
  readonly text: () => string;
  /** Lets time pass. */
  readonly wait: (durationMs: number) => void;
}

function show({ isTTY = false, isQuiet = false } = {}): Shown {
  const stream = new PassThrough({ encoding: 'utf8' });
  let text = '';
  let nowMs = 5000;
  const progress = createProgress({ stream: Object.assign(stream, { isTTY }), isQuiet, elapsedMs: () => nowMs });
  return {
    progress,
    text: () => {
      text += stream.read() ?? '';
      return text;
    },
    wait: (durationMs) => {
      nowMs += durationMs;
      vi.advanceTimersByTime(durationMs);
    },
  };
}

function paid({ total, currency }: CostTotal) {
  const cost = { prompt: null, completion: null, total: parseDecimal(total), currency, source: 'provider' } as const;
  return completed({ cost });
}

const RUBLE = { total: '0.5', currency: 'RUB' };

/** Seconds in the last line. */
function secondsLeft(text: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] =
    /(?:(\d+) h )?(?:(\d+) min ?)?(?:([\d.]+) s )?left\n$/.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function addMany({ progress }: Shown, count: number): void {
  for (let done = 0; done < count; done++) progress.add(paid(RUBLE));
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('progress into a file or a pipe', () => {
  it('is a line every ten seconds', () => {
    const { progress, text, wait } = show();
    progress.start(400, 0);
    for (let done = 0; done < 100; done++) progress.add(paid(RUBLE));
    wait(9999);
    expect(text()).toBe('');
    wait(1);
    expect(text()).toBe('100/400 · 10.0/s · 1,200 tokens · 50.00 ₽ · 0 errored · 30.0 s left\n');
    progress.add(errored());
    wait(10_000);
    expect(text().split('\n')[1]).toBe('101/400 · 5.0/s · 1,200 tokens · 50.00 ₽ · 1 errored · 59.2 s left');
  });

  it('counts results of an earlier session, but not into the pace', () => {
    const { progress, text, wait } = show();
    progress.start(1000, 600);
    for (let done = 0; done < 100; done++) progress.add(paid(RUBLE));
    wait(10_000);
    expect(text()).toBe('700/1,000 · 10.0/s · 1,200 tokens · 50.00 ₽ · 0 errored · 30.0 s left\n');
  });

  it('says that a cost is unknown, never 0', () => {
    const { progress, text, wait } = show();
    progress.start(2, 0);
    progress.add(completed());
    wait(10_000);
    progress.add(paid(RUBLE));
    wait(10_000);
    expect(text().split('\n').slice(0, 2)).toEqual([
      '1/2 · 0.1/s · 12 tokens · unknown · 0 errored · 10.0 s left',
      '2/2 · 0.1/s · 24 tokens · 0.5 ₽ + 1 unknown · 0 errored · 0 ms left',
    ]);
  });

  it('does not guess the duration before the first result', () => {
    const { progress, text, wait } = show();
    progress.start(5, 0);
    wait(10_000);
    expect(text()).toBe('0/5 · 0.0/s · 0 tokens · – · 0 errored · – left\n');
  });

  it('ends with the run', () => {
    const { progress, text, wait } = show();
    progress.start(5, 0);
    progress.stop();
    progress.stop();
    wait(60_000);
    expect(text()).toBe('');
  });

  it('keeps no process alive', () => {
    vi.useRealTimers();
    const { progress } = show();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    progress.start(5, 0);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).toHaveLength(before);
    progress.stop();
  });
});

describe('the remaining time', () => {
  it('uses the last minute and not a faster one before it', () => {
    const shown = show();
    shown.progress.start(11_000, 0);
    addMany(shown, 10_000);
    for (let second = 0; second < 70; second++) {
      addMany(shown, 5);
      shown.wait(1000);
    }
    // 5 a second, and 650 remaining; the mean since the start would be 144 a second.
    expect(shown.text()).toMatch(/10,350\/11,000 · 5\.0\/s .* · 2 min 10 s left\n$/);
  });

  it('looks back further if a minute has too few results', () => {
    const shown = show();
    shown.progress.start(100, 0);
    const left: number[] = [];
    for (let half = 0; half < 60; half++) {
      addMany(shown, 1);
      shown.wait(30_000);
      left.push(secondsLeft(shown.text()));
    }
    // A result every 30 s throughout: after each the forecast is 30 s less, without jumps.
    expect(left).toEqual(left.map((_, index) => (99 - index) * 30));
  });

  it('counts pauses as time that passes, and is steady if bursts and pauses alternate', () => {
    const shown = show();
    shown.progress.start(1200, 0);
    const left: number[] = [];
    // A server that admits 60 at once and then none for the rest of the minute: 1 a second.
    for (let minute = 0; minute < 10; minute++) {
      addMany(shown, 60);
      shown.progress.pause({ untilMs: 5000 + (minute + 1) * 60_000, reason: 'rate limit (429)' });
      for (let tick = 0; tick < 6; tick++) {
        shown.wait(10_000);
        left.push(secondsLeft(shown.text()));
      }
    }
    // The rest of the pause, and a second for each remaining one.
    const truth = left.map((_, index) => {
      const [minute, tick] = [Math.floor(index / 6), (index % 6) + 1];
      return 60 - tick * 10 + (1200 - (minute + 1) * 60);
    });
    expect(left).toEqual(truth);
  });

  it('is at least the pause if the pace is unknown', () => {
    const { progress, text, wait } = show();
    progress.start(5, 0);
    progress.pause({ untilMs: 5000 + 95_000, reason: 'rate limit (429)' });
    wait(10_000);
    expect(text().split('\n').slice(0, 2)).toEqual([
      '0/5 · waiting 1 min 35 s: rate limit (429) · 0 tokens · – · 0 errored · over 1 min 35 s left',
      '0/5 · waiting 1 min 25 s: rate limit (429) · 0 tokens · – · 0 errored · over 1 min 25 s left',
    ]);
  });

  it('is also shown after hours of results and pauses', () => {
    const shown = show();
    shown.progress.start(100_000, 0);
    for (let second = 0; second < 7200; second++) {
      addMany(shown, 2);
      shown.wait(1000);
      // Otherwise the stream would be full.
      shown.text();
    }
    expect(shown.text()).toMatch(/14,400\/100,000 · 2\.0\/s .* · 11 h 53 min left\n$/);
  });
});

describe('a pause', () => {
  it('has its own line at once, counts down, and is over when results come', () => {
    const { progress, text, wait } = show();
    progress.start(400, 0);
    for (let done = 0; done < 20; done++) progress.add(paid(RUBLE));
    wait(2000);
    progress.pause({ untilMs: 7000 + 28_000, reason: 'rate limit (429)' });
    const lead = '20/400 · waiting 28 s: rate limit (429) · 240 tokens · 10.00 ₽ · 0 errored';
    // 20 in 30 s, including the pause.
    expect(text()).toBe(`${lead} · 9 min 58 s left\n`);
    wait(8000);
    expect(text().split('\n')[1]).toMatch(/^20\/400 · waiting 20 s: rate limit \(429\) · /);
    wait(20_000);
    expect(text().split('\n')[3]).toMatch(/^20\/400 · 0\.7\/s · /);
  });

  it('below five seconds has no line, and neither has an end that moves by less', () => {
    const { progress, text, wait } = show();
    progress.start(400, 0);
    progress.pause({ untilMs: 5000 + 4999, reason: 'rate limit (429)' });
    expect(text()).toBe('');
    progress.pause({ untilMs: 5000 + 6000, reason: 'rate limit (429)' });
    progress.pause({ untilMs: 5000 + 6500, reason: 'rate limit (429)' });
    progress.pause({ untilMs: 5000 + 5500, reason: 'overloaded (503)' });
    expect(text().match(/\n/g)).toHaveLength(1);
    progress.pause({ untilMs: 5000 + 11_500, reason: 'rate limit (429)' });
    expect(text().match(/\n/g)).toHaveLength(2);
    wait(0);
  });

  it('is not shown before the run has begun, nor after it', () => {
    const { progress, text } = show();
    const pause = { untilMs: 5000 + 60_000, reason: 'rate limit (429)' };
    progress.pause(pause);
    progress.start(5, 0);
    progress.stop();
    progress.pause({ ...pause, untilMs: 5000 + 90_000 });
    expect(text()).toBe('');
  });

  it('gives way to the pace while results still come', () => {
    const { progress, text, wait } = show({ isTTY: true });
    progress.start(400, 0);
    wait(1000);
    progress.add(paid(RUBLE));
    progress.pause({ untilMs: 5000 + 31_000, reason: 'rate limit (429)' });
    wait(400);
    expect(lastShown(text())).toMatch(/^1\/400 · 0\.7\/s · /);
    wait(600);
    expect(lastShown(text())).toMatch(/^1\/400 · waiting 29 s: rate limit \(429\) · /);
    progress.stop();
  });

  it('has a reason that cannot move the cursor, colour the terminal or fill the line', () => {
    const { progress, text } = show();
    progress.start(5, 0);
    progress.pause({ untilMs: 5000 + 60_000, reason: `${HOSTILE}\n${'busy '.repeat(50)}` });
    expect(obeyedBy(text())).toEqual([]);
    expect(text().length).toBeLessThan(200);
  });
});

/** The text after the bar as it was last drawn. */
function lastShown(text: string): string {
  return text.slice(text.lastIndexOf('░') + 1).trim();
}

describe('progress on a terminal', () => {
  it('is a bar with the same text, and disappears when the run ends', () => {
    const { progress, text, wait } = show({ isTTY: true });
    progress.start(4, 1);
    progress.add(paid(RUBLE));
    wait(1000);
    const shown = text();
    expect(shown).toMatch(/[█░]+ 2\/4 · 1\.0\/s · 12 tokens · 0\.5 ₽ · 0 errored · 2\.0 s left/);
    expect(shown).not.toContain('\n');
    progress.stop();
    progress.stop();
    const atEnd = text();
    // The cursor is shown again, and the line cleared.
    expect(atEnd).toContain('\u001b[?25h');
    expect(atEnd.slice(atEnd.lastIndexOf('█'))).toContain('\u001b[0K');
    wait(60_000);
    expect(text()).toBe(atEnd);
  });

  it('is nothing if nothing was started', () => {
    const { progress, text } = show({ isTTY: true });
    progress.stop();
    expect(text()).toBe('');
  });
});

describe('quiet progress', () => {
  it.each([true, false])('shows nothing (on a terminal: %s)', (isTTY) => {
    const { progress, text, wait } = show({ isTTY, isQuiet: true });
    progress.start(4, 0);
    progress.add(paid(RUBLE));
    wait(60_000);
    progress.stop();
    expect(text()).toBe('');
  });
});
