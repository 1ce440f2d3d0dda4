import { isSame } from '../../core/compare/ending.ts';
import type { Comparison, MeasurePair, ScorePair, VariantName } from '../../core/comparison.ts';
import type { PageComparison } from '../../core/page-data.ts';
import { ROUNDING } from '../../core/rounding.ts';
import type { Speech } from './names.ts';

interface Sides {
  readonly base: VariantName;
  readonly candidate: VariantName;
}

interface Compared {
  readonly pairs: readonly Sides[];
  readonly measures: readonly Sides[];
}

/** True if one variant of each side is compared, by one scorer or several: what is said of it needs no name then. */
export function isOneVariant({ pairs, measures }: Compared): boolean {
  return new Set([...pairs, ...measures].map((one) => JSON.stringify([one.base, one.candidate]))).size <= 1;
}

/** The verdict on the scores; where several comparisons decide, in how many of them it is so. */
export function verdictText(
  { words, format }: Speech,
  { verdict, pairs }: Pick<Comparison, 'verdict'> & { readonly pairs: readonly Pick<ScorePair, 'verdict'>[] },
): string {
  const text = words.verdicts[verdict];
  if ((verdict !== 'regressed' && verdict !== 'improved') || pairs.length === 1) return text;
  const same = pairs.filter((pair) => pair.verdict === verdict).length;
  return `${text} ${words.inComparisons(format, same, pairs.length)}`;
}

/** The verdict on one pair, and that it has the same answers on both sides. @param isSound of the comparison */
export function pairVerdictText(
  { words }: Pick<Speech, 'words'>,
  pair: Pick<ScorePair, 'verdict' | 'test'>,
  isSound: boolean,
): string {
  if (!isSound) return words.noVerdict;
  return isSame(pair) ? words.sameAnswers : words.verdicts[pair.verdict];
}

/** Whether a subject loses or gains, and how many points. @param delta as a share; rounding error is no difference */
export function changeLead({ words, format }: Speech, subject: string, delta: number): string {
  const points = format.decimal(Math.abs(delta) * 100);
  if (Math.abs(delta) < ROUNDING) return words.evenLead(subject);
  return delta < 0 ? words.lossLead(subject, points) : words.gainLead(subject, points);
}

type Flipping = Pick<PageComparison, 'flipped' | 'flippedRows'> & Compared;

/** How many rows flipped; of several variants how many flips there are and in how many rows. */
export function flippedText({ words, format }: Speech, comparison: Flipping): string {
  const { flipped, flippedRows } = comparison;
  const rows = flippedRows.length === 0 || isOneVariant(comparison) ? null : flippedRows.length;
  return words.flippedN(format, flipped, rows);
}

type Measured = Pick<MeasurePair, 'measure' | 'verdict'>;

/** What changed: `Cost of a row: lower`; with several variants `lower in 3 of 4 comparisons, higher in 1`. */
export function measuresText({ words, format }: Speech, measures: readonly Measured[]): string {
  const byName = new Map<Measured['measure'], Measured[]>();
  for (const one of measures) byName.set(one.measure, [...(byName.get(one.measure) ?? []), one]);
  let isSaid = false;
  // Of how many it is, is said once: every measure is compared as often.
  const places = (n: number, all: number): string => {
    if (isSaid) return words.inMore(format.count(n));
    isSaid = true;
    return words.inComparisons(format, n, all);
  };
  const findings = [...byName].flatMap(([measure, pairs]) => {
    const changes = changesOf(pairs).map(({ verdict, n }) => {
      const text = words.measureVerdicts[verdict];
      return pairs.length === 1 ? text : `${text} ${places(n, pairs.length)}`;
    });
    return changes.length === 0 ? [] : [`${words.measureNames[measure]}: ${changes.join(', ')}`];
  });
  return findings.length === 0 ? words.noMeasure : findings.join('; ');
}

/** How often each significant change is found, the commonest first. */
function changesOf(
  pairs: readonly Measured[],
): readonly { readonly verdict: 'lower' | 'higher'; readonly n: number }[] {
  return (['lower', 'higher'] as const)
    .map((verdict) => ({ verdict, n: pairs.filter((pair) => pair.verdict === verdict).length }))
    .filter(({ n }) => n > 0)
    .toSorted((one, other) => other.n - one.n);
}
