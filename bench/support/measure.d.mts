/** Runs two measurements in turn, a number of times; the second goes first in every other pair. */
export function inTurns<T>(
  pairs: number,
  first: () => Promise<T>,
  second: () => Promise<T>,
): Promise<readonly (readonly [T, T])[]>;

/** Medians of a figure over pairs: of the first, of the second, and of their ratio within a pair. */
export function mediansOf<K extends string>(
  pairs: readonly (readonly [Readonly<Record<K, number>>, Readonly<Record<K, number>>])[],
  name: K,
): { readonly own: number; readonly beside: number; readonly ratio: number };
