import type { FigureLine } from './results-page.mjs';

/** A line of a table: the measured value, what it is held beside, the value and unit of the goal, and the goal. */
export function line(
  what: string,
  measured: { readonly own: number; readonly beside?: number | null; readonly unit: string },
  judged?: readonly [number, string],
  goal?: { readonly most: number } | { readonly least: number } | null,
): FigureLine;
