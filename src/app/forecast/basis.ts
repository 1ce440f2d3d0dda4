import { countSelected } from '../../core/sampling.ts';
import type { JournalReader } from '../../store/journal-reader.ts';
import type { CallConfig, OpenConfig, PaceConfig, ScoringConfig } from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { type CountedRows, countRows } from './counted-rows.ts';
import { estimateGrid, type GridEstimate, priceFinder } from './grid-estimate.ts';
import { learnFromOwn, learnFromRun } from './learn.ts';
import type { EstimateOptions } from './options.ts';
import type { PaidSoFar } from './paid.ts';
import { nothingSeen } from './seen.ts';

/** Above this many rows, prompts are counted on a sample by default. */
const SAMPLED_ABOVE = 100_000;
const SAMPLE_ROWS = 20_000;

/** What rows are counted for. */
interface CountBasis {
  readonly config: ScoringConfig;
  readonly options: EstimateOptions;
  readonly plan: Plan;
  readonly journal: JournalReader | null;
}

/** Counts the rows of a plan, or a sample if there are very many. */
export function countFor({ config, options, plan, journal }: CountBasis): Promise<CountedRows> {
  const rows = countSelected({ ...plan.selection, rows: plan.rows });
  const most = options.isExact || rows <= SAMPLED_ABOVE ? null : SAMPLE_ROWS;
  const isDone = ({ id }: { readonly id: string }): boolean => journal?.has(id) ?? false;
  return countRows(plan, { most, isDone, expectedColumn: config.expectedColumn });
}

/** The inputs of an estimate. */
interface EstimateBasis extends CountBasis {
  readonly config: ScoringConfig & OpenConfig & PaceConfig & Pick<CallConfig, 'batch'>;
  readonly facts: DatasetFacts;
  readonly lanes: readonly Lane[];
  readonly counted: CountedRows;
  /** What the run has paid so far. */
  readonly paid: PaidSoFar;
}

/** Learns from existing results and assembles the estimate. */
export async function estimateFrom(basis: EstimateBasis): Promise<GridEstimate> {
  const { config, options, plan, facts, lanes, counted, journal, paid } = basis;
  const learner = { plan, counted, priceOf: priceFinder(lanes), config };
  const other = options.from === null ? null : await learnFromRun(options.from, learner);
  const own = journal === null ? nothingSeen(plan.grid.variants) : await learnFromOwn(learner, journal);
  const { plannedRows: planned, level } = options;
  const seen = { own, other, paid };
  return estimateGrid({ config, plan, facts, lanes, counted, ...seen, planned, level, isTimed: true });
}
