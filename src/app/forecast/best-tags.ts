import type { CountedRows, TagColumn } from './counted-rows.ts';
import type { SeenAnswer } from './seen.ts';

/** The column whose tags differ most in answer length, used for the remaining rows by tag; null if there is none. */
export function bestTagColumn({ tagColumns }: CountedRows, answers: readonly SeenAnswer[]): TagColumn | null {
  if (answers.some(({ place }) => place === null)) return null;
  const scored = tagColumns.map((column) => ({ column, within: spreadWithin(column, answers) }));
  return scored.sort((a, b) => a.within - b.within)[0]?.column ?? null;
}

function spreadWithin({ tags }: TagColumn, answers: readonly SeenAnswer[]): number {
  const groups = new Map<string, number[]>();
  for (const { place, completionTokens } of answers) {
    const tag = place === null ? '' : (tags[place] ?? '');
    groups.set(tag, [...(groups.get(tag) ?? []), completionTokens]);
  }
  let squares = 0;
  for (const values of groups.values()) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    squares += values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  return squares / Math.max(1, answers.length - groups.size);
}
