/** A run of letters, marks and digits, including characters that join them: `don't`, `из-за`, `3.5`. */
const WORD = /[\p{L}\p{M}\p{N}]+(?:[-'’.,_][\p{L}\p{M}\p{N}]+)*/gu;
const TOKEN = /[\p{L}\p{M}\p{N}]+/gu;

/** How many words a text has. */
export function countWords(text: string): number {
  let count = 0;
  WORD.lastIndex = 0;
  while (WORD.test(text)) count += 1;
  return count;
}

/**
 * The words of a text as ROUGE and BLEU compare them: runs of letters and digits in lower case, without punctuation.
 * @param most maximum number of words
 * @returns null if there are more
 */
export function tokens(text: string, most: number): readonly string[] | null {
  const found: string[] = [];
  for (const [token] of text.toLowerCase().matchAll(TOKEN)) {
    if (found.length === most) return null;
    found.push(token);
  }
  return found;
}
