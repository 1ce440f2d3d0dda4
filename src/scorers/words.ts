/**
 * Letters, marks and digits. The engine remembers each step of a repetition, and throws a RangeError after some
 * millions: longer runs are found in pieces.
 */
const PIECE = /[\p{L}\p{M}\p{N}]{1,1000}/gu;
/** What joins two runs to one word: `don't`, `из-за`, `3.5`. */
const JOINERS = "-'’.,_";

/** How many words a text has: runs of letters, marks and digits, including characters that join them. */
export function countWords(text: string): number {
  let count = 0;
  let end = -1;
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    const isJoined = index === end || (count > 0 && index === end + 1 && JOINERS.includes(text.charAt(end)));
    if (!isJoined) count += 1;
    end = index + piece.length;
  }
  return count;
}

/**
 * The words of a text as ROUGE and BLEU compare them: runs of letters and digits in lower case, without punctuation.
 * @param most maximum number of words
 * @returns null if there are more
 */
export function tokens(text: string, most: number): readonly string[] | null {
  const found: string[] = [];
  let end = -1;
  for (const { 0: piece, index } of text.toLowerCase().matchAll(PIECE)) {
    if (index === end) {
      found[found.length - 1] += piece;
    } else {
      if (found.length === most) return null;
      found.push(piece);
    }
    end = index + piece.length;
  }
  return found;
}
