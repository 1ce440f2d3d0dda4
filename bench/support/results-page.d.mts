/** One line of a section's table; `bench/support/figures.mjs` makes them. */
export interface FigureLine {
  readonly what: string;
  readonly own: number;
  readonly beside: number | null;
  readonly unit: string;
  /** What the goal is about. */
  readonly value: number;
  readonly judgedUnit: string;
  readonly goal: { readonly most: number } | { readonly least: number } | null;
  readonly isMet: boolean | null;
}

/** A measured section of RESULTS.md. */
export interface MeasuredSection {
  /** Heads of the own column (promptgrid where left out) and of the one beside it. */
  readonly heads: { readonly own?: string; readonly beside?: string };
  readonly lines: readonly FigureLine[];
  /** Before and after. */
  readonly loadAverage: readonly [number, number];
}

/** The page with the sections in their places, and with all goals that its tables miss. */
export function pageWith(
  page: string,
  where: Readonly<Record<string, unknown>>,
  sections: Readonly<Record<string, MeasuredSection>>,
): string;
