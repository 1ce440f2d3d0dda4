import { beforeAll, describe, expect, it } from 'vitest';
import { loadEncodingCounter, type TokenCounter } from '../../src/pricing/token-counter.ts';

const PROSE =
  'What will this run cost on each model, and how long will it take? Сколько это будет стоить, и как долго? ';
const LENGTH = 200_000;
/** A merge that is quadratic in the length of a run takes some 10,000 times as long as prose here. */
const MOST_TIMES_PROSE = 150;

const RUNS: readonly (readonly [what: string, text: string])[] = [
  ['the end-of-text mark', '<|endoftext|>'.repeat(LENGTH / 13)],
  ['50,000 times one letter', 'a'.repeat(50_000)],
  ['200,000 blanks', ' '.repeat(LENGTH)],
  ['blanks before a word', `${' '.repeat(LENGTH)}x`],
  ['line ends and blanks', '\n '.repeat(LENGTH / 2)],
  ['1 MB of emoji', '😀👩🏽‍💻'.repeat(1_000_000 / 19)],
  ['1 MB of base64', 'QmFzZTY0IGlzIG5vdCB0ZXh0K2Zvbw'.repeat(1_000_000 / 30)],
  ['one long run of Chinese', '提示词的价格应该在运行之前知道'.repeat(LENGTH / 15)],
  ['letters in no order', scrambled(LENGTH)],
  ['halves of surrogate pairs', '\ud83d'.repeat(LENGTH)],
  ['capitals and marks', 'A\u0301日'.repeat(LENGTH / 3)],
];

describe.each(['cl100k_base', 'o200k_base'] as const)('counting with %s is linear in the length', (name) => {
  let counter: TokenCounter;
  let proseMs: number;
  beforeAll(async () => {
    counter = await loadEncodingCounter(name);
    proseMs = msPerSign(counter, PROSE.repeat(LENGTH / PROSE.length));
  });

  it.each(RUNS)('for %s', (_what, text) => {
    expect(msPerSign(counter, text) / proseMs).toBeLessThan(MOST_TIMES_PROSE);
  });

  it('and splits of a long run cost a few tokens each', () => {
    const run = scrambled(LENGTH);
    const words = run.match(/.{1,8000}/g)?.reduce((tokens, part) => tokens + counter.countText(part), 0) ?? 0;
    expect(Math.abs(counter.countText(run) - words)).toBeLessThanOrEqual(3 * (LENGTH / 8000));
  });
});

it('a run that is too long for the stack of a regular expression is counted', async () => {
  const { countText } = await loadEncodingCounter('cl100k_base');
  // With the whole run before it, the expression throws from some 8 million signs on.
  expect(countText('日'.repeat(9_000_000))).toBeGreaterThanOrEqual(9_000_000 / 128);
}, 60_000);

/** The least of three times: what else the machine does only adds. */
function msPerSign(counter: TokenCounter, text: string): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    counter.countText(text);
    return performance.now() - start;
  });
  return Math.min(...times) / text.length;
}

function scrambled(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return String.fromCharCode(97 + ((state >>> 16) % 26));
  }).join('');
}
