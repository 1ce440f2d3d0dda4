import type { Analysis, LeaderboardEntry, ScorerAnalysis } from '../../../src/core/analysis/analysis.ts';
import { Analyst, type AnalystOptions } from '../../../src/core/analysis/analyst.ts';
import type { AnalysedTrial } from '../../../src/core/analysis/input.ts';
import type { AnalysisNote } from '../../../src/core/analysis/note.ts';
import type { Amount } from '../../../src/core/money.ts';
import type { Comparison } from '../../../src/core/paired/comparison.ts';
import type { NamedVariant } from '../../../src/core/variant.ts';

/** What came of a trial: a score, null where it could not be scored, or no answer. */
export type Outcome = number | null | 'errored' | 'skipped';

/** A row: for each variant its outcomes, one a repeat. */
export interface TestRow {
  readonly outcomes: readonly (readonly Outcome[])[];
  readonly cluster?: string | null;
  readonly group?: string | null;
}

/** How rows are made into trials. */
export interface TestOptions extends Partial<AnalystOptions> {
  /** What an answer of each variant costs; absent where that is not known. */
  readonly costs?: readonly (Amount | null)[];
  readonly threshold?: number;
  /** Whether the answer of a variant to a row, from 1, was cut off; none was where this is absent. */
  readonly isCut?: (variant: number, row: number) => boolean;
}

/** So many roubles. */
export function roubles(amount: number): Amount {
  return { amount: BigInt(amount) * 10n ** 12n, currency: 'RUB' };
}

/** Variants `m0`, `m1` and so on, which differ in their model. */
export function models(count: number): readonly NamedVariant[] {
  return Array.from({ length: count }, (_, index) => ({
    prompt: { name: 'p' },
    model: { provider: 'x', model: `m${index}` },
    temperature: 0,
  }));
}

/** What an analysis makes of rows, which are named q1, q2 and so on. */
export function analyse(rows: readonly TestRow[], options: TestOptions = {}): Analysis {
  const { costs = [], threshold, isCut = () => false, ...given } = options;
  const variants = given.variants ?? models(rows[0]?.outcomes.length ?? 1);
  const analyst = new Analyst({ scorers: ['score'], ...given, variants });
  for (const [index, { outcomes, cluster = null, group = null }] of rows.entries()) {
    const trials = outcomes.flatMap((repeats, variant) =>
      repeats.map((outcome) => {
        const made = { cost: costs[variant] ?? null, threshold, isCut: isCut(variant, index + 1) };
        return trial(variant, outcome, made);
      }),
    );
    analyst.add({ id: `q${index + 1}`, cluster, group, trials });
  }
  return analyst.analyse();
}

interface Made {
  readonly cost: Amount | null;
  readonly threshold: number | undefined;
  readonly isCut: boolean;
}

function trial(variant: number, outcome: Outcome, { cost, threshold, isCut }: Made): AnalysedTrial {
  const made = { variant, isCached: false, isCut, latencyMs: 100 };
  if (outcome === 'errored' || outcome === 'skipped') return { ...made, status: outcome, cost: null, scores: [] };
  const score = { name: 'score', value: outcome, explanation: null, threshold };
  return { ...made, status: 'completed', cost, scores: [score] };
}

/** So many rows with the same outcomes, one a variant. */
export function times(count: number, ...outcomes: readonly Outcome[]): readonly TestRow[] {
  return Array.from({ length: count }, () => ({ outcomes: outcomes.map((outcome) => [outcome]) }));
}

/** The first scorer of an analysis. */
export function scorerOf({ scorers }: Analysis): ScorerAnalysis {
  const [scorer] = scorers;
  if (scorer === undefined) throw new Error('no scorer');
  return scorer;
}

/** A variant's line of the first leaderboard. */
export function entryOf(analysis: Analysis, variant: number): LeaderboardEntry {
  const entry = scorerOf(analysis).leaderboard.find((one) => one.variant === variant);
  if (entry === undefined) throw new Error(`no entry of ${variant}`);
  return entry;
}

/** The comparison of two variants, in plan order. */
export function comparisonOf(analysis: Analysis, first = 0, second = 1): Comparison {
  const found = scorerOf(analysis).comparisons.find((one) => one.first === first && one.second === second);
  if (found === undefined) throw new Error(`${first} and ${second} are not compared`);
  return found;
}

/** Every number in a document. */
export function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** What notes say. */
export function textsOf(notes: readonly AnalysisNote[]): readonly string[] {
  return notes.map(({ text }) => text);
}
