import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDecimal } from '../../src/core/money.ts';
import type { CostTotal } from '../../src/core/totals.ts';
import { createProgress, type Progress } from '../../src/reporters/progress.ts';
import { completed, errored } from '../core/parts.ts';

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

  it('counts what an earlier session did, but not into the pace', () => {
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

  it('does not guess how long it takes before the first result', () => {
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

describe('progress on a terminal', () => {
  it('is a bar with the same text, and is gone when the run ends', () => {
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

  it('is nothing where nothing was started', () => {
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
