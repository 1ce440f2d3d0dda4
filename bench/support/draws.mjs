import { normalNumbers } from './lengths.mjs';
import { seededRandom } from './program.mjs';

/**
 * Gamma variables: G. Marsaglia and W. W. Tsang, ACM Trans. Math. Softw. 26 (2000); for shapes below 1 with their
 * boost.
 */
function gammaNumber(random, normal, shape) {
  if (shape < 1) return gammaNumber(random, normal, shape + 1) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const z = normal();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random()) < z * z * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Uniform, normal and beta numbers from a seed, and random events of a given probability. */
export function draws(seed) {
  const random = seededRandom(Math.imul(seed + 1, 0x9e3779b1));
  const normal = normalNumbers(random);
  const beta = (a, b) => {
    const one = gammaNumber(random, normal, a);
    const sum = one + gammaNumber(random, normal, b);
    // Both underflow if shapes are far below 1: then the number is at an end.
    return sum > 0 ? one / sum : Number(random() < a / (a + b));
  };
  return { random, normal, beta, happens: (p) => random() < p };
}

/** The median of numbers. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** Prints a markdown table with its title. */
export function printTable(title, head, lines) {
  process.stdout.write(`${title}\n\n| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}\n`);
  for (const line of lines) process.stdout.write(`| ${line.join(' | ')} |\n`);
  process.stdout.write('\n');
}
