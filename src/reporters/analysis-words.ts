import type { Analysis, BestTemperature, Dominated, MeanFigure, RowList } from '../core/analysis/analysis.ts';
import { pValueText } from '../core/compare/words.ts';
import { shownChance } from '../core/paired/chance.ts';
import type { Comparison, Power } from '../core/paired/comparison.ts';
import { cutShort, tidyLine } from '../core/plain-text.ts';
import { fixedText } from '../core/rounding.ts';
import type { Interval } from '../core/stats/wilson.ts';
import type { CostTotal } from '../core/totals.ts';
import {
  correctedText,
  detectingText,
  intervalText,
  pointsFigure,
  pointsOf,
  signedPoints,
} from './difference-words.ts';
import { formatCount, formatShare } from './format.ts';

/** What sentences about a scorer's figures refer to. */
export interface SentenceContext {
  readonly variants: Analysis['variants'];
  /** Number of comparisons that p-values are corrected for. */
  readonly corrections: number;
}

const LONGEST_TEXT = 60;

/** A name or value on one line, truncated if it is long. */
export function shortText(text: string): string {
  return cutShort(tidyLine(text), LONGEST_TEXT);
}

/** Characters shown of a long name's beginning; the others are of its end, where variants differ most. */
const NAME_HEAD = 20;

/** The name of a variant on one line, without its middle if it is long: the model and the temperature end it. */
export function nameOf(variants: Analysis['variants'], place: number): string {
  const name = tidyLine(variants[place]?.name ?? '');
  const characters = Array.from(name);
  if (characters.length <= LONGEST_TEXT) return name;
  const tail = characters.slice(NAME_HEAD + 1 - LONGEST_TEXT).join('');
  return `${characters.slice(0, NAME_HEAD).join('')}…${tail}`;
}

/**
 * `gpt-4o beats gpt-4o-mini by 4.1 points (95 % CI 1.2 to 7.0), significant (…)`, or what it takes to decide which is
 * better.
 */
export function comparisonSentence(comparison: Comparison, context: SentenceContext): string {
  const { first, second, verdict, points } = comparison;
  const isSecondAhead = (points ?? 0) < 0;
  const [ahead, behind] = isSecondAhead ? [second, first] : [first, second];
  const names = [nameOf(context.variants, ahead), nameOf(context.variants, behind)] as const;
  if (verdict !== 'none shown') {
    const { size, interval } = leadOf(comparison);
    const by = `by ${pointsOf(pointsFigure(size))}${intervalText(interval)}`;
    return `${names[0]} beats ${names[1]} ${by}, significant (${pValueText(comparison.pValue ?? 1)}${alsoText(context)})`;
  }
  return noneShown(comparison, names, context);
}

function noneShown(
  comparison: Comparison,
  [ahead, behind]: readonly [string, string],
  context: SentenceContext,
): string {
  const { n, unmatched, points, why, onlyFirst, onlySecond, power } = comparison;
  if (points === null) return `${ahead} and ${behind} cannot be compared: ${why ?? 'nothing is known'}`;
  const lead = `${ahead} vs ${behind}`;
  const outlook = why === null ? outlookText(n, power) : why;
  const end = outlook === '' ? '' : `; ${outlook}`;
  if (onlyFirst + onlySecond === 0) {
    const rows = unmatched > 0 ? commonRowsText(n) : n === 1 ? 'the one row' : 'every row';
    return `${lead}: the same score on ${rows}${end}`;
  }
  const { size, interval } = leadOf(comparison);
  return `${lead}: ${pointsOf(signedPoints(size))}${intervalText(interval)}, ${notSignificant(comparison, context)}${end}`;
}

/** `the 6 rows that both answered` */
function commonRowsText(n: number): string {
  return n === 1 ? 'the one row that both answered' : `the ${formatCount(n)} rows that both answered`;
}

/** With the uncorrected p-value of the comparison, like its interval; if that is small, also with the corrected one. */
function notSignificant(comparison: Comparison, { corrections }: SentenceContext): string {
  const chance = shownChance(comparison);
  if (chance === null) return 'not significant';
  const { pValue, corrected } = chance;
  if (corrected === null) return `not significant (${pValueText(pValue)})`;
  const after = `after correction for ${formatCount(corrections)} comparisons`;
  return `not significant ${after} (${correctedText(pValue, corrected)})`;
}

function alsoText(context: SentenceContext): string {
  return correctedFor(context, 'also ');
}

/** What a verdict was corrected for, as the end of a sentence; empty for a single comparison. */
export function correctedFor({ corrections }: SentenceContext, lead = ''): string {
  return corrections < 2 ? '' : `, ${lead}after correction for ${formatCount(corrections)} comparisons`;
}

function outlookText(n: number, power: Power | null): string {
  if (power === null) return '';
  const { moreRows, points, cost, smallestPoints } = power;
  if (moreRows !== null && moreRows > 0) return detectingText({ points, moreRows, cost });
  if (smallestPoints === null) return '';
  return `these ${formatCount(n)} rows can detect ${pointsOf(pointsFigure(smallestPoints))}`;
}

