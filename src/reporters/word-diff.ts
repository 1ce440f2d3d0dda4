import { type DiffPart, textDiff } from '../core/text-diff.ts';

/** Characters of each side that are looked at. */
const MOST_CHARACTERS = 8192;

/**
 * What was removed from a text and what was added, word by word, white space going with the word before it. Only the
 * first 8,192 characters of each are looked at.
 */
export function wordDiff(before: string, after: string): readonly DiffPart[] {
  return textDiff(wordsOf(before), wordsOf(after));
}

function wordsOf(text: string): readonly string[] {
  return text.slice(0, MOST_CHARACTERS).match(/^\s+|\S+\s*/g) ?? [];
}
