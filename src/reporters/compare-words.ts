import { endingOf, failedGates, failsByVerdict, isAllSame, isSame, isVerdictGate } from '../core/compare/ending.ts';
import type { FlipGroup } from '../core/compare/flip-groups.ts';
import {
  changeText,
  countText,
  decimalsApart,
  pointsText,
  pValueText,
  scoreChange,
  significantText,
  tooFewText,
} from '../core/compare/words.ts';
import type { Comparison, Flip, MeasurePair, ScorePair } from '../core/comparison.ts';
import { shownChance } from '../core/paired/chance.ts';
import { cutShort, oneLine } from '../core/plain-text.ts';
import type { DiffPart } from '../core/text-diff.ts';
import { pairLabel } from '../core/variant-name.ts';
import { wordDiff } from '../core/word-diff.ts';
import { correctedText, detectingText, endsText, pointsOf, signedPoints } from './difference-words.ts';
import { formatCount, formatShareTo } from './format.ts';

/** The result in a sentence: gates that failed, and the verdict on the scores. */
export function headline(comparison: Comparison): string {
  const { unsound, gates } = comparison;
  switch (endingOf(comparison)) {
    case 'unsound':
      return `the comparison cannot stand: ${unsound[0] ?? 'nothing was compared'}`;
    case 'failed': {
      if (failsByVerdict(comparison)) return verdictSentence(comparison);
      const names = failedGates(gates);
      const failed = names.length === 1 ? 'gate failed' : `${names.length} gates failed`;
      return `${failed}: ${names.join(', ')}; ${scoresSentence(comparison)}`;
    }
    case 'ungated':
      return verdictSentence(comparison).replace('regressed:', 'regressed, but no gate failed:');
    case 'passed':
      return verdictSentence(comparison);
  }
}

/** Why a comparison fails, one line each: each failed gate with the verdict on the scores, or why it cannot stand. */
export function failureTexts(comparison: Comparison): readonly string[] {
  const { unsound, gates } = comparison;
  if (unsound.length > 0) return unsound.map((why) => `the comparison cannot stand: ${why}`);
  const failed = gates.filter(({ passed }) => !passed);
  if (failsByVerdict(comparison)) return failed.map(({ name, why }) => `${headline(comparison)}: ${name}: ${why}`);
  return failed.map(({ name, why }) => `gate failed: ${name}: ${why}; ${scoresSentence(comparison)}`);
}

/** `scores improved: …` */
function scoresSentence(comparison: Comparison): string {
  const sentence = verdictSentence(comparison);
  return comparison.verdict === 'inconclusive' ? sentence : `scores ${sentence}`;
}

function verdictSentence(comparison: Comparison): string {
  const { verdict, pairs, margin, clusters } = comparison;
  const worse = pairs.filter((pair) => pair.verdict === 'regressed').length;
  switch (verdict) {
    case 'regressed':
      return `regressed: the candidate is significantly worse in ${worse} of ${countText(pairs.length, 'comparison')}`;
    case 'improved':
      return pairs.every((pair) => pair.verdict === 'improved')
        ? 'improved: the candidate is significantly better'
        : `improved: the candidate is significantly better in part, and elsewhere a loss of ${pointsText(margin)} or more is ruled out`;
    case 'unchanged':
      if (isAllSame(comparison)) return 'unchanged: every answer is the same text on both sides';
      return margin === 0
        ? 'unchanged: nothing got worse'
        : `unchanged: a loss of ${pointsText(margin)} or more is ruled out${pairs.some(isSame) ? ', or every answer is the same text' : ''}`;
    case 'inconclusive':
    case 'unsound':
      return pairs.length === 0
        ? 'no scores were compared'
        : `${tooFewText(clusters !== null)} whether anything got worse`;
  }
}

/** What a change of a row is by one scorer. */
type Change = Pick<Flip, 'base' | 'candidate' | 'scorer' | 'direction'>;

