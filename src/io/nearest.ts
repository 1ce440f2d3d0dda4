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
