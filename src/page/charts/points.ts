/** A variant's place on a chart of cost and score, in pixels. */
export interface Point {
  readonly variant: number;
  readonly x: number;
  readonly y: number;
  /** Ends of its interval. */
  readonly low: number;
  readonly high: number;
  readonly isHollow: boolean;
  readonly isNamed: boolean;
}

/** Variants at one place, drawn as one mark. */
export interface PointMark extends Point {
  /** All of them; `variant` is the one that it is named by. */
  readonly variants: readonly number[];
}

/** Points that are not further apart than this cannot be told from each other. */
const SAME = 1.5;

/** One mark for points at one place, where they are. @param chosen names its mark before the others do */
export function pointMarks(points: readonly Point[], chosen: number | null): readonly PointMark[] {
  const groups: Point[][] = [];
  for (const point of points) {
    const group = groups.find(
      ([first]) => first !== undefined && Math.hypot(first.x - point.x, first.y - point.y) <= SAME,
    );
    if (group === undefined) groups.push([point]);
    else group.push(point);
  }
  return groups.flatMap((group) => {
    const lead = group.find(({ variant }) => variant === chosen) ?? group[0];
    if (lead === undefined) return [];
    return {
      ...lead,
      variants: group.map(({ variant }) => variant),
      isHollow: group.every(({ isHollow }) => isHollow),
      isNamed: group.some(({ isNamed }) => isNamed),
    };
  });
}

/** The best score for the money, from left to right, as the path of a line. @param right where it ends */
export function stepsOf(frontier: readonly number[], points: readonly Point[], right: number): string {
  const found = frontier.flatMap((variant) => points.find((point) => point.variant === variant) ?? []);
  // Where variants have answered other rows, a dearer one of the frontier may lie lower: steps never fall.
  return found
    .filter(({ y }, index) => found.slice(0, index).every((before) => before.y >= y))
    .map(({ x, y }, index) => (index === 0 ? `M${x} ${y}` : `H${x} V${y}`))
    .concat(found.length === 0 ? [] : [`H${right}`])
    .join(' ');
}
