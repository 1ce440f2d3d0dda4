/** Summary figures of values. */
interface Moments {
  readonly mean: number;
  /** Standard deviation with n − 1; 0 for fewer than two values. */
  readonly deviation: number;
  /** Third central moment divided by that of the second to 3/2, both with n; 0 if all values are equal. */
  readonly skew: number;
}

/** Mean, standard deviation and skewness of values; a mean of 0 for none. */
export function momentsOf(values: Float64Array): Moments {
  const n = values.length;
  let [sum, squares, cubes] = [0, 0, 0];
  for (const value of values) sum += value;
  const mean = n === 0 ? 0 : sum / n;
  for (const value of values) {
    const from = value - mean;
    squares += from * from;
    cubes += from * from * from;
  }
  if (n < 2) return { mean, deviation: 0, skew: 0 };
  const spread = (squares / n) ** 1.5;
  return { mean, deviation: Math.sqrt(squares / (n - 1)), skew: spread === 0 ? 0 : cubes / n / spread };
}
