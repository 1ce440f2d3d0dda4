/** Values that look the same. */
export interface Alike {
  readonly text: string;
  /** Their places, the least value first. */
  readonly places: readonly number[];
}

/**
 * The least and the greatest of the known values, each with all that look the same as figures show them.
 * @returns null if none is known; twice the same if all look the same
 */
export function endsOf(
  values: readonly (number | null)[],
  textOf: (value: number) => string,
): readonly [Alike, Alike] | null {
  const known = values.flatMap((value, place) => (value === null ? [] : [{ value, place }]));
  const shown = known
    .toSorted((one, other) => one.value - other.value)
    .map(({ value, place }) => ({ place, text: textOf(value) }));
  const [least, greatest] = [shown[0], shown.at(-1)];
  if (least === undefined || greatest === undefined) return null;
  const alike = (text: string): Alike => {
    return { text, places: shown.filter((one) => one.text === text).map(({ place }) => place) };
  };
  return [alike(least.text), alike(greatest.text)];
}
