import { listOf, objectOf, textOf } from '../../core/json.ts';
import { countTrials } from '../../core/plan.ts';
import { countSelected } from '../../core/sampling.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { readJournalIndex } from '../../store/journal-reader.ts';
import { findRun, RUN_FILES } from '../../store/run-folder.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { RunEnvironment } from '../environment.ts';
import { countDone } from '../plan/open-trials.ts';
import { finish } from './finish.ts';
import { areJudged } from './judge-phase.ts';
import { announceDone } from './nothing-to-do.ts';
import type { RunOutcome } from './outcome.ts';
import { buildPlan, type CheckedRun, checkRun, type PlannedRun, planRun, type RunInputs } from './prepare.ts';
import { openHolds, openJournal } from './session.ts';

/**
 * Makes the files of a finished run again from its journal: one is gone or was changed, or settings that need no call
 * differ. No endpoint is needed, so none is contacted.
 * @returns null if a call may be left to make: then the run is carried out as usual
 * @throws PromptgridError if the settings or the dataset cannot be used
 */
export async function remakeFiles(
  config: RunConfig,
  inputs: RunInputs,
  environment: RunEnvironment,
): Promise<RunOutcome | null> {
  const { folder } = inputs;
  // A race decides anew, and so do errors that are to be retried.
  if (config.output.overwrite || config.race !== null || config.retryErrored) return null;
  // Whatever is wrong in the folder is reported by the usual way.
  const run = await findRun(folder.path).catch(() => null);
  if (run === null || run.state !== 'completed') return null;
  const index = await readJournalIndex(folder.file(RUN_FILES.journal));
  if (index === null) return null;
  const checked = await checkRun(config, folder.path, inputs.scorers);
  if (checked.earlier === null) return null;
  if (!(await isSettled(checked, inputs, index))) return null;
  for (const warning of checked.warnings) environment.events.onWarning?.(warning);
  const { prices, revision } = run.document;
  const planned = await planRun(
    { ...checked, ...inputs },
    // Those of the calls.
    { clock: environment.clock, revision: textOf(revision), prices: listOf(prices).map(objectOf) },
  );
  announceDone({ ...planned, variants: planned.plan.grid.variants.length }, environment.events);
  return remake(planned, environment);
}

/** True if every trial has its result, every answer is judged, and the journal holds nothing else. */
async function isSettled(
  { config, facts, earlier }: CheckedRun,
  { folder, scorers }: RunInputs,
  index: JournalIndex,
): Promise<boolean> {
  const plan = buildPlan(config, facts, earlier);
  const { done, foreign } = await countDone(plan, { index }, config);
  const trials = countTrials(plan.grid, countSelected({ rows: facts.rows, ...config.selection }));
  // The usual way warns of results of other rows.
  return done === trials && foreign === 0 && areJudged({ config, folder, plan, scorers }, index);
}

async function remake(planned: PlannedRun, environment: RunEnvironment): Promise<RunOutcome> {
  const journal = await openJournal(planned, environment, async () => false);
  try {
    const holds = await openHolds(planned, journal);
    await holds.close();
    return await finish(planned, { journal, holds }, environment, { stopped: [], live: null, isPilot: false });
  } finally {
    await journal.close();
  }
}
