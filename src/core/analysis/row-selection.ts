/** The rows that a figure is made over. */
export interface RowSelection {
  readonly count: number;
  /** Their places among the run's rows; null where it is all of them. */
  readonly places: Uint32Array | null;
  /** The cluster of each of the run's rows; null where rows are independent of each other. */
  readonly clusters: Uint32Array | null;
}

/** The place among the run's rows of a selection's row. @param index from 0 to `count` less one */
export function placeOf({ places }: RowSelection, index: number): number {
  return places === null ? index : (places[index] ?? 0);
}
