import { join } from 'node:path';
import type { AnalysedTrial } from '../../core/analysis/input.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Row } from '../../core/row.ts';
import { JournalFacts } from '../../store/journal-facts.ts';
import type { ResultsFile } from '../../store/result-files.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { type StoredTrial, storedRows } from '../../store/stored-rows.ts';
import type { StoredVariant } from '../../store/stored-variants.ts';
import type { StoredScorer } from '../scoring/stored-scorers.ts';
import { storedPlace, storedTrial } from './stored-trial.ts';

/** A trial of a stored row. */
export interface ReportedTrial {
  readonly id: string;
  /** Its line in the result file, by column. */
  readonly cells: JsonObject;
  readonly analysed: AnalysedTrial;
}

/** A row of a run with the trials that have a result, in plan order. */
interface ReportedRow {
  readonly row: Row;
  readonly trials: readonly ReportedTrial[];
}

/** What rows are read from. */
export interface ReportSource {
  readonly run: StoredRun;
  readonly file: ResultsFile;
  readonly scorers: readonly StoredScorer[];
  readonly onWarning?: ((text: string) => void) | undefined;
}

/** The rows of a run, from its result file; warns at the end if that is not as the run wrote it. */
export async function* reportedRows({ run, file, scorers, onWarning }: ReportSource): AsyncGenerator<ReportedRow> {
  const { variants } = run;
  const check = await ResultsCheck.open({ run, fileName: file.format.fileName });
  const journal = new JournalFacts(join(run.folder, RUN_FILES.journal), variants);
  try {
    for await (const { row, trials } of storedRows(file, variants, check)) {
      const read: ReportedTrial[] = [];
      for (const trial of trials) {
        const analysed = await readTrial(trial, row, { scorers, variants, journal });
        read.push({ id: trial.id, cells: trial.cells, analysed });
      }
      yield { row, trials: read };
    }
    if (check !== null) onWarning?.(check.warning());
  } finally {
    await journal.close();
    await check?.close();
  }
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
