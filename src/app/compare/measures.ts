import type { PairDraft } from '../../core/compare/score-pairs.ts';
import type { Measure, MeasurePair } from '../../core/comparison.ts';
import { formatDuration } from '../../core/duration-text.ts';
import { formatMoney } from '../../core/money-text.ts';
import type { GatheredPair } from './gather.ts';
import type { VariantTrials } from './variant-trials.ts';

const MEASURES: readonly Measure[] = ['cost', 'tokens', 'latency'];

/** Cost, tokens and latency of a pair of variants. */
export function measurePairs(gathered: GatheredPair): readonly MeasurePair[] {
  return MEASURES.map((measure) => measurePair(gathered, measure));
}

function measurePair(gathered: GatheredPair, measure: Measure): MeasurePair {
  const { base, candidate } = gathered.pair;
  const { lacking: _, ...figures } = gathered.measures[measure];
  const unit = unitOf(gathered, measure);
  const named = { base: base.name, candidate: candidate.name, measure, unit, rows: gathered.answered };
  const why = whyUnknown(gathered, measure, unit);
  if (why !== null) {
    const nothing = { baseMean: null, candidateMean: null, ratio: null, interval: null, familyInterval: null };
    const n = unit === null ? 0 : figures.n;
    return { ...named, unknown: figures.unknown, n, ...nothing, verdict: 'not known', why };
  }
  if (figures.ratio === null)
    return { ...named, ...figures, familyInterval: null, ...ofNothing(figures, measure, unit) };
  const familyInterval = measure === 'latency' ? gathered.latencyFamily : null;
  return { ...named, ...figures, familyInterval, verdict: verdictOf(figures.interval), why: null };
}

function verdictOf(interval: MeasurePair['interval']): MeasurePair['verdict'] {
  if (interval === null) return 'no difference shown';
  if (interval.low > 1) return 'higher';
  return interval.high < 1 ? 'lower' : 'no difference shown';
}

const NOTHING = { cost: 'cost nothing', tokens: 'took no tokens', latency: 'took no time' } as const;

/** A base of 0 has no ratio, though all is known. */
function ofNothing(
  { candidateMean }: Pick<MeasurePair, 'candidateMean'>,
  measure: Measure,
  unit: string | null,
): Pick<MeasurePair, 'verdict' | 'why'> {
  const mean = candidateMean ?? 0;
  if (mean === 0) return { verdict: 'no difference shown', why: `both ${NOTHING[measure]}` };
  return {
    verdict: 'higher',
    why: `the base ${NOTHING[measure]}, the candidate ${amountText(mean, measure, unit)} a row`,
  };
}

function amountText(mean: number, measure: Measure, unit: string | null): string {
  switch (measure) {
    case 'cost':
      return formatMoney({ total: String(mean), currency: unit ?? '' });
    case 'tokens':
      return shortNumber(mean);
    case 'latency':
      return mean < 1 ? `${shortNumber(mean)} ms` : formatDuration(mean);
  }
}

/** `12.5`, `0.033` */
function shortNumber(value: number): string {
  return String(Number(value < 1 ? value.toPrecision(2) : value.toFixed(1)));
}

function unitOf({ pair }: GatheredPair, measure: Measure): string | null {
  switch (measure) {
    case 'cost':
      return currencyOf(pair.base, pair.candidate);
    case 'tokens':
      return 'tokens';
    case 'latency':
      return 'ms';
  }
}

/** Why there are no figures; null if there are some. */
function whyUnknown({ pair, answered, measures }: GatheredPair, measure: Measure, unit: string | null): string | null {
  const { n, lacking, unknown } = measures[measure];
  if (answered === 0) return 'no row could be compared';
  const currencies = [pair.base, pair.candidate].map((side) => [...side.currencies].join(' and '));
  const [before = '', after = ''] = currencies;
  if (unit === null && before !== '' && after !== '') {
    return `base was paid in ${before}, candidate in ${after}: amounts of two currencies are not compared`;
  }
  if (n > 0) return unit === null ? 'the currency is not known' : null;
  if (unknown === 0) return CACHED;
  const who = lacking.candidate === 0 ? 'the base has none' : 'the candidate has none';
  const why = lacking.base > 0 && lacking.candidate > 0 ? 'no row has it on both sides' : who;
  return unknown < answered ? `${why}; ${CACHED}` : why;
}

const CACHED = 'answers from a cache do not count';

/** The currency in which both sides paid; null if there are several or none. */
function currencyOf(base: VariantTrials, candidate: VariantTrials): string | null {
  const [currency, ...others] = new Set([...base.currencies, ...candidate.currencies]);
  return others.length > 0 || base.currencies.size + candidate.currencies.size < 2 ? null : (currency ?? null);
}

/** Cost of a row on both sides together; null if unknown. */
export function rowCostOf(gathered: GatheredPair): PairDraft['rowCost'] {
  const currency = currencyOf(gathered.pair.base, gathered.pair.candidate);
  const { baseMean, candidateMean } = gathered.measures.cost;
  if (currency === null || baseMean === null || candidateMean === null) return null;
  const { base, candidate } = gathered.pair;
  const repeats = [base, candidate].map(({ trials }) => trials / Math.max(1, gathered.rows));
  const amount = baseMean * Math.max(1, repeats[0] ?? 1) + candidateMean * Math.max(1, repeats[1] ?? 1);
  return { amount, currency };
}
