import { DatasetError } from '../../core/errors.ts';
import { withoutGuard } from '../../core/formula.ts';
import { columnNames, columnText, columnValue, type Row, rowPlace } from '../../core/row.ts';
import type { Scorer } from '../../core/scorer.ts';
import { LABEL_SCORE } from '../../core/summary.ts';
import { readRows } from '../../datasets/index.ts';
import { didYouMean } from '../../io/nearest.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { isTrialId } from '../../store/results-check.ts';

/** A person's verdict on one answer. */
interface AnswerLabel {
  readonly isGood: boolean;
  /** Why; null if nothing is noted. */
  readonly note: string | null;
}

/** Verdicts by trial id. */
export type AnswerLabels = ReadonlyMap<string, AnswerLabel>;

/** No flag says how labels are read. */
const AS_CSV = { format: 'csv', encoding: null, delimiter: null, hasFlags: false } as const;

const COLUMNS = ['trial_id', 'label'] as const;

/**
 * Reads a CSV file with the columns `trial_id`, `label` (good, bad, or empty for none) and, if wanted, `note`.
 * @param index of the run's journal
 * @throws DatasetError that names file and line, for anything that is not a verdict on an answer of the run
 */
export async function readLabels(path: string, index: JournalIndex): Promise<AnswerLabels> {
  const labels = new Map<string, AnswerLabel>();
  const lines = new Map<string, number>();
  for await (const row of readRows({ path, ...AS_CSV })) {
    if (lines.size === 0) checkColumns(row, path);
    const id = columnText(columnValue(row, 'trial_id')).trim();
    const earlier = lines.get(id);
    if (earlier !== undefined) {
      throw new DatasetError(rowPlace(row, path), `the trial "${id}" is there twice`, {
        hint: `line ${earlier} has it too; keep one of them`,
      });
    }
    lines.set(id, row.line);
    const isGood = verdictOf(row, path);
    checkTrial(id, row, { path, index });
    // The page that exports labels guards them.
    const note = withoutGuard(columnText(columnValue(row, 'note'))).trim();
    if (isGood !== null) labels.set(id, { isGood, note: note === '' ? null : note });
  }
  if (labels.size > 0) return labels;
  throw new DatasetError({ file: path }, 'has no labels', { hint: 'write good or bad into the column label' });
}

function checkColumns(row: Row, path: string): void {
  const names = columnNames(row);
  const missing = COLUMNS.find((name) => !names.includes(name));
  if (missing === undefined) return;
  throw new DatasetError({ file: path, line: 1 }, `has no column "${missing}"`, {
    hint: `its columns must be trial_id, label and, if wanted, note${didYouMean(missing, names)}`,
  });
}

function verdictOf(row: Row, path: string): boolean | null {
  const text = columnText(columnValue(row, 'label')).trim();
  switch (text.toLowerCase()) {
    case 'good':
      return true;
    case 'bad':
      return false;
    case '':
      return null;
    default:
      throw new DatasetError(rowPlace(row, path), `the label ${JSON.stringify(text.slice(0, 60))} is not known`, {
        hint: 'write good or bad, or leave it empty',
      });
  }
}

interface LabelledRun {
  readonly path: string;
  readonly index: JournalIndex;
}

function checkTrial(id: string, row: Row, { path, index }: LabelledRun): void {
  const entry = isTrialId(id) ? index.get(id) : undefined;
  if (entry?.status === 'completed') return;
  const what = entry === undefined ? 'is no trial of this run' : `has no answer: it ${entry.status}`;
  throw new DatasetError(rowPlace(row, path), `"${id.slice(0, 60)}" ${what}`, {
    hint: 'take trial ids from the result files of the run, where the status is completed',
  });
}

/** Scores an answer by its label: 1 for good, 0 for bad, with the note as explanation. */
export function labelScorer(labels: AnswerLabels): Scorer {
  return {
    name: LABEL_SCORE,
    needsExpected: false,
    expects: 'any',
    faultOf: () => null,
    weight: null,
    conditionColumn: null,
    appliesTo: () => true,
    skips: ({ trialId }) => !labels.has(trialId),
    explains: true,
    asks: null,
    score: ({ place }) => {
      const label = labels.get(place.trialId);
      const value = label === undefined ? null : Number(label.isGood);
      return { name: LABEL_SCORE, value, explanation: label?.note ?? null };
    },
  };
}
