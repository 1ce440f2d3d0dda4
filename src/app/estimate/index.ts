import { join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { JudgesEstimate } from '../../core/estimate.ts';
import { countTrials } from '../../core/plan.ts';
import { countSelected } from '../../core/sampling.ts';
import type { Scorer } from '../../core/scorer.ts';
import { inTemporaryFolder } from '../../io/temporary.ts';
import { JournalReader, readPaid } from '../../store/journal-reader.ts';
import { findEarlierResults, type ScannedJournal } from '../../store/journal-scan.ts';
import { readRecordedCalls } from '../../store/recorded-calls.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { findSameRun, RUN_FILES } from '../../store/run-folder.ts';
import { endpointMask } from '../config/request-parts.ts';
import type { RunConfig } from '../config/run-config.ts';
import { readBalances } from '../endpoints/balances.ts';
import { openLanes } from '../endpoints/lanes.ts';
import type { RunEnvironment } from '../environment.ts';
import { countFor, estimateFrom } from '../forecast/basis.ts';
import { estimateJudges } from '../forecast/judges.ts';
import type { EstimateOptions } from '../forecast/options.ts';
import { NOTHING_PAID, type PaidSoFar, paidSoFar } from '../forecast/paid.ts';
import { checkDataset, type DatasetFacts } from '../plan/dataset-check.ts';
import { openDatasetInput, STDIN_PATH } from '../plan/dataset-input.ts';
import { withFailedRows } from '../plan/failed-rows.ts';
import { countDone } from '../plan/open-trials.ts';
import type { Plan } from '../plan/plan-stream.ts';
import { withShape } from '../plan/shaped-rows.ts';
import { refusalWarning } from '../run/damage-warnings.ts';
import { withEarlierNames } from '../run/earlier-names.ts';
import { buildPlan } from '../run/prepare.ts';
import { runIdentity } from '../run/run-documents.ts';
import { assertionScorers } from '../scoring/row-assertions.ts';
import { scorerTools, withScorers } from '../scoring/scorer-tools.ts';
import type { EstimateOutcome } from './outcome.ts';
import { runPilot } from './pilot.ts';

export { checkMaxCost } from '../forecast/gate.ts';
export { type GivenEstimateOptions, givenEstimateOptions } from '../forecast/given-options.ts';
export {
  type EstimateOptions,
  estimateOptions,
} from '../forecast/options.ts';
export { estimateDocument } from '../forecast/record.ts';
export type { EstimateOutcome } from './outcome.ts';
export { isHeldToMaxCost } from './pilot.ts';

/**
 * Estimates the cost of a run, without paying anything unless a pilot is requested.
 * @throws PromptgridError if an input cannot be used
 */
export async function executeEstimate(
  given: RunConfig,
  options: EstimateOptions,
  environment: RunEnvironment,
): Promise<EstimateOutcome> {
  for (const warning of given.warnings) environment.events.onWarning?.(warning);
  const config = await withFailedRows(given);
  checkAnyFailed(config);
  if (options.pilotRows !== null || options.precision !== null) return runPilot(config, options, environment);
  if (config.dataset.path !== STDIN_PATH) return estimateUnpaid(config, options, environment);
  return inTemporaryFolder(async (folder) => {
    const { stdin, control } = environment;
    const { dataset } = await openDatasetInput(config.dataset, { stdin, folder, signal: control.draining });
    return estimateUnpaid({ ...config, dataset }, options, environment);
  });
}

function checkAnyFailed({ selection: { failed } }: RunConfig): void {
  if (failed === null || failed.ids.size > 0) return;
  throw new UsageError(`--only-failed ${failed.run}: no row failed there, so there is nothing to run`, {
    hint: 'name another run, or estimate all rows without --only-failed',
  });
}

async function estimateUnpaid(
  given: RunConfig,
  options: EstimateOptions,
  environment: RunEnvironment,
): Promise<EstimateOutcome> {
  const config = await withShape(given);
  return withScorers(config, environment.events, (named) => estimateWith(named, config, options, environment));
}

async function estimateWith(
  named: readonly Scorer[],
  given: RunConfig,
  options: EstimateOptions,
  environment: RunEnvironment,
): Promise<EstimateOutcome> {
  const { folder, isNamed } = given.output;
  const { config, warnings } = isNamed ? await withEarlierNames(given, folder) : { config: given, warnings: [] };
  const facts = await checkDataset(config, named);
  const scorers = [...named, ...assertionScorers(facts.assertions, scorerTools(config))];
  for (const warning of [...facts.warnings, ...warnings]) environment.events.onWarning?.(warning);
  const earlier = await findEarlier(config, facts);
  const path = join(folder, RUN_FILES.journal);
  const found = earlier === null ? null : await findEarlierResults(path, earlier.journal);
  const journal = found === null || found.index.size === 0 ? null : await JournalReader.of(path, found.index);
  const opened = await openLanes(config, environment, { mayBeUnreachable: true });
  try {
    await opened.keepLists();
    const plan = buildPlan(config, facts, earlier);
    for (const { asks } of named) asks?.checkVariants(plan.grid.variants);
    const counted = await countFor({ config, options, plan, journal });
    const { lanes } = opened;
    const paid = found === null ? NOTHING_PAID : await readPaidIn({ folder, run: earlier, scorers }, found);
    const grid = await estimateFrom({ config, options, plan, facts, lanes, counted, journal, paid });
    const judges = await estimateJudges({ config, scorers, facts, plan, lanes, journal, options, paid });
    const warning = found === null ? null : await lossWarning(found, { config, plan, judges });
    if (warning !== null) environment.events.onWarning?.(warning);
    const balances = await readBalances(lanes);
    const { expectedTokens, counted: countedRows } = counted;
    const { concurrency, simulation } = config;
    return {
      estimate: { ...grid.estimate, judges },
      balances,
      countedRows,
      expectedTokens,
      concurrency,
      pilot: null,
      simulated: simulation !== null || earlier?.simulated === true,
    };
  } finally {
    await opened.close();
    await journal?.close();
  }
}

interface EstimatedRun {
  readonly config: RunConfig;
  readonly plan: Plan;
  readonly judges: JudgesEstimate | null;
}

/** What the run that is estimated will be refused for; null for nothing. */
async function lossWarning(
  { index, loss }: Pick<ScannedJournal, 'index' | 'loss'>,
  { config, plan, judges }: EstimatedRun,
): Promise<string | null> {
  const { output, selection } = config;
  if (loss.missing === 0 || output.paysAgain) return null;
  const { done } = await countDone(plan, { index }, config);
  const trials = countTrials(plan.grid, countSelected({ ...selection, rows: plan.rows }));
  const isOpen = done < trials || (judges !== null && judges.openRows > 0);
  return isOpen ? refusalWarning(join(output.folder, RUN_FILES.journal), loss) : null;
}

/** A run whose folder is only read. */
interface FoundRun {
  readonly folder: string;
  readonly run: StoredRun | null;
  readonly scorers: readonly Scorer[];
}

/** What it has paid so far. @param found in its journal */
async function readPaidIn(
  { folder, run, scorers }: FoundRun,
  { index, loss }: Pick<ScannedJournal, 'index' | 'loss'>,
): Promise<PaidSoFar> {
  const { wasted, lost } = await readRecordedCalls({ folder, run, index });
  const parts = await readPaid(join(folder, RUN_FILES.journal), wasted);
  return paidSoFar({ parts, loss, lost }, scorers);
}

/** A run in the output folder is resumed: its results are known already. A run without `--out` gets a new folder. */
async function findEarlier(config: RunConfig, facts: DatasetFacts): Promise<StoredRun | null> {
  const { folder, isNamed, overwrite } = config.output;
  if (overwrite || !isNamed) return null;
  const identity = runIdentity(config, facts);
  return (await findSameRun(folder, identity, endpointMask(config.endpoints))).earlier;
}
