import type { CompletedResult } from '../../core/result.ts';
import type { Row } from '../../core/row.ts';
import type { Scorer } from '../../core/scorer.ts';
import { type StepAside, stayInPlace } from '../../engine/aside.ts';
import { runPool } from '../../engine/pool.ts';
import type { Journal } from '../../store/journal.ts';
import { JournalReader } from '../../store/journal-reader.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import type { RunEnvironment } from '../environment.ts';
import { isOpen } from '../plan/open-trials.ts';
import { planRows } from '../plan/plan-stream.ts';
import { Asker, type FetchResult } from '../scoring/asker.ts';
import { expectedOf, type Judged, judge } from '../scoring/judging.ts';
import { peersOf } from '../scoring/row-results.ts';
import type { CarryOut } from './call-phase.ts';
import type { Prepared } from './prepare.ts';

/**
 * Asks judges about every answer of the run, as its scorers would have it. What they say is in the journal then; scores
 * are made from there, with the result files.
 */
export async function askJudges(
  prepared: Pick<Prepared, 'config' | 'folder' | 'lanes' | 'scorers' | 'plan' | 'trials'>,
  journal: Journal,
  { control, events }: RunEnvironment,
  carryOut: CarryOut,
): Promise<void> {
  const { config, folder, lanes } = prepared;
  const scorers = prepared.scorers.filter(({ asks }) => asks !== null);
  if (scorers.length === 0 || control.draining.aborted) return;
  const reader = await JournalReader.of(folder.file(RUN_FILES.journal), journal.index);
  const fetching =
    (stepAside: StepAside): FetchResult =>
    (trial) =>
      isOpen(trial, journal, config) ? carryOut(trial, stepAside) : reader.read(trial.id);
  const asker = new Asker(config.judge, fetching(stayInPlace));
  try {
    events.onJudging?.(prepared.trials);
    await runPool({
      items: answers(prepared, reader, scorers),
      work: async (judged, stepAside) => {
        const scores = await judge(scorers, judged, asker.by(fetching(stepAside)));
        events.onJudged?.(scores.flatMap(({ asked = [] }) => asked));
      },
      concurrency: config.concurrency * lanes.lanes.length,
      control,
    });
  } finally {
    await reader.close();
  }
}

async function* answers(
  { plan, config }: Pick<Prepared, 'plan' | 'config'>,
  reader: JournalReader,
  scorers: readonly Scorer[],
): AsyncGenerator<Judged> {
  for await (const { row, trials } of planRows(plan)) {
    const results: CompletedResult[] = [];
    for (const trial of trials) {
      const result = await reader.read(trial.id);
      if (result?.status === 'completed') results.push(ofRow(result, row));
    }
    const peers = peersOf(results, scorers);
    const expected = expectedOf(row, config.expectedColumn);
    const { keepThoughts } = config;
    for (const result of results) yield { row, expected, result, peers, keepThoughts };
  }
}

function ofRow(result: CompletedResult, { id }: Row): CompletedResult {
  return { ...result, rowId: id };
}
