/**
 * Probability that at least one of `k` attempts at a row passes, from `n` attempts of which `passed` did: 1 minus the
 * share of all choices of `k` among the `n` without a pass. Unbiased, unlike 1 − (1 − passed/n)^k. M. Chen et al.,
 * "Evaluating Large Language Models Trained on Code", arXiv 2107.03374, equation 1, as a product, because the binomial
 * coefficients would overflow.
 * @param n attempts, an integer from 0
 * @param passed an integer from 0 to `n`
 * @param k an integer from 1
 * @returns from 0 to 1; null if `k` is more than `n`, because there are too few attempts
 */
export function passAtK(n: number, passed: number, k: number): number | null {
  return k > n ? null : 1 - shareOfChoices(n, n - passed, k);
}

/**
 * Probability that all of `k` attempts at a row pass ("pass^k"), from `n` attempts of which `passed` did: the share of
 * all choices of `k` among the `n` with passes only. Unbiased. S. Yao et al., "τ-bench: A Benchmark for Tool-Agent-User
 * Interaction in Real-World Domains", arXiv 2406.12045.
 * @param n attempts, an integer from 0
 * @param passed an integer from 0 to `n`
 * @param k an integer from 1
 * @returns from 0 to 1; null if `k` is more than `n`, because there are too few attempts
 */
export function passHatK(n: number, passed: number, k: number): number | null {
  return k > n ? null : shareOfChoices(n, passed, k);
}

/** Choices of `k` among `some` of `n`, divided by choices of `k` among all `n`. */
function shareOfChoices(n: number, some: number, k: number): number {
  let share = 1;
  for (let taken = 0; taken < k && share > 0; taken++) share *= Math.max(0, some - taken) / (n - taken);
  return share;
}
