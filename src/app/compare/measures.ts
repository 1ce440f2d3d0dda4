import type { PairDraft } from '../../core/compare/score-pairs.ts';
import type { Measure, MeasurePair } from '../../core/comparison.ts';
import type { GatheredPair } from './gather.ts';
import type { VariantTrials } from './variant-trials.ts';

const MEASURES: readonly Measure[] = ['cost', 'tokens', 'latency'];

/** Cost, tokens and latency of a pair of variants. */
export function measurePairs(gathered: GatheredPair): readonly MeasurePair[] {
  return MEASURES.map((measure) => measurePair(gathered, measure));
}

function measurePair(gathered: GatheredPair, measure: Measure): MeasurePair {
  const { base, candidate } = gathered.pair;
  const figures = gathered.measures[measure];
  const unit = unitOf(gathered, measure);
  const named = { base: base.name, candidate: candidate.name, measure };
  const why = unit === null ? whyNotCost(base, candidate) : whyUnknown(gathered, measure);
  if (why !== null) {
    const nothing = { baseMean: null, candidateMean: null, ratio: null, interval: null, familyInterval: null };
    return { ...named, unit, n: unit === null ? 0 : figures.n, ...nothing, verdict: 'not known', why };
  }
  const familyInterval = measure === 'latency' ? gathered.latencyFamily : null;
  return { ...named, unit, ...figures, familyInterval, verdict: verdictOf(figures.interval), why: null };
}

function verdictOf(interval: MeasurePair['interval']): MeasurePair['verdict'] {
  if (interval === null) return 'no difference shown';
  if (interval.low > 1) return 'higher';
  return interval.high < 1 ? 'lower' : 'no difference shown';
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

function whyUnknown({ measures }: GatheredPair, measure: Measure): string | null {
  const { n, ratio } = measures[measure];
  if (n === 0) return 'it is kept for no row on both sides; answers from a cache do not count';
  return ratio === null ? "the base's are 0" : null;
}

/** The currency in which both sides paid; null if there are several or none. */
function currencyOf(base: VariantTrials, candidate: VariantTrials): string | null {
  const [currency, ...others] = new Set([...base.currencies, ...candidate.currencies]);
  return others.length > 0 || base.currencies.size + candidate.currencies.size < 2 ? null : (currency ?? null);
}

function whyNotCost(base: VariantTrials, candidate: VariantTrials): string {
  const [before, after] = [base, candidate].map(({ currencies }) => [...currencies].join(' and '));
  if (before === '' || after === '') return 'no cost is known; answers from a cache do not count';
  return `base was paid in ${before}, candidate in ${after}: amounts of two currencies are not compared`;
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
