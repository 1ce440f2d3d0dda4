import { join } from 'node:path';
import { NO_LOST_CALLS } from '../../core/billed.ts';
import type { CostRange, CurrencyEstimate, JudgesEstimate } from '../../core/estimate.ts';
import { distinctModels } from '../../core/model-names.ts';
import type { Picounits } from '../../core/money.ts';
import { countSelected } from '../../core/sampling.ts';
import type { Scorer } from '../../core/scorer.ts';
import { readModelRef } from '../../core/variant.ts';
import { JournalReader } from '../../store/journal-reader.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { judgesOf } from '../config/judges.ts';
import type { OpenConfig, ScoringConfig } from '../config/run-config.ts';
import type { Lane } from '../endpoints/lanes.ts';
import type { DatasetFacts } from '../plan/dataset-check.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { priceFinder } from './grid-estimate.ts';
import { forecastJudged } from './judge-forecast.ts';
import { countQuestions } from './judge-questions.ts';
import { JudgedRows, readJudgedRows } from './judged-rows.ts';
import type { EstimateOptions } from './options.ts';
import { NOTHING_PAID, type PaidSoFar, withPaid } from './paid.ts';

/** The inputs of an estimate of judge cost. */
interface JudgesBasis {
  readonly config: ScoringConfig & OpenConfig;
  /** All scorers of the run, including those of row assertions. */
  readonly scorers: readonly Scorer[];
  readonly facts: Pick<DatasetFacts, 'sample'>;
  readonly plan: Plan;
  readonly lanes: readonly Lane[];
  /** The run's own results; null if there are none. */
  readonly journal: JournalReader | null;
  readonly options: Pick<EstimateOptions, 'from' | 'plannedRows' | 'level'>;
  /** What the run has paid so far. */
  readonly paid: PaidSoFar;
}

/** With fewer own rows than this, another run predicts better. */
const OWN_ROWS_ENOUGH = 5;

/**
 * What judges will cost over all rows. It learns from judged rows of this run or, with `from`, of another run of the
 * same rows, grid and judges. With fewer than two, it is the cost of the judge prompts alone, as a low end.
 * @returns null if no scorer uses a model; then nothing is read
 */
export async function estimateJudges(basis: JudgesBasis): Promise<JudgesEstimate | null> {
  const scorers = basis.scorers.filter(({ asks }) => asks !== null);
  if (scorers.length === 0) return null;
  const { config, plan, journal, options } = basis;
  const source = { config, scorers, plan };
  const own = journal === null ? new JudgedRows() : await readJudgedRows({ ...source, journal });
  const other = options.from === null ? null : await readOther(options.from, source);
  const seen = other !== null && own.sample.length < Math.min(OWN_ROWS_ENOUGH, other.sample.length) ? other : own;
  const rows = countSelected({ ...plan.selection, rows: plan.rows });
  const rest = options.plannedRows ?? rows - own.closed;
  const judged: Judged = { own, seen, rest, isPlanned: options.plannedRows !== null };
  const isSeen = rest === 0 || (seen.sample.length > 1 && seen.currencies.size + seen.unknown.size > 0);
  const outlook = isSeen ? fromVerdicts(basis, judged) : await fromQuestions(basis, scorers, judged);
  const paid = judged.isPlanned ? NOTHING_PAID.judges : basis.paid.judges;
  // Lost calls count with the answers.
  const costs = withPaid(outlook.costs, { paid, lost: NO_LOST_CALLS }, own.unknownCosts);
  return { ...outlook, costs, unknownCosts: paid.unknownCosts };
}

/** What is known about judging. */
interface Judged {
  /** From this run. */
  readonly own: JudgedRows;
  /** The rows that represent the others. */
  readonly seen: JudgedRows;
  /** Remaining rows. */
  readonly rest: number;
  /** True if those are rows of a planned volume. */
  readonly isPlanned: boolean;
}

/** Verdicts on the same answers are found by id: a run of other rows or judges has none of them. */
async function readOther(
  folder: string,
  source: Pick<JudgesBasis, 'config' | 'scorers' | 'plan'>,
): Promise<JudgedRows | null> {
  const journal = await JournalReader.open(join(folder, RUN_FILES.journal));
  try {
    return journal === null ? null : await readJudgedRows({ ...source, journal });
  } finally {
    await journal?.close();
  }
}

/** From the judge requests about answers that are in use, and those that will be. */
type Outlook = Omit<JudgesEstimate, 'unknownCosts'>;

function fromVerdicts(basis: JudgesBasis, { own, seen, rest, isPlanned }: Judged): Outlook {
  const { options, plan } = basis;
  const { level } = options;
  const { seed } = plan.selection;
  const costs = [...new Set([...own.currencies, ...seen.currencies])].map((currency): CurrencyEstimate => {
    const paid = isPlanned ? 0n : own.paidForClosed.of(currency);
    const outlook = forecastJudged({ values: seen.valuesIn(currency), rest, paid, level, seed });
    const spent = isPlanned ? 0n : own.paidIn(currency);
    return { currency, cost: outlook === null ? fromLow(spent) : atLeast(outlook, spent), paid: spent };
  });
  const unknownPrices = namesOf(basis, seen.unknown);
  return { costs, unknownPrices, seenRows: seen.sample.length, level, openRows: rest };
}

async function fromQuestions(
  basis: JudgesBasis,
  scorers: readonly Scorer[],
  { own, rest, isPlanned }: Judged,
): Promise<Outlook> {
  const { plan, journal, options } = basis;
  const found = journal !== null && journal.size > 0 ? journal : null;
  const { costs, unknown } = await countQuestions({
    ...basis,
    scorers,
    journal: found,
    priceOf: priceFinder(basis.lanes),
  });
  const rows = countSelected({ ...plan.selection, rows: plan.rows });
  const planned = BigInt(options.plannedRows ?? rows);
  const parts = [...new Set([...costs.keys(), ...own.currencies])].map((currency): CurrencyEstimate => {
    const low = ((costs.get(currency) ?? 0n) * planned) / BigInt(Math.max(1, rows));
    const paid = isPlanned ? 0n : own.paidIn(currency);
    return { currency, cost: atLeast(fromLow(low), paid), paid };
  });
  const unknownPrices = namesOf(basis, unknown);
  return { costs: parts, unknownPrices, seenRows: 0, level: options.level, openRows: rest };
}

/** Names of judges that no other model of the run has. @param refs as `formatModelRef` writes them */
function namesOf({ config, plan }: JudgesBasis, refs: ReadonlySet<string>): readonly string[] {
  const ofRun = [...plan.grid.variants.map(({ model }) => model), ...judgesOf(config)];
  return distinctModels([...refs].map(readModelRef), ofRun);
}

function fromLow(low: Picounits): CostRange {
  return { low, expected: null, high: null, ceiling: null };
}

/** The amount already paid is a lower bound. */
function atLeast({ low, expected, high, ceiling }: CostRange, paid: Picounits): CostRange {
  const most = (amount: Picounits | null): Picounits | null => (amount !== null && amount < paid ? paid : amount);
  return { low: most(low), expected: most(expected), high: most(high), ceiling };
}
