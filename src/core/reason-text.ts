import { decimalsApart, tooFewText } from './compare/words.ts';
import type { Measure } from './measure.ts';
import { LUCK } from './only-failed.ts';
import { type Figures, PLAIN_FIGURES } from './reason-figures.ts';
import type {
  CompareGateReason,
  CostReason,
  CriticalReason,
  CriticalRow,
  ErroredReason,
  GateReason,
  IncreaseFault,
  IncreaseFigures,
  IncreaseReason,
  MeasureReason,
  PairLoss,
  RepeatsReason,
  ScoreReason,
  UnsoundReason,
  VariantCost,
} from './reasons.ts';
import { isAtLeast } from './rounding.ts';

type Losses = Extract<CompareGateReason, { readonly kind: 'losses' }>;
type NoLoss = Extract<CompareGateReason, { readonly kind: 'no loss' }>;

const NO_ROW_COMPARED = 'no row could be compared';

/** Why a gate passed or failed, in English: one line. */
export function gateText(reason: GateReason, figures: Figures = PLAIN_FIGURES): string {
  switch (reason.kind) {
    case 'score':
      return scoreText(reason, figures);
    case 'repeats':
      return repeatsText(reason, figures);
    case 'errored':
      return erroredText(reason, figures);
    case 'no results':
      return 'no trial has a result';
    case 'no row compared':
      return NO_ROW_COMPARED;
    case 'cost':
      return costText(reason, figures);
    case 'not decided':
      return `not decided: ${reason.because === 'unsound' ? 'the comparison cannot stand' : NO_ROW_COMPARED}`;
    case 'losses':
      return lossesText(reason, figures);
    case 'no loss':
      return noLossText(reason, figures);
    case 'critical':
      return criticalText(reason, figures);
    case 'increase':
      return increaseText(reason, figures);
  }
}

/** How a score stands to its minimum. */
export function standingOf({ figure, least }: Pick<ScoreReason, 'figure' | 'least'>): {
  readonly isReached: boolean;
  /** At which the two differ. */
  readonly decimals: number;
} {
  const isReached = figure !== null && isAtLeast(figure, least);
  return { isReached, decimals: figure === null || isReached ? 1 : decimalsApart(figure, least) };
}

function scoreText(reason: ScoreReason, f: Figures): string {
  const { variant, n, mean, minOn, figure, least } = reason;
  const { isReached, decimals } = standingOf(reason);
  const answers = `${f.bare(n)} ${n === 1 ? 'answer' : 'answers'}`;
  const seen = mean === null ? 'nothing could be scored' : `${f.share(mean, decimals)} of ${answers}`;
  const what = minOn === 'point' ? 'the mean' : 'the low end of the 95% interval';
  const told = `${isReached ? 'reaches' : 'is below'} ${f.limit(least, 0)}`;
  const end = figure === null ? ' is not known' : `, ${f.share(figure, decimals)}, ${told}`;
  return `${f.name(variant)}: ${seen}; ${what}${end}`;
}

function repeatsText({ variant, rows, failed, worst }: RepeatsReason, f: Figures): string {
  const label = f.name(variant);
  if (rows === 0) return `${label}: no row could be scored`;
  if (failed === 0) return `${label}: each of ${counted(rows, 'row', f)} passed often enough`;
  const named = worst.map(({ rowId, passed, repeats }) => `${rowId} (${f.bare(passed)} of ${f.bare(repeats)})`);
  const what = `${f.bare(failed)} of ${counted(rows, 'row', f)} passed too rarely`;
  return `${label}: ${what}: ${someOf(named, failed, f)}`;
}

function erroredText({ errored, faults }: ErroredReason, f: Figures): string {
  if (faults.length === 0) return `${errored === 0 ? 'no' : f.bare(errored)} trial${errored === 1 ? '' : 's'} errored`;
  const texts = faults.map((fault) => {
    const label = `${fault.side === null ? '' : `${fault.side} `}${f.name(fault.variant)}`;
    return `${label}: ${f.bare(fault.errored)} of ${f.bare(fault.trials)} trials errored`;
  });
  return texts.join('; ');
}

function costText({ most, faults, dearest }: CostReason, f: Figures): string {
  const text = ({ variant, cost }: VariantCost): string =>
    cost === null
      ? `${f.name(variant)}: what its answers cost is not known`
      : `${f.name(variant)}: ${f.moneyBeside(cost, most)} for 1,000 rows`;
  if (faults.length > 0) return faults.map(text).join('; ');
  return `at most ${dearest === null ? 'nothing' : text(dearest)}`;
}

