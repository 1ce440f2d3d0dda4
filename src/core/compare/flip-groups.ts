import type { Flip } from '../comparison.ts';

/** Flips of one row and pair of variants in one direction: the same two answers by several scorers. */
export interface FlipGroup {
  readonly first: Flip;
  readonly flips: readonly Flip[];
}

/** Groups flips of the same two answers, in order of appearance. */
export function groupFlips(flips: readonly Flip[]): readonly FlipGroup[] {
  const groups = new Map<string, Flip[]>();
  for (const flip of flips) {
    const key = JSON.stringify([flip.rowId, flip.base, flip.candidate, flip.direction]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [flip]);
    else group.push(flip);
  }
  return [...groups.values()].flatMap((group): FlipGroup[] => {
    const [first] = group;
    return first === undefined ? [] : [{ first, flips: group }];
  });
}
