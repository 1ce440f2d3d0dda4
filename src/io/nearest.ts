import { distance } from 'fastest-levenshtein';

/** A word is suggested only if at most this share of it differs. */
const MAX_SHARE = 0.4;

/** The known word nearest to a mistyped one, by edit distance ignoring case; null if none is near. */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  let best: { readonly word: string; readonly distance: number } | null = null;
  for (const candidate of known) {
    const apart = distanceOf(word.toLowerCase(), candidate.toLowerCase());
    if (best === null || apart < best.distance) best = { word: candidate, distance: apart };
  }
  return best !== null && best.distance <= Math.max(1, word.length * MAX_SHARE) ? best.word : null;
}

/** The known words nearest to a word, however far; of any number of words it keeps the nearest. */
export class NearestWords {
  readonly #word: string;
  readonly #most: number;
  #kept: { readonly word: string; readonly distance: number }[] = [];

  /** @param most words that are kept, from 1 */
  constructor(word: string, most: number) {
    this.#word = word.toLowerCase();
    this.#most = most;
  }

  /** The nearest first. */
  get words(): readonly string[] {
    return this.#kept.map(({ word }) => word);
  }

  add(word: string): void {
    const farthest = this.#kept.length < this.#most ? Infinity : (this.#kept.at(-1)?.distance ?? Infinity);
    // Texts whose lengths differ by as much need not be compared.
    if (Math.abs(word.length - this.#word.length) >= farthest) return;
    const apart = distanceOf(this.#word, word.toLowerCase());
    if (apart >= farthest) return;
    const after = this.#kept.findLastIndex((kept) => kept.distance <= apart);
    this.#kept.splice(after + 1, 0, { word, distance: apart });
    this.#kept = this.#kept.slice(0, this.#most);
  }
}

/** Two swapped neighbouring letters count as one mistake, as in `rnu`. */
function distanceOf(word: string, other: string): number {
  const at = [...word].findIndex((_, place) => word[place] !== other[place]);
  const turned = `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at] ?? ''}${word.slice(at + 2)}`;
  return at !== -1 && turned === other ? 1 : distance(word, other);
}

/** `; did you mean x?`, or an empty text if nothing is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const nearest = nearestWord(word, known);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** An unknown key in words, with the known ones of its place and the nearest of them. @param section '' at the top */
export function unknownKey(
  key: string,
  known: readonly string[],
  section: string,
): { readonly what: string; readonly hint: string } {
  const where = section === '' ? '' : ` in ${section}`;
  const hint = `remove it, or use one of: ${known.join(', ')}${didYouMean(key, known)}`;
  return { what: `unknown key "${key}"${where}`, hint };
}
