import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { PromptgridError, StorageError } from '../../core/errors.ts';
import { countTrials } from '../../core/plan.ts';
import { countSelected } from '../../core/sampling.ts';
import type { Scorer } from '../../core/scorer.ts';
import { Summarizer } from '../../core/summary.ts';
import { buildVariants } from '../../core/variant.ts';
import { type Clock, systemClock } from '../../engine/clock.ts';
import { RunControl } from '../../engine/control.ts';
import { Journal } from '../../engine/journal.ts';
import { createScorer } from '../../scorers/index.ts';
import type { RunConfig } from '../config/run-config.ts';
import { countDone, makeCalls } from './call-phase.ts';
import { checkDataset, type DatasetFacts } from './dataset-check.ts';
import { type Derived, deriveResults } from './derive.ts';
import type { RunEvents } from './events.ts';
import { type Lanes, openLanes } from './lanes.ts';
import { describeEnd, type RunOutcome } from './outcome.ts';
import type { Plan } from './plan-stream.ts';
import { RunBook } from './run-book.ts';
import { checkSameRun, RUN_FILES, RunFolder } from './run-folder.ts';
import { runIdentity } from './run-state.ts';
import { STDIN_PATH, spoolStdin } from './spool.ts';

export { RunControl } from '../../engine/control.ts';
export type { RunEvents, RunStart } from './events.ts';
export { exitStatusOf, outcomeDocument, type RunOutcome } from './outcome.ts';

/** What a run takes from outside. */
export interface RunEnvironment {
  readonly control: RunControl;
  readonly events: RunEvents;
  /** Read where the dataset is `-`. */
  readonly stdin: Readable;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

/** A run environment of this process; each part can be replaced. */
export function runEnvironment(parts: Partial<RunEnvironment>): RunEnvironment {
  const defaults = {
    control: new RunControl(),
    events: {},
    stdin: process.stdin,
    clock: systemClock,
    random: Math.random,
  };
  return { ...defaults, ...parts };
}

/**
 * Carries out a run: checks everything, makes the calls that are still to be made, writes the result files.
 * Ends early, with a state that says so, when `environment.control` is stopped.
 * @throws PromptgridError before the first call where something cannot be used
 * @throws StorageError where results could not be stored; what is in the journal is kept
 */
export async function executeRun(config: RunConfig, environment: RunEnvironment): Promise<RunOutcome> {
  for (const warning of config.warnings) environment.events.onWarning?.(warning);
  const folder = await RunFolder.open(config.output.folder);
  const prepared = await prepare(config, folder, environment).catch(async (error: unknown) => {
    await folder.abandon();
    throw error;
  });
  try {
    return await carryOut(prepared, environment);
  } finally {
    await prepared.lanes.close();
    await folder.release();
  }
}

interface Prepared {
  readonly config: RunConfig;
  readonly folder: RunFolder;
  readonly scorers: readonly Scorer[];
  readonly facts: DatasetFacts;
  readonly plan: Plan;
  readonly trials: number;
  readonly lanes: Lanes;
  readonly book: RunBook;
}

/** Everything that can be refused is looked at here, before anything is paid or replaced. */
async function prepare(given: RunConfig, folder: RunFolder, { stdin, clock }: RunEnvironment): Promise<Prepared> {
  const scorers = given.scorers.map(createScorer);
  const fromStdin = given.dataset.path === STDIN_PATH;
  const dataset = fromStdin ? await spoolStdin(given.dataset, stdin, folder.path) : given.dataset;
  const config = { ...given, dataset };
  const facts = await checkDataset(config, scorers);
  const identity = runIdentity(config, fromStdin ? 'standard input' : basename(dataset.path), facts);
  const earlier = config.output.overwrite ? null : await folder.earlierRun();
  if (earlier !== null) checkSameRun(folder.path, earlier.identity, identity);
  const lanes = await openLanes(config, clock);
  if (config.output.overwrite) await folder.clear();
  const plan = buildPlan(config, facts);
  const trials = countTrials(plan.grid, countSelected({ rows: facts.rows, ...config.selection }));
  const book = new RunBook({
    config,
    folder,
    facts,
    identity,
    lanes,
    trials,
    clock,
    createdAt: earlier?.createdAt ?? null,
  });
  return { config, folder, scorers, facts, plan, trials, lanes, book };
}

function buildPlan(
  { dataset, models, temperatures, params, repeats, selection }: RunConfig,
  facts: DatasetFacts,
): Plan {
  const variants = buildVariants({ prompts: facts.prompts, models, temperatures, params });
  return { dataset, rows: facts.rows, selection, grid: { variants, repeats } };
}

async function carryOut(prepared: Prepared, environment: RunEnvironment): Promise<RunOutcome> {
  const { config, plan, folder, lanes, book, facts, trials } = prepared;
  const { control, clock, random, events } = environment;
  const journal = await Journal.open(folder.file(RUN_FILES.journal), clock);
  try {
    reportRecovery(journal, folder, events);
    await book.begin();
    const alreadyDone = await countDone(plan, journal, config);
    const { variants } = plan.grid;
    const rows = countSelected({ rows: facts.rows, ...config.selection });
    events.onStart?.({
      folder: folder.path,
      rows,
      variants: variants.length,
      trials,
      alreadyDone,
      simulated: config.simulation !== null,
    });
    await makeCalls({ plan, config, lanes: lanes.lanes, journal, control, clock, random, events });
  } finally {
    await journal.close();
  }
  return finish(prepared, journal, environment);
}

function reportRecovery({ recovery }: Journal, folder: RunFolder, { onWarning }: RunEvents): void {
  const { badLines, tornBytes } = recovery;
  const path = folder.file(RUN_FILES.journal);
  if (tornBytes > 0) onWarning?.(`${path}: an unfinished last line was cut off; its trial is asked again`);
  if (badLines.length === 0) return;
  const [first] = badLines;
  onWarning?.(`${path}:${first}: no result; ${badLines.length} such lines are not used, all others are`);
}

/** Files are made from the journal whatever ended the calls, unless the user wants out at once. */
async function finish(prepared: Prepared, journal: Journal, environment: RunEnvironment): Promise<RunOutcome> {
  const { folder, trials, config, book, plan } = prepared;
  const { control, events } = environment;
  const end = describeEnd(control.reason);
  if (control.killed) {
    const summary = new Summarizer(plan.grid.variants, []).summary();
    return { ...end, folder: folder.path, trials, summary, files: [], simulated: config.simulation !== null };
  }
  events.onWriting?.();
  const derived = await derive(prepared, journal);
  if (derived.sha256 !== prepared.facts.sha256) {
    events.onWarning?.(`${config.dataset.path} changed while it was being run; run again to ask what is new`);
  }
  const simulated = derived.simulated || config.simulation !== null;
  const outcome = { ...end, folder: folder.path, trials, summary: derived.summary, files: derived.files, simulated };
  await book.end(outcome).catch((cause: unknown) => {
    throw notWritten(folder, cause);
  });
  return outcome;
}

async function derive({ plan, folder, facts, scorers, config }: Prepared, journal: Journal): Promise<Derived> {
  const { expectedColumn, output } = config;
  const { columns } = facts;
  try {
    return await deriveResults({ plan, folder, index: journal.index, columns, scorers, expectedColumn, output });
  } catch (cause) {
    throw cause instanceof PromptgridError ? cause : notWritten(folder, cause);
  }
}

function notWritten(folder: RunFolder, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${folder.path}: the result files could not be written: ${reason}`, {
    hint: `every answer is kept in ${RUN_FILES.journal}; make room and run the same command again, which pays nothing twice`,
    cause,
  });
}