/** One sentence for several comparisons of one variant without a significant difference. */
export function groupedSentence(comparisons: readonly Comparison[], best: number, context: SentenceContext): string {
  const others = comparisons.map(({ first, second }) => nameOf(context.variants, first === best ? second : first));
  const each = others.length === 1 ? '' : 'each of ';
  const lead = `${nameOf(context.variants, best)} vs ${each}${listText(fewOf(others))}: not significant`;
  const powers = comparisons.flatMap(({ power }) => (power === null ? [] : [power]));
  const rows = Math.max(0, ...powers.map(({ moreRows }) => moreRows ?? 0));
  const [points] = powers.map((power) => power.points);
  if (rows === 0 || points === undefined) return lead;
  const cost = dearest(powers.flatMap((power) => (power.cost === null ? [] : [power.cost])));
  return `${lead}; ${detectingText({ points, moreRows: rows, cost, isMost: comparisons.length > 1 })}`;
}

/** Maximum names in a sentence. */
const MOST_NAMES = 4;

/** All names if there are few; otherwise the first, and the number of others. */
export function fewOf(names: readonly string[]): readonly string[] {
  if (names.length <= MOST_NAMES) return names;
  return [...names.slice(0, MOST_NAMES - 1), `${formatCount(names.length - MOST_NAMES + 1)} others`];
}

/** null if currencies differ. */
function dearest(costs: readonly CostTotal[]): CostTotal | null {
  const [first] = costs.toSorted((one, other) => Number(other.total) - Number(one.total));
  return first !== undefined && costs.every(({ currency }) => currency === first.currency) ? first : null;
}

/** `a`, `a and b`, `a, b and c` */
export function listText(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

/** By how much the leading one is ahead, in percentage points. */
function leadOf({ points, pointsInterval }: Comparison): { readonly size: number; readonly interval: Interval | null } {
  const size = points ?? 0;
  if (size >= 0 || pointsInterval === null) return { size: Math.abs(size), interval: pointsInterval };
  return { size: -size, interval: { low: -pointsInterval.high, high: -pointsInterval.low } };
}

/** `A is dominated: B costs less and scores more` */
export function dominatedSentence(
  { variant, by, costsLess, scoresMore, commonRows, isCertain }: Dominated,
  context: SentenceContext,
): string {
  const [worse, better] = [nameOf(context.variants, variant), nameOf(context.variants, by)];
  const cost = costsLess ? 'costs less' : 'costs the same';
  const rows = commonRows === null ? '' : ` on ${commonRowsText(commonRows)}`;
  if (!scoresMore) return `${worse} is dominated: ${better} ${cost} and scores the same${rows}`;
  return `${worse} is dominated: ${better} ${cost} and scores more${rows}${isCertain ? '' : ' (not significant)'}`;
}

/** `the best temperature of gpt-4o is 0, significant`, and one sentence for those without a significant difference. */
export function temperatureSentences(found: readonly BestTemperature[], context: SentenceContext): readonly string[] {
  const prompts = new Set(context.variants.map(({ prompt }) => prompt));
  const nameOfModel = ({ best }: BestTemperature): string => {
    const { prompt = '', model = '', label = model } = context.variants[best] ?? {};
    return shortText(prompts.size > 1 ? `${label} with ${prompt}` : label);
  };
  const open = found.filter(({ isCertain }) => !isCertain).map(nameOfModel);
  const shown = found.filter(({ isCertain }) => isCertain);
  return [
    ...shown.map((one) => `the best temperature of ${nameOfModel(one)} is ${temperatureOf(one, context)}, significant`),
    ...(open.length === 0 ? [] : [`no temperature is shown to be the best of ${listText(open)}`]),
  ];
}

function temperatureOf({ best }: BestTemperature, context: SentenceContext): string {
  return String(context.variants[best]?.temperature ?? "the provider's own");
}

const SHOWN_IDS = 5;

/** `12 rows separate …: q1, q2, …`; nothing if there are none. @param verbs for one row and for several */
export function rowsSentence({ count, rowIds }: RowList, verbs: readonly string[]): readonly string[] {
  if (count === 0) return [];
  const ids = rowIds.slice(0, SHOWN_IDS).map(shortText).join(', ');
  const rest = count > SHOWN_IDS ? ', …' : '';
  return [`${count === 1 ? `1 row ${verbs[0] ?? ''}` : `${formatCount(count)} rows ${verbs[1] ?? ''}`}: ${ids}${rest}`];
}

/** `95.8% (86–99)`: the mean and its 95 % confidence interval. */
export function figureText({ mean, interval }: MeanFigure): string {
  if (mean === null) return '–';
  const ends = interval === null ? '' : ` (${fixedText(interval.low * 100, 0)}–${fixedText(interval.high * 100, 0)})`;
  return `${formatShare(mean)}${ends}`;
}