/** What a row's changes that fail nothing say: part of a significant difference, or of none that is significant. */
export function changeStanding({ pairs, gates, unsound }: Comparison, changes: readonly Change[]): string | null {
  if (unsound.length > 0) return null;
  const [first] = changes;
  const verdict = first?.direction === 'better' ? 'improved' : 'regressed';
  const isPart = pairs.some((pair) => pair.verdict === verdict && changes.some((change) => isOf(change, pair)));
  if (!isPart) return 'not significant';
  if (verdict === 'improved') return 'part of a significant gain';
  // A gate on the verdict leaves out flaky rows alone.
  const isGated = gates.some(({ name }) => isVerdictGate(name));
  return `part of a significant loss, ${isGated ? 'but flaky' : 'which no gate checks'}`;
}

function isOf({ base, candidate, scorer }: Change, pair: ScorePair): boolean {
  return pair.scorer === scorer && pairLabel(pair.base, pair.candidate) === pairLabel(base, candidate);
}

type Judged = Pick<Comparison, 'margin' | 'clusters' | 'unsound'>;

/** The verdict on one pair, in a few words. */
export function verdictText(pair: ScorePair, { margin, clusters, unsound }: Judged): string {
  const { verdict, delta, n, pValue } = pair;
  if (n === 0) return 'no row could be compared';
  if (unsound.length > 0) return 'no verdict';
  switch (verdict) {
    case 'regressed':
      return significantText('worse', pValue);
    case 'improved':
      return significantText('better', pValue);
    case 'unchanged':
      if (isSame(pair)) return 'unchanged: the same answers';
      return margin === 0 || delta === 0 ? 'unchanged' : `unchanged: no loss of ${pointsText(margin)}`;
    case 'inconclusive':
      return tooFewText(clusters !== null);
  }
}

/** `detecting 2 points needs about 1,600 more rows (≈ 310 ₽)`; null if not applicable. */
export function neededText({ needed }: ScorePair): string | null {
  return needed === null ? null : detectingText({ ...needed, points: 100 * needed.difference });
}

/** Title of the column of differences. */
export const DIFFERENCE = 'difference (95 % CI)';

/** `−4.1 points (−7.0 to −1.2)`; `–` if nothing was compared. */
export function deltaText({ delta, interval }: Pick<ScorePair, 'delta' | 'interval'>): string {
  if (delta === null) return '–';
  const ends = interval === null ? '' : ` (${endsText({ low: 100 * interval.low, high: 100 * interval.high })})`;
  return `${pointsOf(signedPoints(100 * delta))}${ends}`;
}

/** Title of the column of p-values. */
export const P_VALUE = 'p-value';

/**
 * `p = 0.003`, uncorrected, like the pair's interval; `p = 0.021, corrected p = 0.084` if only the correction for
 * several pairs makes it not significant; `–` if nothing was tested.
 */
export function chanceText(pair: Pick<ScorePair, 'pValue' | 'adjustedPValue'>): string {
  const chance = shownChance(pair);
  if (chance === null) return '–';
  const { pValue, corrected } = chance;
  return corrected === null ? pValueText(pValue) : correctedText(pValue, corrected);
}

/** The mean scores of base and candidate, with decimals enough to tell them apart; `–` if there are none. */
export function meanTexts({
  baseMean,
  candidateMean,
}: Pick<ScorePair, 'baseMean' | 'candidateMean'>): [string, string] {
  const decimals = baseMean === null || candidateMean === null ? 1 : decimalsApart(baseMean, candidateMean);
  const text = (mean: number | null): string => (mean === null ? '–' : formatShareTo(mean, decimals));
  return [text(baseMean), text(candidateMean)];
}

const MEASURE_NAMES = { cost: 'cost', tokens: 'tokens', latency: 'latency' } as const;

/**
 * `cost +12.3% (+10.1% to +14.5%)`, and of how many rows, if not of all; the reason, if there is no ratio; null if there
 * was nothing to measure.
 */
export function measureText(pair: MeasurePair): string | null {
  const { measure, ratio, interval, verdict, why, rows } = pair;
  if (rows === 0) return null;
  const name = MEASURE_NAMES[measure];
  if (verdict === 'not known') return `${name}: not known: ${why ?? 'no rows'}`;
  if (ratio === null) return `${name}: ${why ?? 'no rows'}${partText(pair)}`;
  const ends = interval === null ? '' : ` (${changeText(interval.low)} to ${changeText(interval.high)})`;
  return `${name} ${changeText(ratio)}${ends}${partText(pair)}`;
}

