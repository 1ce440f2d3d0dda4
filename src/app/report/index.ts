import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { Analyst, type AnalystOptions } from '../../core/analysis/analyst.ts';
import type { LostCalls } from '../../core/billed.ts';
import { type ErrorCount, ErrorTally } from '../../core/error-tally.ts';
import { UsageError } from '../../core/errors.ts';
import type { OnlyFailed } from '../../core/only-failed.ts';
import { valueOf } from '../../core/row.ts';
import { readRecordedCalls } from '../../store/recorded-calls.ts';
import { type ResultsFile, resultsIn } from '../../store/result-files.ts';
import { lostFrom, type StoredRun } from '../../store/run-file.ts';
import { RUN_FILES, readRun } from '../../store/run-folder.ts';
import { seenState } from '../../store/run-state.ts';
import { storedColumns } from '../../store/stored-rows.ts';
import { storedScorers } from '../scoring/stored-scorers.ts';
import { runAnnotations } from './bad-rows.ts';
import type { Surroundings } from './checkout.ts';
import { readJudgeErrors } from './judge-errors.ts';
import { writeJunit } from './junit.ts';
import { type ReportSource, reportedRows } from './reported-rows.ts';
import { storedError } from './stored-trial.ts';

export { appendStepSummary } from './checkout.ts';
export { copyResults } from './convert.ts';
export { writeReport } from './output.ts';

/** Which run is reported, and how. */
export interface ReportRequest {
  /** Path of the run folder. */
  readonly folder: string;
  /** Column to break figures down by; null for none. */
  readonly groupColumn: string | null;
  /** Column that groups rows, '' for none; null for the one in the run's own settings, if any. */
  readonly clusterColumn: string | null;
  readonly test: AnalystOptions['test'];
  /** Percentage points below the best that are good enough; null for the run's own. */
  readonly goodEnoughPoints?: number | null;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** The report of a run. */
export interface Report {
  readonly run: string;
  /** completed, partial, interrupted, stopped, failed, running or killed. */
  readonly state: string;
  readonly dataset: string;
  /** Trials of the run's plan. */
  readonly trials: number;
  /** Trials with a result. */
  readonly results: number;
  /** True if answers came from promptgrid's own gateway. */
  readonly simulated: boolean;
  /** Why trials errored, the most common reason first. */
  readonly errors: readonly ErrorCount[];
  /** Why judge requests failed; absent if there were none. */
  readonly judge?: { readonly errors: readonly ErrorCount[] } | undefined;
  /** The earlier run whose failed rows took part; absent if all rows did. */
  readonly onlyFailed?: OnlyFailed | undefined;
  /** Calls without a usable answer that may have been billed. */
  readonly lost: LostCalls;
  /** Results that its journal has lost; absent for none. */
  readonly lostResults?: number | undefined;
  readonly analysis: Analysis;
}

/**
 * Reads a run's results and reports which variant is better, and whether the difference is significant. No model is
 * called.
 * @throws RunFolderError if the folder has no run with a complete result file
 * @throws UsageError for a column that the run's rows lack
 */
export async function reportRun(request: ReportRequest): Promise<Report> {
  const { folder } = request;
  const run = await readRun(folder);
  const results = await resultsIn(folder);
  const named = request.clusterColumn ?? run.settings.clusterColumn;
  const clusterColumn = named === '' ? null : named;
  checkColumns(await storedColumns(results), { ...request, clusterColumn });
  const { trials, simulated } = run;
  const made = await analyseResults(results, run, { ...request, clusterColumn });
  const judgeErrors = await readJudgeErrors(join(folder, RUN_FILES.summary));
  const { lost } = await readRecordedCalls({ folder, run });
  const lostResults = lostFrom(run);
  const judge = judgeErrors === null ? {} : { judge: { errors: judgeErrors } };
  return {
    run: folder,
    state: (await seenState(run)).state,
    dataset: run.dataset.name ?? '',
    trials,
    ...made,
    ...judge,
    simulated,
    ...(run.onlyFailed === null ? {} : { onlyFailed: run.onlyFailed }),
    lost,
    ...(lostResults === 0 ? {} : { lostResults }),
  };
}

/** Reads of a run what its reports of single rows need. @throws RunFolderError if it has no results */
async function openRun(folder: string, onWarning?: (text: string) => void): Promise<ReportSource> {
  const run = await readRun(folder);
  const file = await resultsIn(folder);
  return { run, file, scorers: await storedScorers(file, run.settings), onWarning };
}

/** Where rows are reported to. */
interface RowsRequest extends Pick<ReportRequest, 'folder' | 'onWarning'> {
  /** A stream that stays open, or a file path. */
  readonly to: Writable | string;
}

/** Writes a run as JUnit XML, a suite for each variant and a test case a row. @throws RunFolderError without results */
export async function reportJunit({ folder, to, onWarning }: RowsRequest): Promise<void> {
  await writeJunit(await openRun(folder, onWarning), to);
}

/** The worst rows of a run as annotations for GitHub's runner, a line each. @throws RunFolderError without results */
export async function reportAnnotations(folder: string, surroundings: Surroundings): Promise<readonly string[]> {
  return runAnnotations(await openRun(folder), surroundings);
}

async function analyseResults(
  file: ResultsFile,
  run: StoredRun,
  { groupColumn, clusterColumn, test, goodEnoughPoints, onWarning }: ReportRequest,
): Promise<Pick<Report, 'results' | 'errors' | 'analysis'>> {
  const { variants, settings } = run;
  const scorers = await storedScorers(file, settings);
  const names = scorers.map(({ name }) => name);
  const within = goodEnoughPoints ?? settings.goodEnoughPoints ?? undefined;
  const minRepeats = settings.minRepeats.filter(({ scorer }) => names.includes(scorer));
  const options = { variants, scorers: names, clusterColumn, groupColumn, test, minRepeats };
  const analyst = new Analyst({ ...options, goodEnoughPoints: within });
  const errors = new ErrorTally();
  let results = 0;
  for await (const { row, trials } of reportedRows({ run, file, scorers, onWarning })) {
    results += trials.length;
    for (const { id, cells, analysed } of trials) {
      const error = storedError(cells);
      if (error !== null) errors.add({ variant: analysed.variant, trialId: id, ...error });
    }
    const [cluster, group] = [valueOf(row, clusterColumn), valueOf(row, groupColumn)];
    analyst.add({ id: row.id, cluster, group, trials: trials.map(({ analysed }) => analysed) });
  }
  return { results, errors: errors.counts(), analysis: analyst.analyse() };
}

function checkColumns(columns: readonly string[], { groupColumn, clusterColumn }: ReportRequest): void {
  for (const [flag, column] of [
    ['--by', groupColumn],
    ['--cluster', clusterColumn],
  ]) {
    if (column === null || column === undefined || columns.includes(column)) continue;
    throw new UsageError(`${flag} ${column}: the run's rows have no such column`, {
      hint: `columns: ${columns.join(', ')}`,
    });
  }
}
