import { normalTail } from '../stats/normal.ts';
import { signFlipTest } from '../stats/sign-flip.ts';

/** Draws the same signs each time, so that a report made twice says the same. */
const SEED = 1;

/** Draws that are enough to see that a p-value decides nothing, and from where on it does not. */
const FIRST_ROUNDS = 1000;
const UNDECIDED = 0.1;

/** From so many differences of one size on, or as many as weigh as much, drawing signs is less exact than the normal. */
const MANY = 200;

/**
 * Two-sided p-value of a mean of 0 by flipping signs, quick enough for a thousand comparisons of a thousand rows.
 * Of many differences the sum with random signs is taken for normal, with a correction for continuity by the smallest
 * difference: sums of signs have lighter tails than the normal distribution, so that the p-value is, if anything, a
 * little too large where it decides anything. Equal differences are left to the binomial distribution, which is exact.
 * @param differences finite; those of 0 tell nothing
 */
export function flipPValue(differences: Float64Array): number {
  let [sum, squares, fourths] = [0, 0, 0];
  let [smallest, largest] = [Infinity, 0];
  for (const difference of differences) {
    if (difference === 0) continue;
    const square = difference * difference;
    sum += difference;
    squares += square;
    fourths += square * square;
    const size = Math.abs(difference);
    if (size < smallest) smallest = size;
    if (size > largest) largest = size;
  }
  if (squares * squares < MANY * fourths || smallest >= largest) {
    return drawnPValue(differences);
  }
  return Math.min(1, 2 * normalTail(Math.max(0, Math.abs(sum) - smallest) / Math.sqrt(squares)));
}

/** Few draws decide only that nothing is decided, so that the p-value is no smaller by chance more often than it should be. */
function drawnPValue(differences: Float64Array): number {
  const { pValue, method } = signFlipTest(differences, { seed: SEED, rounds: FIRST_ROUNDS });
  if (method !== 'sampled' || pValue > UNDECIDED) return pValue;
  return signFlipTest(differences, { seed: SEED }).pValue;
}
