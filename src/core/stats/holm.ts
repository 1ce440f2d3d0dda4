/**
 * P-values corrected for being several: each is then compared with the level as if it stood alone, and the chance that
 * any of them is below it by luck is at most that level, however they depend on each other.
 * S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scand. J. Statist. 6 (1979), 65–70.
 * @param pValues from 0 to 1
 * @returns in the order given, none below its own p-value, none above 1
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((p, index) => ({ p, index })).toSorted((a, b) => a.p - b.p);
  const adjusted: number[] = pValues.map(() => 1);
  let reached = 0;
  for (const [rank, { p, index }] of order.entries()) {
    reached = Math.max(reached, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = reached;
  }
  return adjusted;
}
