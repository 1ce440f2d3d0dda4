import { basename } from 'node:path';
import { NO_LOST_CALLS } from '../../core/billed.ts';
import { Summarizer } from '../../core/summary.ts';
import { sha256Checksum } from '../../io/checksum.ts';
import { type Derivation, recordDigest } from '../../store/derivation.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { findRun, RUN_FILES } from '../../store/run-folder.ts';
import { readSummaryFile } from '../../store/summary-file.ts';
import type { RunConfig } from '../config/run-config.ts';
import type { RunEvents } from '../events.ts';
import { verdictsOf } from '../forecast/record.ts';
import { STDIN_PATH } from '../plan/dataset-input.ts';
import { onlyFailedOf } from '../plan/failed-rows.ts';
import { promptgridVersion } from '../version.ts';
import { fileSizes, settingsDigest } from './derivation.ts';
import { describeEnd, NO_FILES, type RunOutcome } from './outcome.ts';
import type { RunInputs } from './prepare.ts';
import { checkRunGates } from './run-gates.ts';
import { readStoredOutcome, type StoredOutcome } from './stored-outcome.ts';
import { areUnchanged, type ExpectedFile, expectedFile } from './unchanged-files.ts';

/** A session that may have nothing to do. */
interface Session {
  readonly config: RunConfig;
  readonly inputs: RunInputs;
  readonly run: StoredRun;
}

/**
 * The outcome of a run in which every trial has a result and whose files would be made again as they are: settings,
 * dataset, journal and the files themselves are unchanged, byte by byte. The figures are those that the files have.
 * @returns null if anything is left to do, changed or unknown: then the run is carried out as usual
 */
export async function findNothingToDo(
  config: RunConfig,
  inputs: RunInputs,
  events: RunEvents,
): Promise<RunOutcome | null> {
  if (config.output.overwrite) return null;
  // Whatever is wrong in the folder is reported by the usual way.
  const run = await findRun(inputs.folder.path).catch(() => null);
  const derivation = run?.derivation ?? null;
  if (run === null || derivation === null || !isWhole(run, derivation)) return null;
  const session = { config, inputs, run };
  const dataset = inputs.input.dataset;
  const sizes = await fileSizes(dataset).catch(() => null);
  const settings = sizes === null ? null : settingsDigest({ ...config, dataset }, inputs.scorers, sizes);
  if (derivation.settings !== settings) return null;
  const stored = await findStored(session, derivation).catch(() => null);
  if (stored === null || !(await areUnchanged(filesOf(session, derivation)).catch(() => false))) return null;
  for (const warning of derivation.warnings) events.onWarning?.(warning);
  announceDone({ ...inputs, config, trials: run.trials, variants: run.variants.length }, events);
  return outcomeOf(session, stored);
}

/** Another version may make other files from the same data. */
function isWhole({ state, promptgridVersion: version, document }: StoredRun, { record }: Derivation): boolean {
  return state === 'completed' && version === promptgridVersion() && record === recordDigest(document);
}

async function findStored({ config, inputs, run }: Session, { summary }: Derivation): Promise<StoredOutcome | null> {
  const path = inputs.folder.file(RUN_FILES.summary);
  if (!(await areUnchanged([expectedFile(path, summary)]))) return null;
  const stored = readStoredOutcome(await readSummaryFile(path));
  if (stored === null) return null;
  const { total, judge } = stored.summary;
  if (total.completed + total.errored !== run.trials) return null;
  const isRetrying = config.retryErrored && total.errored + (judge?.errored ?? 0) > 0;
  return isRetrying ? null : stored;
}

function filesOf({ config, inputs, run }: Session, derivation: Derivation): readonly ExpectedFile[] {
  const { folder, input } = inputs;
  const { path, more, format } = input.dataset;
  const { dataset, journal, results } = run;
  // Standard input is kept in the folder.
  const paths = config.dataset.given.includes(STDIN_PATH) ? [path, folder.file(`dataset.${format}`)] : [path];
  const content = dataset.sha256 === null ? null : sha256Checksum(dataset.sha256);
  return [
    ...paths.map((each) => ({ path: each, more, bytes: null, checksum: content })),
    { path: folder.file(RUN_FILES.holds), bytes: null, checksum: derivation.holds },
    ...Object.entries(results ?? {}).map(([name, digest]) => expectedFile(folder.file(name), digest)),
    { path: folder.file(RUN_FILES.journal), bytes: journal?.bytes ?? null, checksum: derivation.journal },
  ];
}

/** A run with every result. */
interface DoneRun extends Pick<RunInputs, 'folder' | 'scorers'> {
  readonly config: RunConfig;
  readonly trials: number;
  /** Number of its variants. */
  readonly variants: number;
}

/** Reports the start of a session in which every trial has its result. */
export function announceDone({ config, folder, scorers, trials, variants }: DoneRun, events: RunEvents): void {
  events.onStart?.({
    folder: folder.path,
    // The file may have rows that its filters left out.
    rows: trials / (variants * config.repeats),
    variants,
    trials,
    alreadyDone: trials,
    simulated: config.simulation !== null,
    judged: scorers.filter(({ asks }) => asks !== null).map(({ name }) => name),
    judges: null,
    estimate: null,
  });
}

/** The outcome of a run over the failed rows of a run in which no row failed: there is no folder, and nothing is paid. */
export function nothingFailed(config: RunConfig): RunOutcome {
  return {
    ...describeEnd(null),
    folder: config.output.folder,
    trials: 0,
    summary: new Summarizer([], []).summary(),
    kept: null,
    lost: NO_LOST_CALLS,
    ...NO_FILES,
    simulated: config.simulation !== null,
    nothingToDo: true,
    onlyFailed: onlyFailedOf(config),
  };
}

function outcomeOf({ config, inputs, run }: Session, stored: StoredOutcome): RunOutcome {
  const { folder } = inputs;
  return {
    ...describeEnd(null),
    ...stored,
    kept: null,
    folder: folder.path,
    trials: run.trials,
    gates: checkRunGates(config.gates, stored.analysis),
    toleratesErrors: config.gates.maxErrored !== null,
    verdicts: run.estimate === null ? [] : verdictsOf(run.estimate, stored.summary),
    stopped: [],
    files: run.files.map((path) => folder.file(basename(path))),
    simulated: run.simulated,
    nothingToDo: true,
    onlyFailed: onlyFailedOf(config),
  };
}
