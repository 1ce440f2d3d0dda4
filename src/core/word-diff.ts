import { type DiffPart, textDiff } from './text-diff.ts';

/** Characters of each side that are compared. */
const MOST_CHARACTERS = 8192;

/**
 * The removed and the added words of a text; white space belongs to the word before it. Only the first 8,192 characters
 * of each text are compared.
 */
export function wordDiff(before: string, after: string): readonly DiffPart[] {
  return textDiff(wordsOf(before), wordsOf(after));
}

function wordsOf(text: string): readonly string[] {
  return text.slice(0, MOST_CHARACTERS).match(/^\s+|\S+\s*/g) ?? [];
}
