import type { UnnamedScore } from '../core/scorer.ts';
import { NOTHING_EXPECTED, type ScoreAnswer, unscored } from './definition.ts';
import { tokens } from './words.ts';

/** Most words of a text that are compared. */
const MAX_WORDS = 100_000;

/** The score if the answer or the expected text cannot be compared. */
export const TOO_LONG: UnnamedScore = unscored('the texts are too long to be compared');

/** Scores an answer by its words and the expected ones, if both have some and neither has too many. */
export function byWords(compare: (found: readonly string[], wanted: readonly string[]) => UnnamedScore): ScoreAnswer {
  return ({ output, expected }) => {
    if (expected === null) return NOTHING_EXPECTED;
    const [found, wanted] = [tokens(output, MAX_WORDS), tokens(expected, MAX_WORDS)];
    if (found === null || wanted === null) return TOO_LONG;
    return wanted.length === 0 ? unscored('the expected answer has no words') : compare(found, wanted);
  };
}

/** How many n-grams two texts share; each counts as often as both have it. */
export function commonGrams(one: readonly string[], other: readonly string[], length: number): number {
  const left = new Map<string, number>();
  for (let at = 0; at + length <= other.length; at++) {
    const gram = gramAt(other, at, length);
    left.set(gram, (left.get(gram) ?? 0) + 1);
  }
  let common = 0;
  for (let at = 0; at + length <= one.length; at++) {
    const gram = gramAt(one, at, length);
    const count = left.get(gram) ?? 0;
    if (count === 0) continue;
    common += 1;
    left.set(gram, count - 1);
  }
  return common;
}

/** Words contain no spaces, so different n-grams never join to the same text. */
function gramAt(words: readonly string[], at: number, length: number): string {
  return words.slice(at, at + length).join(' ');
}
