/** A piece of text that is on both sides, or on one. */
export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Maximum number of compared units per side; a longer middle between a common beginning and end counts as replaced. */
const MOST_UNITS = 600;

/**
 * Removed and added parts of a text, unit by unit (words or lines with the following white space). By the longest
 * common subsequence (R. A. Wagner and M. J. Fischer, "The String-to-String Correction Problem", JACM 21, 1974) of the
 * middle between a common beginning and a common end. Work and memory are bounded: a middle of more than 600 units
 * counts as replaced.
 */
export function textDiff(a: readonly string[], b: readonly string[]): readonly DiffPart[] {
  const start = commonStart(a, b);
  const end = commonEnd(a.slice(start), b.slice(start));
  const [removed, added] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const middle =
    removed.length > MOST_UNITS || added.length > MOST_UNITS
      ? [part('removed', removed), part('added', added)]
      : alignedParts(removed, added);
  return merged([part('same', a.slice(0, start)), ...middle, part('same', a.slice(a.length - end))]);
}

function part(kind: DiffPart['kind'], units: readonly string[]): DiffPart {
  return { kind, text: units.join('') };
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return length;
}

function alignedParts(a: readonly string[], b: readonly string[]): readonly DiffPart[] {
  const width = b.length + 1;
  const lengths = commonLengths(a, b);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      parts.push({ kind: 'same', text: a[i] ?? '' });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      parts.push({ kind: 'removed', text: a[i] ?? '' });
      i += 1;
    } else {
      parts.push({ kind: 'added', text: b[j] ?? '' });
      j += 1;
    }
  }
  return parts;
}

/** Length of the longest common subsequence of the rest after each pair of positions. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array {
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const skipped = Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
      lengths[i * width + j] = a[i] === b[j] ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1 : skipped;
    }
  }
  return lengths;
}

/** Merges adjacent parts of one kind; within a change the removed part comes first. */
function merged(parts: readonly DiffPart[]): readonly DiffPart[] {
  const whole: DiffPart[] = [];
  let [removed, added] = ['', ''];
  const close = (): void => {
    if (removed !== '') whole.push({ kind: 'removed', text: removed });
    if (added !== '') whole.push({ kind: 'added', text: added });
    [removed, added] = ['', ''];
  };
  let same = '';
  for (const { kind, text } of parts) {
    if (text === '') continue;
    if (kind === 'same') {
      close();
      same += text;
      continue;
    }
    if (same !== '') whole.push({ kind: 'same', text: same });
    same = '';
    if (kind === 'removed') removed += text;
    else added += text;
  }
  close();
  if (same !== '') whole.push({ kind: 'same', text: same });
  return whole;
}
