import type { ScoreSummary, UnjudgedReason } from './score-summary.ts';

/** A scorer that could not judge some of a run's answers, with all variants taken together. */
export interface UnjudgedScores {
  readonly name: string;
  /** Answers that it judged; 0 where it gave nothing on every answer. */
  readonly judged: number;
  readonly unjudged: number;
  /** Why not, the reason that was met first before the others. */
  readonly reasons: readonly UnjudgedReason[];
}

/** The scorers that left answers unjudged, in their order. @param variants of a run, each with its scores */
export function unjudgedScores(
  variants: readonly { readonly scores: readonly ScoreSummary[] }[],
): readonly UnjudgedScores[] {
  const scores = variants.flatMap((variant) => variant.scores);
  const names = [...new Set(scores.map(({ name }) => name))];
  return names.map((name) => together(scores.filter((score) => score.name === name))).filter(hasUnjudged);
}

function together(scores: readonly ScoreSummary[]): UnjudgedScores {
  const counts = new Map<string, number>();
  let [judged, unjudged] = [0, 0];
  for (const score of scores) {
    judged += score.n;
    unjudged += score.unjudged;
    for (const { reason, n } of score.unjudgedReasons ?? []) counts.set(reason, (counts.get(reason) ?? 0) + n);
  }
  const reasons = [...counts].map(([reason, n]) => ({ reason, n }));
  return { name: scores[0]?.name ?? '', judged, unjudged, reasons };
}

function hasUnjudged({ unjudged }: UnjudgedScores): boolean {
  return unjudged > 0;
}

/** Whether it was asked and gave nothing on every answer, which makes a run of no use for it. */
export function gaveNothing({ judged, unjudged }: UnjudgedScores): boolean {
  return judged === 0 && unjudged > 0;
}