const ALL_WELL: Readonly<Record<NoLoss['failOn'], string>> = {
  regression: 'no significant loss in',
  'any-drop': 'no loss at all in',
  inconclusive: 'no loss, and enough rows to say so, in',
};

function noLossText({ failOn, compared, empty }: NoLoss, f: Figures): string {
  const rest = empty === 0 ? '' : `, and no row to compare in ${f.bare(empty)} more`;
  return `${ALL_WELL[failOn]} ${counted(compared, 'comparison', f)}${rest}`;
}

function lossesText({ count, losses, hasClusters }: Losses, f: Figures): string {
  const texts = losses.map((loss) => `${f.name(loss.variants)} by ${loss.scorer} ${lossText(loss, hasClusters, f)}`);
  return listText(texts, count, f);
}

function lossText(loss: PairLoss, hasClusters: boolean, f: Figures): string {
  if (loss.kind === 'too few') return `has ${tooFewText(hasClusters)} (${counted(loss.rows, 'row', f)})`;
  const { delta, isSignificant, pValue } = loss;
  const points = delta === null ? '' : f.points(delta);
  const lost = delta === null ? 'nothing to compare' : `lost ${points} ${points === '1' ? 'point' : 'points'}`;
  const chance = pValue === null ? '' : ` (${f.pValue(pValue)})`;
  return `${lost}, ${isSignificant ? `significantly worse${chance}` : 'not significant'}`;
}

function criticalText({ trials, failed, unanswered, missing }: CriticalReason, f: Figures): string {
  const all = counted(trials, 'critical trial', f);
  const listOf = ({ rows, count }: CriticalReason['failed']): string =>
    someOf(
      rows.map((row) => criticalRowText(row, f)),
      count,
      f,
    );
  const faults = [
    ...(failed.count === 0 ? [] : [`${f.bare(failed.count)} of ${all} did not pass: ${listOf(failed)}`]),
    ...(unanswered.count === 0 ? [] : [`${f.bare(unanswered.count)} of ${all} got no answer: ${listOf(unanswered)}`]),
    ...(missing.count === 0
      ? []
      : [
          `${counted(missing.count, 'critical row', f)} ${missing.count === 1 ? 'is' : 'are'} not in the candidate: ${listOf(missing)}`,
        ]),
  ];
  return faults.length === 0 ? `${trials === 1 ? 'the' : 'all'} ${all} passed` : faults.join('; ');
}

function criticalRowText({ rowId, variant, isUnpaired }: CriticalRow, f: Figures): string {
  if (variant === null) return rowId;
  return `${rowId} (${f.name(variant)}${isUnpaired ? ', in the candidate only' : ''})`;
}

function increaseText({ measure, most, level, count, faults, largest, because }: IncreaseReason, f: Figures): string {
  const told =
    level === null
      ? 'the bill of these rows itself: no test, and in no correction'
      : `by the low end of intervals of ${f.bare(level)}%, a family of their own`;
  const texts = faults.map((fault) => `${f.name(fault.variants)}: ${increaseFaultText(fault, { measure, most }, f)}`);
  const nothing = because === null ? 'nothing was compared' : measureText(because, f);
  const fine = largest === null ? nothing : `at most ${changeOf(largest, 1, f)}`;
  return `${count > 0 ? listText(texts, count, f) : fine} (${told})`;
}

function increaseFaultText(
  fault: IncreaseFault,
  { measure, most }: Pick<IncreaseReason, 'measure' | 'most'>,
  f: Figures,
): string {
  switch (fault.kind) {
    case 'above':
      return changeOf(fault, decimalsApart(fault.figure - 1, most), f);
    case 'partly unknown':
      return `${measure} of ${f.bare(fault.unknown)} of ${counted(fault.rows, 'row', f)} is not known`;
    case 'one row':
      return 'latency is not known: one row cannot tell';
    case 'unknown': {
      const { because } = fault;
      if (because === null) return `${measure} is not known: no rows`;
      const text = measureText(because, f);
      return because.kind === 'base nothing' || because.kind === 'both nothing'
        ? text
        : `${measure} is not known: ${text}`;
    }
  }
}

