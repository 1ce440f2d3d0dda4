import type { ScoreSummary, UnscoredReason } from './score-summary.ts';

/** A scorer that could not score some of a run's answers, over all variants. */
export interface UnscoredAnswers {
  readonly name: string;
  /** Answers that it scored; 0 if it scored none. */
  readonly scored: number;
  readonly unscored: number;
  /** Reasons, in the order in which they were first seen. */
  readonly reasons: readonly UnscoredReason[];
}

/** The scorers that left answers unscored, in order. @param variants of a run, each with its scores */
export function unscoredAnswers(
  variants: readonly { readonly scores: readonly ScoreSummary[] }[],
): readonly UnscoredAnswers[] {
  const scores = variants.flatMap((variant) => variant.scores);
  const names = [...new Set(scores.map(({ name }) => name))];
  return names.map((name) => together(scores.filter((score) => score.name === name))).filter(hasUnscored);
}

function together(scores: readonly ScoreSummary[]): UnscoredAnswers {
  const counts = new Map<string, number>();
  let [scored, unscored] = [0, 0];
  for (const score of scores) {
    scored += score.n;
    unscored += score.unjudged;
    for (const { reason, n } of score.unjudgedReasons ?? []) counts.set(reason, (counts.get(reason) ?? 0) + n);
  }
  const reasons = [...counts].map(([reason, n]) => ({ reason, n }));
  return { name: scores[0]?.name ?? '', scored, unscored, reasons };
}

function hasUnscored({ unscored }: UnscoredAnswers): boolean {
  return unscored > 0;
}

/** Whether it applied to answers but scored none, which makes the run useless for it. */
export function gaveNothing({ scored, unscored }: UnscoredAnswers): boolean {
  return scored === 0 && unscored > 0;
}
