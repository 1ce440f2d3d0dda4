import type { Analysis, BestTemperature, Dominated, MeanFigure, RowList } from '../core/analysis/analysis.ts';
import { ALPHA, type Comparison, type Power } from '../core/paired/comparison.ts';
import { cutShort, tidyLine } from '../core/plain-text.ts';
import type { CostTotal } from '../core/totals.ts';
import { formatCount, formatPValue, formatRoughCount, formatRoughMoney, formatShare } from './format.ts';

/** What sentences about a scorer's figures refer to. */
export interface Told {
  readonly variants: Analysis['variants'];
  /** Comparisons that p-values are corrected for. */
  readonly corrections: number;
}

const LONGEST_TEXT = 60;

/** A name or value on one line, cut short where it is long. */
export function shortText(text: string): string {
  return cutShort(tidyLine(text), LONGEST_TEXT);
}

/** The name of a variant. */
export function nameOf(variants: Analysis['variants'], place: number): string {
  return shortText(variants[place]?.name ?? '');
}

/** `gpt-4o beats gpt-4o-mini by 4.1 points (1.2 to 7.0), certain (…)`, or what it would take to say which is better. */
export function comparisonSentence(comparison: Comparison, told: Told): string {
  const { first, second, verdict, points } = comparison;
  const isSecondAhead = (points ?? 0) < 0;
  const [ahead, behind] = isSecondAhead ? [second, first] : [first, second];
  const names = [nameOf(told.variants, ahead), nameOf(told.variants, behind)] as const;
  if (verdict !== 'none shown') {
    const by = `by ${pointsText(comparison, isSecondAhead)}`;
    return `${names[0]} beats ${names[1]} ${by}, certain (${formatPValue(comparison.pValue ?? 1)}${alsoText(told)})`;
  }
  return noneShown(comparison, names, told);
}

function noneShown(comparison: Comparison, [ahead, behind]: readonly [string, string], told: Told): string {
  const { n, points, why, onlyFirst, onlySecond, power } = comparison;
  if (points === null) return `${ahead} and ${behind} cannot be compared: ${why ?? 'nothing is known'}`;
  const lead = `no difference shown between ${ahead} and ${behind}`;
  const outlook = why === null ? outlookText(n, power) : why;
  const end = outlook === '' ? '' : `: ${outlook}`;
  if (onlyFirst + onlySecond === 0) return `${lead} (the same score on ${n === 1 ? 'the one row' : 'every row'})${end}`;
  if (points === 0) return `${lead} (the same score on the whole)${end}`;
  return `${lead} (${pointsText(comparison, points < 0)}${chanceText(comparison, told)})${end}`;
}

/** The p-value of the comparison alone, as its bracket is; alone it may pass for certain, and then the corrected one. */
function chanceText({ pValue, adjustedPValue }: Comparison, { corrections }: Told): string {
  if (pValue === null || adjustedPValue === null) return ' may be chance';
  const alone = `, ${formatPValue(pValue)}`;
  if (pValue > ALPHA) return `${alone}, may be chance`;
  return `${alone}, may be chance among ${formatCount(corrections)} comparisons: ${formatPValue(adjustedPValue)} corrected`;
}

function alsoText({ corrections }: Told): string {
  return corrections < 2 ? '' : `, also after correction for ${formatCount(corrections)} comparisons`;
}

function outlookText(n: number, power: Power | null): string {
  if (power === null) return '';
  const { moreRows, points, cost, smallestPoints } = power;
  if (moreRows !== null && moreRows > 0) {
    const price = cost === null ? '' : ` and cost ${formatRoughMoney(cost)}`;
    return `${aboutRows(moreRows)} would show ${points} points${price}`;
  }
  if (smallestPoints === null) return '';
  return `these ${formatCount(n)} rows would have shown ${smallestPoints.toFixed(1)} points`;
}

/** As the sentences of several comparisons of one variant in which no difference is shown, in one. */
export function groupedSentence(comparisons: readonly Comparison[], best: number, told: Told): string {
  const others = comparisons.map(({ first, second }) => nameOf(told.variants, first === best ? second : first));
  const lead = `no difference shown between ${nameOf(told.variants, best)} and ${others.length === 1 ? '' : 'each of '}${listText(fewOf(others))}`;
  const powers = comparisons.flatMap(({ power }) => (power === null ? [] : [power]));
  const rows = Math.max(0, ...powers.map(({ moreRows }) => moreRows ?? 0));
  const [points] = powers.map((power) => power.points);
  if (rows === 0 || points === undefined) return lead;
  const upTo = comparisons.length === 1 ? '' : 'up to ';
  const cost = dearest(powers.flatMap((power) => (power.cost === null ? [] : [power.cost])));
  const price = cost === null ? '' : ` and cost ${upTo}${formatRoughMoney(cost)}${upTo === '' ? '' : ' a comparison'}`;
  return `${lead}: ${upTo}${aboutRows(rows)} would show ${points} points${price}`;
}

