/** Smaller probabilities are skipped: they are as slow as they are small (denormal). */
const NO_CHANCE = 1e-300;

/**
 * Probability that integers with random signs have an absolute sum of `least` or more: the distribution of the sum of
 * those that keep their sign, one number after another.
 * @param sizes integers above 0; the work is their count times their sum
 * @param least from 0; a sum that such signs can give
 * @returns from 0 to 1
 */
export function wholeSignTail(sizes: Float64Array, least: number): number {
  if (least <= 0) return 1;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const most = (total - least) / 2;
  const chances = new Float64Array(most + 1);
  chances[0] = 1;
  let [low, high] = [0, 0];
  for (const size of sizes.toSorted()) {
    high = Math.min(most, high + size);
    let kept = high;
    for (; kept >= Math.max(low, size); kept--) {
      chances[kept] = ((chances[kept] ?? 0) + (chances[kept - size] ?? 0)) / 2;
    }
    for (; kept >= low; kept--) chances[kept] = (chances[kept] ?? 0) / 2;
    while (low < high && (chances[low] ?? 0) < NO_CHANCE) chances[low++] = 0;
    while (low < high && (chances[high] ?? 0) < NO_CHANCE) chances[high--] = 0;
  }
  return Math.min(1, 2 * chances.reduce((sum, chance) => sum + chance, 0));
}

/**
 * The same probability for any numbers: the sums of all signs of one half are matched with those of the other. E.
 * Horowitz and S. Sahni, "Computing Partitions with Applications to the Knapsack Problem", JACM 21 (1974), 277–292.
 * @param sizes above 0, n of them; the work is that of 2 ** (n / 2)
 * @param least above 0; smaller than the observed sum by the possible rounding error
 */
export function anySignTail(sizes: Float64Array, least: number): number {
  const middle = sizes.length >> 1;
  const first = signSums(sizes.subarray(0, middle));
  const second = signSums(sizes.subarray(middle));
  let from = second.length;
  let reached = 0;
  for (const sum of first) {
    while (from > 0 && sum + (second[from - 1] ?? 0) >= least) from -= 1;
    reached += second.length - from;
  }
  return (2 * reached) / (first.length * second.length);
}

/** Sums of numbers with every choice of signs, in ascending order. */
function signSums(sizes: Float64Array): Float64Array {
  let sums = Float64Array.of(0);
  for (const size of sizes) {
    const more = new Float64Array(2 * sums.length);
    let [lower, upper] = [0, 0];
    for (let index = 0; index < more.length; index++) {
      const less = (sums[lower] ?? Infinity) - size;
      const greater = (sums[upper] ?? Infinity) + size;
      more[index] = Math.min(less, greater);
      if (less <= greater) lower += 1;
      else upper += 1;
    }
    sums = more;
  }
  return sums;
}
