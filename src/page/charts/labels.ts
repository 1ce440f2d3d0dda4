/** A name that stands beside a point. */
export interface Label {
  readonly text: string;
  /** What follows it, in which equal names may differ. */
  readonly more: string;
  /** Of the point. */
  readonly x: number;
  readonly y: number;
  readonly isStrong: boolean;
  /** The vertical line through the point, if one is drawn. */
  readonly line?: { readonly top: number; readonly bottom: number } | undefined;
}

/** A label with its place. */
export interface PlacedLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
  readonly isStrong: boolean;
}

/** Average width of a character at 11.5 px, also in bold, and the height of a line. */
const CHARACTER = 6.6;
const STRONG_CHARACTER = 7.4;
const LINE = 13;
const NEAR = 16;
const GAP = 9;

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Places labels beside their points so that none covers another, nor a line where there is room elsewhere; points at one
 * place share a label.
 */
export function placeLabels(labels: readonly Label[], width: number): readonly PlacedLabel[] {
  const groups: Label[][] = [];
  for (const label of labels) {
    const group = groups.find(([first]) => first !== undefined && first.text === label.text && isNear(first, label));
    if (group === undefined) groups.push([label]);
    else group.push(label);
  }
  const boxes: Box[] = labels.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }));
  const lines = labels.flatMap(({ x, line }): Box[] => {
    return line === undefined ? [] : [{ left: x - 2, right: x + 2, ...line }];
  });
  // The chosen one takes its place first.
  const order = groups.toSorted((one, other) => Number(isStrong(other)) - Number(isStrong(one)));
  return order.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const more = group.map((label) => label.more).filter((text) => text !== '');
    const text = more.length === 0 ? first.text : `${first.text} ${more.join(', ')}`;
    const [left, right] = [Math.min(...group.map(({ x }) => x)), Math.max(...group.map(({ x }) => x))];
    const size = text.length * (isStrong(group) ? STRONG_CHARACTER : CHARACTER);
    const wanted = { size, left, right, y: first.y };
    const placed = freePlace(wanted, [...boxes, ...lines], width) ?? freePlace(wanted, boxes, width);
    if (placed === null) return [];
    boxes.push(boxOf(placed, size));
    return [{ text, ...placed, isStrong: isStrong(group) }];
  });
}

function isStrong(group: readonly Label[]): boolean {
  return group.some((label) => label.isStrong);
}

function isNear(one: Label, other: Label): boolean {
  return Math.abs(one.x - other.x) <= NEAR && Math.abs(one.y - other.y) <= 3;
}

interface Wanted {
  /** Width of its text. */
  readonly size: number;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

type Place = Pick<PlacedLabel, 'x' | 'y' | 'anchor'>;

function freePlace({ size, left, right, y }: Wanted, boxes: readonly Box[], width: number): Place | null {
  const offsets = [-5, 18, 4, -18, 31, -31, 44, -44, 57];
  const places = offsets.flatMap((down): Place[] => [
    { x: right + GAP, y: y + down, anchor: 'start' },
    { x: left - GAP, y: y + down, anchor: 'end' },
  ]);
  return (
    places.find((place) => {
      const box = boxOf(place, size);
      return box.left >= 30 && box.right <= width + 4 && box.top >= 0 && !boxes.some((other) => overlap(box, other));
    }) ?? null
  );
}

function boxOf({ x, y, anchor }: Place, width: number): Box {
  const left = anchor === 'start' ? x : x - width;
  return { left, right: left + width, top: y - LINE + 3, bottom: y + 3 };
}

function overlap(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** A mark of an axis, in the units of its chart. */
export interface AxisLabel {
  readonly text: string;
  readonly x: number;
}

/** Whether each label of an axis has room: the first and the last have, the others where they cover no other. */
export function haveRoom(labels: readonly AxisLabel[]): readonly boolean[] {
  const halfOf = ({ text }: AxisLabel): number => (text.length * CHARACTER) / 2;
  const areApart = (one: AxisLabel, other: AxisLabel): boolean => other.x - halfOf(other) >= one.x + halfOf(one) + 2;
  const last = labels.at(-1);
  let before: AxisLabel | undefined;
  return labels.map((label, place) => {
    const isEnd = place === 0 || label === last;
    const hasRoom =
      isEnd || ((before === undefined || areApart(before, label)) && (last === undefined || areApart(label, last)));
    if (hasRoom) before = label;
    return hasRoom;
  });
}

/** A mark of an axis. */
export interface AxisMark {
  readonly text: string;
  /** Where it is on the axis, from 0 to 1. */
  readonly place: number;
}

/** A mark that is drawn; at the ends of the axis its text stays within it. */
export interface PlacedMark extends AxisMark {
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Average width of a character of a figure with its signs at 11.5 px, in a wide font. */
const FIGURE = 7.7;
/** Least room between two marks, in px. */
const MARK_GAP = 5;

/**
 * The marks of an axis that have room beside each other: all, or every second, third, …
 * @param marks in the order of their places
 * @param width of the axis in px
 * @param zero index of a mark that stays, if any can; without one, -1
 */
export function marksWithRoom(marks: readonly AxisMark[], width: number, zero = -1): readonly PlacedMark[] {
  const placed = marks.map((mark): PlacedMark => ({ ...mark, anchor: anchorOf(mark, width) }));
  for (let step = 1; step < placed.length; step++) {
    const first = Math.max(0, zero) % step;
    const shown = placed.filter((_mark, index) => index % step === first);
    if (haveGaps(shown, width)) return shown;
  }
  return placed.filter((_mark, index) => index === Math.max(0, zero));
}

function anchorOf({ text, place }: AxisMark, width: number): PlacedMark['anchor'] {
  const half = (text.length * FIGURE) / 2;
  if (place * width < half) return 'start';
  return (1 - place) * width < half ? 'end' : 'middle';
}

function haveGaps(marks: readonly PlacedMark[], width: number): boolean {
  const spans = marks.map(({ text, place, anchor }) => {
    const size = text.length * FIGURE;
    const left = place * width - (anchor === 'start' ? 0 : anchor === 'end' ? size : size / 2);
    return { left, right: left + size };
  });
  return spans.every(({ left }, index) => left >= (spans[index - 1]?.right ?? Number.NEGATIVE_INFINITY) + MARK_GAP);
}
