/** Rows of equal length. */
export type Matrix = readonly (readonly number[])[];

/**
 * Inverse of a symmetric positive definite matrix, by Gauss-Jordan elimination without pivoting, which it does not
 * need.
 */
export function invert(matrix: Matrix): Matrix {
  let lines: Matrix = matrix.map((line, i) => [...line, ...line.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < matrix.length; i++) {
    const pivot = (lines[i] ?? []).map((value) => value / at(lines[i], i));
    lines = lines.map((line, j) => (j === i ? pivot : line.map((value, k) => value - at(line, i) * at(pivot, k))));
  }
  return lines.map((line) => line.slice(matrix.length));
}

/** Product of matrices, in this order. */
export function product(first: Matrix, ...others: readonly Matrix[]): Matrix {
  return others.reduce(
    (left, right) =>
      left.map((line) =>
        (right[0] ?? []).map((_, j) => line.reduce((sum, value, k) => sum + value * at(right[k], j), 0)),
      ),
    first,
  );
}

/** Sum of the diagonal. */
export function trace(matrix: Matrix): number {
  return matrix.reduce((sum, line, index) => sum + at(line, index), 0);
}

/** Sum of the products of corresponding entries; `b` is as long as `a`. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * at(b, index), 0);
}

/** An entry of a vector; 0 if there is none. */
export function at(values: readonly number[] | undefined, index: number): number {
  return values?.[index] ?? 0;
}
