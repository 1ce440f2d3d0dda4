/** With more variants, only the best is compared with each other one, because pairs grow quadratically. */
const MAX_COMPARED = 20;

/** Two variants by index, the lower first. */
export type Pair = readonly [first: number, second: number];

/** Which pairs of variants are compared, in plan order, and how many are not. @param best the leading variant */
export function pairsOf(variants: number, best: number): { readonly pairs: readonly Pair[]; readonly left: number } {
  const all = (variants * (variants - 1)) / 2;
  const places = Array.from({ length: variants }, (_, place) => place);
  if (variants > MAX_COMPARED) {
    const others = places.filter((place) => place !== best);
    const pairs = others.map((other): Pair => (other < best ? [other, best] : [best, other]));
    return { pairs, left: all - pairs.length };
  }
  return { pairs: places.flatMap((first) => places.slice(first + 1).map((second): Pair => [first, second])), left: 0 };
}