function changeOf({ ratio, interval, rows }: IncreaseFigures, decimals: number, f: Figures): string {
  const text = (change: number): string => f.change(change, decimals);
  const ends = interval === null ? '' : ` (${text(interval.low)} to ${text(interval.high)})`;
  return `${text(ratio)}${ends} over ${counted(rows, 'row', f)}`;
}

const NOTHING: Readonly<Record<Measure, string>> = {
  cost: 'cost nothing',
  tokens: 'took no tokens',
  latency: 'took no time',
};

const CACHED = 'answers from a cache do not count';

const LACKING = {
  base: 'the base has none',
  candidate: 'the candidate has none',
  both: 'no row has it on both sides',
} as const;

/** Why cost, tokens or latency have no ratio, in English. */
export function measureText(reason: MeasureReason, f: Figures = PLAIN_FIGURES): string {
  switch (reason.kind) {
    case 'both nothing':
      return `both ${NOTHING[reason.measure]}`;
    case 'base nothing':
      return `the base ${NOTHING[reason.measure]}, the candidate ${amountText(reason, f)} a row`;
    case 'no row compared':
      return NO_ROW_COMPARED;
    case 'two currencies': {
      const [base, candidate] = [reason.base, reason.candidate].map((codes) => codes.join(' and '));
      return `base was paid in ${base}, candidate in ${candidate}: amounts of two currencies are not compared`;
    }
    case 'currency unknown':
      return 'the currency is not known';
    case 'cached':
      return CACHED;
    case 'lacking':
      return `${LACKING[reason.side]}${reason.isPartlyCached ? `; ${CACHED}` : ''}`;
  }
}

/** The candidate's mean where the base has none: money, a number of tokens, or a time. */
export function amountText(
  { measure, mean, unit }: Extract<MeasureReason, { readonly kind: 'base nothing' }>,
  f: Figures,
): string {
  switch (measure) {
    case 'cost':
      return f.money({ total: String(mean), currency: unit ?? '' });
    case 'tokens':
      return f.number(mean);
    case 'latency':
      return f.duration(mean);
  }
}

/** Why a comparison is not valid, in English: one line. */
export function unsoundText(reason: UnsoundReason, f: Figures = PLAIN_FIGURES): string {
  switch (reason.kind) {
    case 'only failed': {
      const { side, path, run, rows } = reason;
      return `${side} ${path} has only ${counted(rows, 'row', f)} that failed in ${run}; ${LUCK}, so there is no verdict`;
    }
    case 'other rows':
      return 'no rows in common: the two were made from different rows';
    case 'nothing to pair by':
      return 'no rows in common: without an id column, rows are paired by columns that both have, and there are none, or a baseline is of others';
    case 'no scorer in common':
      return 'no scorer in common: score both runs alike with promptgrid score';
    case 'errored': {
      const { side, variant, errored, trials, errors, most } = reason;
      const kinds = errors.map(({ code, count }) => `${f.bare(count)} ${code}`).join(', ');
      const what = `${f.bare(errored)} of ${counted(trials, 'trial', f)} errored (${kinds})`;
      return `${side} ${f.name(variant)}: ${what}, more than ${f.limit(most, 1)}`;
    }
    case 'all skipped':
      return `${reason.side} ${f.name(reason.variant)}: no trial has a result; all were skipped`;
    case 'scored on one side': {
      const { variant, scorer, rows, onlyCandidate, onlyBase } = reason;
      const lost = `${f.bare(onlyCandidate + onlyBase)} of ${counted(rows, 'row', f)} could be scored on one side only`;
      const sides = `${f.bare(onlyCandidate)} in the candidate only, ${f.bare(onlyBase)} in the base only`;
      return `${f.name(variant)} by ${scorer}: ${lost} (${sides})`;
    }
    case 'critical unanswered':
      return `${counted(reason.count, 'critical trial', f)} of the candidate got no answer`;
  }
}

function counted(count: number, noun: string, f: Figures): string {
  return `${f.count(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first of several, and how many more there are. */
function someOf(named: readonly string[], count: number, f: Figures): string {
  return `${named.join(', ')}${count > named.length ? `, and ${f.bare(count - named.length)} more` : ''}`;
}

/** The same for longer texts. */
function listText(texts: readonly string[], count: number, f: Figures): string {
  return [...texts, ...(count > texts.length ? [`and ${f.bare(count - texts.length)} more`] : [])].join('; ');
}