/** ` over 2 of 160 rows, not known of 158`; empty if a figure is of all rows. */
function partText({ n, rows, unknown }: MeasurePair): string {
  if (n === rows) return '';
  return ` over ${formatCount(n)} of ${countText(rows, 'row')}${unknown === 0 ? '' : `, not known of ${formatCount(unknown)}`}`;
}

/** How a row changed: its id, the variants, the scores before and after. */
export function flipTitle({ first, flips }: FlipGroup): string {
  const marks = [first.isCritical ? 'critical' : '', first.isFlaky ? 'flaky' : ''].filter((mark) => mark !== '');
  const suffix = marks.length === 0 ? '' : ` [${marks.join(', ')}]`;
  const scores = flips.map((flip) => `${flip.scorer} ${scoreChange(flip.baseScore, flip.candidateScore)}`);
  return `${oneLine(`${first.rowId} · ${pairLabel(first.base, first.candidate)} · ${scores.join(', ')}`)}${suffix}`;
}

/** What a flipped row asks and expects, by name; without what is unknown. */
export function askedParts({ question, expected }: Flip): readonly (readonly ['question' | 'expected', string])[] {
  return [
    ...(question === null ? [] : [['question', question] as const]),
    ...(expected === null ? [] : [['expected', expected] as const]),
  ];
}

const QUOTED = 100;

/** `expected "Paris", got "London"`, each shortened to one line; null if either is unknown. */
export function expectedText({ expected, candidateOutput }: Flip): string | null {
  if (expected === null || candidateOutput === null) return null;
  return `expected ${quoted(expected)}, got ${quoted(candidateOutput)}`;
}

function quoted(text: string): string {
  return `"${cutShort(oneLine(text), QUOTED)}"`;
}

/** Characters of unchanged text that are shown around a change. */
const CONTEXT = 40;

/**
 * A word diff whose long unchanged stretches are shortened to the context of a change. null without both answers, and
 * if they have no word in common or are equal.
 */
export function flipDiff({ baseOutput, candidateOutput }: Flip): readonly DiffPart[] | null {
  if (baseOutput === null || candidateOutput === null || baseOutput === candidateOutput) return null;
  const parts = wordDiff(baseOutput, candidateOutput);
  if (!parts.some(({ kind, text }) => kind === 'same' && text.trim() !== '')) return null;
  return parts.map(({ kind, text }, index) => {
    const shown = kind === 'same' ? cutSame(text, index === 0, index === parts.length - 1) : cutChange(text);
    return { kind, text: shown };
  });
}

function cutSame(text: string, isFirst: boolean, isLast: boolean): string {
  const characters = [...text];
  if (characters.length <= CONTEXT * 2) return text;
  const head = isFirst ? '' : characters.slice(0, CONTEXT).join('');
  const tail = isLast ? '' : characters.slice(-CONTEXT).join('');
  return `${head} … ${tail}`;
}

const CHANGE = 300;

function cutChange(text: string): string {
  const characters = [...text];
  return characters.length > CHANGE ? `${characters.slice(0, CHANGE).join('')}…` : text;
}

/** How many flipped rows are not shown, if some are. @param shown those that are, without flaky ones */
export function unshownFlips({ flipped }: Comparison, shown: number): readonly string[] {
  const rest = flipped.worse + flipped.better - shown;
  return shown === 0 || rest === 0 ? [] : [`and ${formatCount(rest)} more: --flips shows more`];
}

/** Counts of flips, of which a row may have one in each variant. */
export function flippedText({ flipped, flakyRows }: Comparison): string {
  const [are, them] = flipped.flaky === 1 ? ['is', 'it'] : ['are', 'them'];
  const flaky =
    flipped.flaky === 0 ? '' : `; ${flipped.flaky} more ${are} flaky: the base's own repeats disagree on ${them}`;
  const rows = flakyRows.n === 0 ? '' : `; ${countText(flakyRows.n, 'flaky row')}`;
  return `${flipped.worse} got worse, ${flipped.better} got better${flaky}${rows}`;
}
