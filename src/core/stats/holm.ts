/**
 * P-values corrected for multiple comparisons: each is then compared with the level as if it were the only one. The
 * probability that any of them is below the level by chance is at most that level, however they depend on each other.
 * S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scand. J. Statist. 6 (1979), 65–70.
 *
 * A test whose smallest possible p-value is above another's p-value cannot be below that by chance, and does not count
 * for it, so tests that could never be significant do not affect the others. R. E. Tarone, "A Modified Bonferroni
 * Method for Discrete Data", Biometrics 46 (1990), 515–522; step by step as P. H. Westfall and R. D. Wolfinger,
 * "Multiple Tests with Discrete Distributions", The American Statistician 51 (1997), 3–8, with p itself as the
 * probability of a p-value up to p.
 * @param pValues from 0 to 1
 * @param leastPValues the smallest possible p-value of each test, from facts that do not depend on which side is
 * better,
 *   such as how many rows differ; 0 for a missing one
 * @param unmade further tests that might have been made, and count as ones with a p-value of 1
 * @returns in the order given, none below its own p-value, none above 1
 */
export function holmAdjusted(
  pValues: readonly number[],
  leastPValues: readonly number[] = [],
  unmade = 0,
): readonly number[] {
  const tests = pValues.map((p, index) => ({ p, index, least: Math.min(p, leastPValues[index] ?? 0) }));
  const order = tests.toSorted((a, b) => a.p - b.p);
  const leasts = Float64Array.from(tests, ({ least }) => least).sort();
  const adjusted: number[] = pValues.map(() => 1);
  let [reached, able] = [0, 0];
  for (const [rank, { p, index }] of order.entries()) {
    while (able < leasts.length && (leasts[able] ?? 1) <= p) able += 1;
    // All tests before it could have had an equally small p-value.
    reached = Math.max(reached, Math.min(1, p * (able - rank + unmade)));
    adjusted[index] = reached;
  }
  return adjusted;
}

/**
 * The number of tests that p-values are corrected for, not counting those that can never be significant: the smallest
 * number k with no more than k tests that could reach level / k (R. E. Tarone, 1990).
 * @param leastPValues as of `holmAdjusted`
 * @param unmade further tests that might have been made; they could have had any p-value
 * @returns from 1 to the number of tests, 0 for none
 */
export function familySize(leastPValues: readonly number[], level: number, unmade = 0): number {
  const leasts = Float64Array.from(leastPValues).sort();
  const tests = leasts.length + unmade;
  let able = leasts.length;
  for (let size = Math.max(1, unmade); size <= tests; size++) {
    while (able > 0 && (leasts[able - 1] ?? 0) > level / size) able -= 1;
    if (able + unmade <= size) return size;
  }
  return tests;
}
