import { join } from 'node:path';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { Analyst, type AnalystOptions } from '../../core/analysis/analyst.ts';
import type { AnalysedTrial } from '../../core/analysis/input.ts';
import { type ErrorCount, ErrorTally } from '../../core/error-tally.ts';
import { UsageError } from '../../core/errors.ts';
import { type Row, valueOf } from '../../core/row.ts';
import { JournalFacts } from '../../store/journal-facts.ts';
import { type ResultsFile, resultsIn } from '../../store/result-files.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import type { StoredRun, StoredVariant } from '../../store/run-file.ts';
import { RUN_FILES, readRun } from '../../store/run-folder.ts';
import { type StoredTrial, storedColumns, storedRows } from '../../store/stored-rows.ts';
import { type StoredScorer, storedScorers } from '../scoring/stored-scorers.ts';
import { readJudgeErrors } from './judge-errors.ts';
import { storedError, storedPlace, storedTrial } from './stored-trial.ts';

export { copyResults } from './convert.ts';
export { writeReport } from './output.ts';

/** Which run is reported, and how. */
export interface ReportRequest {
  /** Path of the run folder. */
  readonly folder: string;
  /** Column to break figures down by; null for none. */
  readonly groupColumn: string | null;
  /** Column that groups rows; null for the one in the run's own settings, if any. */
  readonly clusterColumn: string | null;
  readonly test: AnalystOptions['test'];
  /** Percentage points below the best that are good enough; null for the run's own. */
  readonly goodEnoughPoints?: number | null;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** The report of a run. */
export interface Report {
  readonly run: string;
  /** As in run.json: completed, partial, interrupted, stopped, failed or running. */
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
  const clusterColumn = request.clusterColumn ?? run.settings.clusterColumn;
  checkColumns(await storedColumns(results), { ...request, clusterColumn });
  const { state, trials, simulated } = run;
  const made = await analyseResults(results, run, { ...request, clusterColumn });
  const judgeErrors = await readJudgeErrors(join(folder, RUN_FILES.summary));
  const judge = judgeErrors === null ? {} : { judge: { errors: judgeErrors } };
  return { run: folder, state, dataset: run.dataset.name ?? '', trials, ...made, ...judge, simulated };
}

async function analyseResults(
  file: ResultsFile,
  run: StoredRun,
  { groupColumn, clusterColumn, test, goodEnoughPoints, onWarning }: ReportRequest,
): Promise<Pick<Report, 'results' | 'errors' | 'analysis'>> {
  const { folder, variants, settings } = run;
  const check = await ResultsCheck.open({ run, fileName: file.format.fileName });
  const scorers = await storedScorers(file, settings);
  const names = scorers.map(({ name }) => name);
  const within = goodEnoughPoints ?? settings.goodEnoughPoints ?? undefined;
  const analyst = new Analyst({ variants, scorers: names, clusterColumn, groupColumn, test, goodEnoughPoints: within });
  const journal = new JournalFacts(join(folder, RUN_FILES.journal), variants);
  const errors = new ErrorTally();
  let results = 0;
  try {
    for await (const { row, trials } of storedRows(file, variants, check)) {
      results += trials.length;
      const read: AnalysedTrial[] = [];
      for (const trial of trials) {
        const analysed = await readTrial(trial, row, { scorers, variants, journal });
        const error = storedError(trial.cells);
        if (error !== null) errors.add({ variant: analysed.variant, trialId: trial.id, ...error });
        read.push(analysed);
      }
      analyst.add({ id: row.id, cluster: valueOf(row, clusterColumn), group: valueOf(row, groupColumn), trials: read });
    }
    if (check !== null) onWarning?.(check.warning());
  } finally {
    await journal.close();
    await check?.close();
  }
  return { results, errors: errors.counts(), analysis: analyst.analyse() };
}

interface TrialSource {
  readonly scorers: readonly StoredScorer[];
  readonly variants: readonly StoredVariant[];
  readonly journal: JournalFacts;
}

async function readTrial(trial: StoredTrial, row: Row, source: TrialSource): Promise<AnalysedTrial> {
  const { scorers, variants, journal } = source;
  const [variant, saved] = [await journal.placeOf(trial), await journal.savedCost(trial)];
  const model = variants[variant]?.model ?? { provider: '', model: '' };
  return storedTrial(trial.cells, row, { variant, place: storedPlace(trial.cells, model), scorers, saved });
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
