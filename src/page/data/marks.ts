import { isCutOff } from '../../core/finish-reason.ts';
import type { RowView } from './row-view.ts';

/** What a row's cell shows: the trials of one variant, by one scorer. */
export interface Mark {
  /** Trials. */
  readonly n: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  /** Sum of the scores. */
  readonly sum: number;
  readonly scored: number;
  /** True if an answer was cut off at a token limit. */
  readonly isCut: boolean;
}

/** What filters ask of a row, by one scorer. */
export interface RowFacts {
  readonly isFailed: boolean;
  readonly isAllFailed: boolean;
  readonly isErrored: boolean;
  readonly isCut: boolean;
  /** True if variants are scored differently. */
  readonly isDisagreeing: boolean;
  /** True if repeats of one variant are scored differently. */
  readonly isFlaky: boolean;
  /** Share of scored answers that pass; null if none was scored. */
  readonly share: number | null;
}

/** The marks of a row, one per variant; null for one without a trial. @param scorer NONE for none */
export function marksOf(row: RowView, variants: number, scorer: number): readonly (Mark | null)[] {
  const marks: ({ -readonly [Name in keyof Mark]: Mark[Name] } | null)[] = Array.from({ length: variants }, () => null);
  for (const trial of row.trials) {
    const mark = (marks[trial.variant] ??= { n: 0, passed: 0, failed: 0, errored: 0, sum: 0, scored: 0, isCut: false });
    mark.n += 1;
    if (trial.isErrored) mark.errored += 1;
    if (!trial.isAnswered) continue;
    if (isCutOff(trial.finish)) mark.isCut = true;
    const [score, passed] = [trial.score(scorer), trial.passed(scorer)];
    if (score === null || passed === null) continue;
    mark.sum += score;
    mark.scored += 1;
    if (passed) mark.passed += 1;
    else mark.failed += 1;
  }
  return marks;
}

/** What filters ask of a row. */
export function factsOf(row: RowView, variants: number, scorer: number): RowFacts {
  let [passed, failed, errored] = [0, 0, 0];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [isCut, isFlaky] = [false, false];
  for (const mark of marksOf(row, variants, scorer)) {
    if (mark === null) continue;
    passed += mark.passed;
    failed += mark.failed;
    errored += mark.errored;
    isCut ||= mark.isCut;
    isFlaky ||= mark.passed > 0 && mark.failed > 0;
    if (mark.scored === 0) continue;
    low = Math.min(low, mark.sum / mark.scored);
    high = Math.max(high, mark.sum / mark.scored);
  }
  const scored = passed + failed;
  return {
    isFailed: failed > 0,
    isAllFailed: scored > 0 && passed === 0,
    isErrored: errored > 0,
    isCut,
    isFlaky,
    isDisagreeing: high - low > 1e-9,
    share: scored === 0 ? null : passed / scored,
  };
}

/** Order of rows: those that divide variants most evenly, then those that all fail, then errors, then the rest. */
export function worth({ isDisagreeing, isAllFailed, isErrored, share }: RowFacts): number {
  if (isDisagreeing) return 3 + (1 - 2 * Math.abs((share ?? 0.5) - 0.5));
  if (isAllFailed) return 2;
  return isErrored ? 1 : 0;
}
