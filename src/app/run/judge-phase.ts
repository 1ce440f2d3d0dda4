import type { Result } from '../../core/result.ts';
import type { Scorer } from '../../core/scorer.ts';
import type { Trial } from '../../core/trial.ts';
import { type StepAside, stayInPlace } from '../../engine/aside.ts';
import { runPool } from '../../engine/pool.ts';
import type { Journal } from '../../store/journal.ts';
import type { JournalIndex } from '../../store/journal-index.ts';
import { JournalReader } from '../../store/journal-reader.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { RunEnvironment } from '../environment.ts';
import { isOpen } from '../plan/open-trials.ts';
import { planRows } from '../plan/plan-stream.ts';
import { answersOf } from '../scoring/answered-rows.ts';
import { type FetchResult, JudgeCalls } from '../scoring/judge-calls.ts';
import { type AnsweredTrial, scoreAnswer } from '../scoring/score-answer.ts';
import type { Calls } from './call-phase.ts';
import type { PlannedRun, Prepared } from './prepare.ts';

/** What judges are asked with. */
interface JudgeWork extends Pick<Calls, 'carryOut' | 'first'> {
  /** True if only the calls that go first are made. */
  readonly isFirst?: boolean;
}

/**
 * Makes the judge requests that the scorers need for every answer of the run. The verdicts go to the journal; scores
 * are computed from it, with the result files.
 */
export async function askJudges(
  prepared: Pick<Prepared, 'config' | 'folder' | 'lanes' | 'scorers' | 'plan' | 'trials'>,
  journal: Journal,
  { control, events }: RunEnvironment,
  { carryOut, first, isFirst = false }: JudgeWork,
): Promise<void> {
  const { config, folder, lanes } = prepared;
  const scorers = prepared.scorers.filter(({ asks }) => asks !== null);
  if (scorers.length === 0 || control.draining.aborted) return;
  const reader = await JournalReader.of(folder.file(RUN_FILES.journal), journal.index);
  const fetching =
    (stepAside: StepAside): FetchResult =>
    async (trial) => {
      if (!isOpen(trial, journal, config) || first?.hasTaken(trial.id) === true) return reader.read(trial.id);
      return isFirst && first?.has(trial.id) !== true ? null : carryOut(trial, stepAside);
    };
  const judgeCalls = new JudgeCalls(config.judge, fetching(stayInPlace));
  try {
    if (!isFirst) events.onJudging?.(prepared.trials);
    await runPool({
      batches: answers(prepared, reader, scorers),
      work: async (answer, stepAside) => {
        const scores = await scoreAnswer(scorers, answer, judgeCalls.by(fetching(stepAside)));
        if (!isFirst) events.onJudged?.(scores.flatMap(({ asked = [] }) => asked));
      },
      concurrency: config.concurrency * lanes.lanes.length,
      control,
    });
  } finally {
    await reader.close();
  }
}

/** True if every request to a judge that the answers of a run need has a result. @param index of its journal */
export async function areJudged(
  run: Pick<PlannedRun, 'config' | 'folder' | 'plan' | 'scorers'>,
  index: JournalIndex,
): Promise<boolean> {
  const scorers = run.scorers.filter(({ asks }) => asks !== null);
  if (scorers.length === 0) return true;
  const reader = await JournalReader.of(run.folder.file(RUN_FILES.journal), index);
  let isWhole = true;
  const judgeCalls = new JudgeCalls(run.config.judge, ({ id }) => {
    isWhole &&= !isOpen({ id }, { index }, run.config);
    return reader.read(id);
  });
  try {
    for await (const [answer] of answers(run, reader, scorers)) {
      if (answer !== undefined) await scoreAnswer(scorers, answer, judgeCalls);
      if (!isWhole) return false;
    }
    return true;
  } finally {
    await reader.close();
  }
}

async function* answers(
  { plan, config }: Pick<PlannedRun, 'plan' | 'config'>,
  reader: JournalReader,
  scorers: readonly Scorer[],
): AsyncGenerator<readonly AnsweredTrial[]> {
  const { expectedColumn, keepThoughts } = config;
  const find = ({ id }: Trial): Promise<Result | null> => reader.read(id);
  for await (const planned of planRows(plan)) {
    for await (const { answer } of answersOf(planned, { find, scorers, expectedColumn, keepThoughts })) yield [answer];
  }
}
