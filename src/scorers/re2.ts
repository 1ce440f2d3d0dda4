import type { RE2JS } from 're2js';
import { UsageError } from '../core/errors.ts';

/** Parts of patterns that need a backtracking engine, with their names. */
const BACKTRACKING: readonly (readonly [RegExp, string])[] = [
  [/^\(\?<?[=!]/, 'lookaround'],
  [/^\(\?>/, 'an atomic group'],
  [/^\\(?:[1-9]|k[<{'])|^\(\?P=/, 'a backreference'],
  [/^(?:[*+?]|\{\d*,?\d*\})\+/, 'a possessive quantifier'],
];

/**
 * Compiles a pattern for RE2, which runs in linear time for any pattern and text.
 * @param label the pattern's purpose, for errors
 * @throws UsageError for an invalid pattern, or one that needs a backtracking engine
 */
export async function compilePattern(pattern: string, label: string): Promise<RE2JS> {
  const { RE2JS } = await import('re2js');
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const part = backtrackingPart(pattern);
    if (part !== null) {
      throw new UsageError(`${label}: the pattern has ${part}, which RE2 does not match`, {
        hint: 'use two scorers, or not:regex: RE2 has no such part, since it takes time in proportion to the answer',
        cause,
      });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${label}: the pattern cannot be used: ${reason}`, {
      hint: 'patterns are those of RE2: github.com/google/re2/wiki/Syntax',
      cause,
    });
  }
}

/** The first part of a pattern that needs backtracking, by name; null if there is none. */
function backtrackingPart(pattern: string): string | null {
  let isInClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const rest = pattern.slice(at, at + 24);
    const found = isInClass ? undefined : BACKTRACKING.find(([shape]) => shape.test(rest));
    if (found !== undefined) return found[1];
    if (rest.startsWith('\\')) at += 1;
    else if (rest.startsWith('[')) isInClass = true;
    else if (rest.startsWith(']')) isInClass = false;
  }
  return null;
}