/** Most names in a sentence. */
const MOST_NAMES = 4;

/** All of few names; of many the first, and how many more there are. */
function fewOf(names: readonly string[]): readonly string[] {
  if (names.length <= MOST_NAMES) return names;
  return [...names.slice(0, MOST_NAMES - 1), `${formatCount(names.length - MOST_NAMES + 1)} others`];
}

/** null where currencies differ. */
function dearest(costs: readonly CostTotal[]): CostTotal | null {
  const [first] = costs.toSorted((one, other) => Number(other.total) - Number(one.total));
  return first !== undefined && costs.every(({ currency }) => currency === first.currency) ? first : null;
}

/** `a`, `a and b`, `a, b and c` */
export function listText(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

/** A forecast has no more digits than it knows. */
function aboutRows(rows: number): string {
  return rows === 1 ? '1 more row' : `${formatRoughCount(rows)} more rows`;
}

/** `4.1 points (1.2 to 7.0)`. @param isTurned true where the second is ahead */
function pointsText({ points, pointsInterval }: Comparison, isTurned: boolean): string {
  const sign = isTurned ? -1 : 1;
  const text = (value: number): string => signedText(sign * value);
  const ends = pointsInterval === null ? [] : [text(pointsInterval.low), text(pointsInterval.high)];
  if (isTurned) ends.reverse();
  const size = text(points ?? 0);
  return `${size} ${size === '1.0' ? 'point' : 'points'}${ends.length === 0 ? '' : ` (${ends.join(' to ')})`}`;
}

function signedText(points: number): string {
  const text = Math.abs(points).toFixed(1);
  return points < 0 && text !== '0.0' ? `−${text}` : text;
}

/** `A is dominated: B costs less and scores more` */
export function dominatedSentence({ variant, by, costsLess, scoresMore, isCertain }: Dominated, told: Told): string {
  const [worse, better] = [nameOf(told.variants, variant), nameOf(told.variants, by)];
  const cost = costsLess ? 'costs less' : 'costs the same';
  if (!scoresMore) return `${worse} is dominated: ${better} ${cost} and scores the same`;
  return `${worse} is dominated: ${better} ${cost} and scores more${isCertain ? '' : ' (the score may be chance)'}`;
}

/** `the best temperature of gpt-4o is 0, certain`, and in one sentence those of which that is not certain. */
export function temperatureSentences(found: readonly BestTemperature[], told: Told): readonly string[] {
  const prompts = new Set(told.variants.map(({ prompt }) => prompt));
  const nameOfModel = ({ best }: BestTemperature): string => {
    const { prompt = '', model = '' } = told.variants[best] ?? {};
    return shortText(prompts.size > 1 ? `${model} with ${prompt}` : model);
  };
  const open = found.filter(({ isCertain }) => !isCertain).map(nameOfModel);
  const certain = found.filter(({ isCertain }) => isCertain);
  return [
    ...certain.map((one) => `the best temperature of ${nameOfModel(one)} is ${temperatureOf(one, told)}, certain`),
    ...(open.length === 0 ? [] : [`no temperature is shown to be the best of ${listText(open)}`]),
  ];
}

function temperatureOf({ best }: BestTemperature, told: Told): string {
  return String(told.variants[best]?.temperature ?? "the provider's own");
}

const SHOWN_IDS = 5;

/** `12 rows separate …: q1, q2, …`; nothing where there are none. @param verbs for one row and for several */
export function rowsSentence({ count, rowIds }: RowList, verbs: readonly string[]): readonly string[] {
  if (count === 0) return [];
  const ids = rowIds.slice(0, SHOWN_IDS).map(shortText).join(', ');
  const rest = count > SHOWN_IDS ? ', …' : '';
  return [`${count === 1 ? `1 row ${verbs[0] ?? ''}` : `${formatCount(count)} rows ${verbs[1] ?? ''}`}: ${ids}${rest}`];
}

/** `95.8% (86–99)`: the mean and its interval of 95 %. */
export function figureText({ mean, interval }: MeanFigure): string {
  if (mean === null) return '–';
  const ends = interval === null ? '' : ` (${(interval.low * 100).toFixed(0)}–${(interval.high * 100).toFixed(0)})`;
  return `${formatShare(mean)}${ends}`;
}
