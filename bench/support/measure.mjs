import { fileURLToPath } from 'node:url';
import { cpuSeconds, Program, round } from './program.mjs';

const LIMIT_MS = 3_600_000;

/** The bare loop that promptgrid is compared with; a path. */
export const FLOOR = fileURLToPath(new URL('floor.mjs', import.meta.url));

/**
 * Runs a Node program to its end, which must be a success. Processor time is the program's own and the system's for
 * it, memory is the peak of what is resident.
 *
 * @param given its path (default: promptgrid), variables in addition to those of every bench
 * @returns seconds, megabytes of a million bytes, and its standard output
 */
export async function measure(folder, words, given = {}) {
  const startMs = performance.now();
  const program = new Program(folder, words, given);
  const timer = setTimeout(() => program.kill(), LIMIT_MS);
  const { status, stdout, stderr, usage } = await program.ended;
  clearTimeout(timer);
  const wallSeconds = round((performance.now() - startMs) / 1000, 2);
  if (status !== 0 || usage === null) {
    throw new Error(`ended with ${status}: ${given.program ?? 'promptgrid'} ${words.join(' ')}\n${stderr}`);
  }
  return {
    cpuSeconds: cpuSeconds(usage),
    wallSeconds,
    peakMegabytes: round((usage.maxRSS * 1024) / 1e6, 0),
    stdout,
  };
}

/** Runs two measurements in turn, a number of times; the second goes first in every other pair. */
export async function inTurns(pairs, first, second) {
  const found = [];
  for (let pair = 0; pair < pairs; pair++) {
    if (pair % 2 === 0) {
      const one = await first();
      found.push([one, await second()]);
    } else {
      const two = await second();
      found.push([await first(), two]);
    }
  }
  return found;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Medians of a figure over pairs: of the first, of the second, and of their ratio within a pair, which load that comes
 * and goes changes least.
 */
export function mediansOf(pairs, name) {
  return {
    own: median(pairs.map(([one]) => one[name])),
    beside: median(pairs.map(([, two]) => two[name])),
    ratio: median(pairs.map(([one, two]) => one[name] / two[name])),
  };
}
