import type { PairDraft } from '../../core/compare/score-pairs.ts';
import type { MeasurePair } from '../../core/comparison.ts';
import { MEASURES, type Measure } from '../../core/measure.ts';
import { measureText } from '../../core/reason-text.ts';
import type { MeasureReason } from '../../core/reasons.ts';
import type { GatheredPair } from './gather.ts';
import type { VariantTrials } from './variant-trials.ts';

/** Cost, tokens and latency of a pair of variants. */
export function measurePairs(gathered: GatheredPair): readonly MeasurePair[] {
  return MEASURES.map((measure) => measurePair(gathered, measure));
}

function measurePair(gathered: GatheredPair, measure: Measure): MeasurePair {
  const { base, candidate } = gathered.pair;
  const { lacking: _, ...figures } = gathered.measures[measure];
  const unit = unitOf(gathered, measure);
  const named = { base: base.name, candidate: candidate.name, measure, unit, rows: gathered.answered };
  const unknown = whyUnknown(gathered, measure, unit);
  if (unknown !== null) {
    const nothing = { baseMean: null, candidateMean: null, ratio: null, interval: null, familyInterval: null };
    const n = unit === null ? 0 : figures.n;
    return { ...named, unknown: figures.unknown, n, ...nothing, verdict: 'not known', ...told(unknown) };
  }
  if (figures.ratio === null)
    return { ...named, ...figures, familyInterval: null, ...ofNothing(figures, measure, unit) };
  const familyInterval = measure === 'latency' ? gathered.latencyFamily : null;
  return { ...named, ...figures, familyInterval, verdict: verdictOf(figures.interval), why: null, reason: null };
}

function told(reason: MeasureReason): Pick<MeasurePair, 'why' | 'reason'> {
  return { why: measureText(reason), reason };
}

function verdictOf(interval: MeasurePair['interval']): MeasurePair['verdict'] {
  if (interval === null) return 'no difference shown';
  if (interval.low > 1) return 'higher';
  return interval.high < 1 ? 'lower' : 'no difference shown';
}

/** A base of 0 has no ratio, though all is known. */
function ofNothing(
  { candidateMean }: Pick<MeasurePair, 'candidateMean'>,
  measure: Measure,
  unit: string | null,
): Pick<MeasurePair, 'verdict' | 'why' | 'reason'> {
  const mean = candidateMean ?? 0;
  if (mean === 0) return { verdict: 'no difference shown', ...told({ kind: 'both nothing', measure }) };
  return { verdict: 'higher', ...told({ kind: 'base nothing', measure, mean, unit }) };
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
function whyUnknown(
  { pair, answered, measures }: GatheredPair,
  measure: Measure,
  unit: string | null,
): MeasureReason | null {
  const { n, lacking, unknown } = measures[measure];
  if (answered === 0) return { kind: 'no row compared' };
  const { base, candidate } = pair;
  if (unit === null && isNamed(base.currencies) && isNamed(candidate.currencies)) {
    return { kind: 'two currencies', base: [...base.currencies], candidate: [...candidate.currencies] };
  }
  if (n > 0) return unit === null ? { kind: 'currency unknown' } : null;
  if (unknown === 0) return { kind: 'cached' };
  const who = lacking.candidate === 0 ? 'base' : 'candidate';
  const side = lacking.base > 0 && lacking.candidate > 0 ? 'both' : who;
  return { kind: 'lacking', side, isPartlyCached: unknown < answered };
}

function isNamed(currencies: ReadonlySet<string>): boolean {
  return [...currencies].some((currency) => currency !== '');
}

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
