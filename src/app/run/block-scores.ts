import type { Result } from '../../core/result.ts';
import type { Scorer } from '../../core/scorer.ts';
import type { Trial } from '../../core/trial.ts';
import type { JournalReader } from '../../store/journal-reader.ts';
import type { ScoringConfig } from '../config/run-config.ts';
import { type Plan, type PlannedRow, planRows } from '../plan/plan-stream.ts';
import { AnsweredRow } from '../scoring/answered-rows.ts';
import { JudgeCalls } from '../scoring/judge-calls.ts';
import { scoreAnswer } from '../scoring/score-answer.ts';

/** What rows are scored from. */
interface ScoreSource {
  readonly config: ScoringConfig;
  readonly scorer: Scorer;
  readonly journal: JournalReader;
}

/**
 * Scores of some rows from the journal: for each row in plan order, a number per variant, the mean over its repeats. It
 * is null if one of them has none.
 */
export async function blockScores(
  { config, scorer, journal }: ScoreSource,
  plan: Plan,
): Promise<readonly (readonly (number | null)[])[]> {
  const judgeCalls = new JudgeCalls(config.judge, ({ id }) => journal.read(id));
  const { atOnce = 1 } = scorer;
  const rows: Promise<readonly (number | null)[]>[] = [];
  for await (const planned of planRows(plan)) {
    const row = rowScores(planned, { config, scorer, journal, judgeCalls }, plan.grid.variants.length);
    // Thrown when its turn comes.
    row.catch(() => undefined);
    rows.push(row);
    await rows.at(-atOnce);
  }
  return Promise.all(rows);
}

async function rowScores(
  planned: PlannedRow,
  { config, scorer, journal, judgeCalls }: ScoreSource & { readonly judgeCalls: JudgeCalls },
  variants: number,
): Promise<readonly (number | null)[]> {
  const { expectedColumn, keepThoughts } = config;
  const find = ({ id }: Trial): Promise<Result | null> => journal.read(id);
  const row = await AnsweredRow.open(planned, { find, scorers: [scorer], expectedColumn, keepThoughts });
  const values = Array.from({ length: variants }, (): (number | null)[] => []);
  for (const [place, { variant }] of planned.trials.entries()) {
    const answer = (await row.at(place))?.answer ?? null;
    const [score] = answer === null ? [] : await scoreAnswer([scorer], answer, judgeCalls);
    values[variant.index]?.push(score?.value ?? null);
  }
  return values.map(meanOf);
}

/** null for a missing score, or one without a value. */
function meanOf(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}
