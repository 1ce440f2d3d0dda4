import { PromptgridError, StorageError } from '../../core/errors.ts';
import { Summarizer } from '../../core/summary.ts';
import type { Journal } from '../../engine/journal.ts';
import { judgeRun } from '../gates/run-gates.ts';
import type { StoppedVariant } from '../race/stopped-variant.ts';
import { sparedBy } from '../race/stopped-variant.ts';
import { type Derived, deriveResults } from './derive.ts';
import type { RunEnvironment } from './environment.ts';
import { describeEnd, type RunOutcome } from './outcome.ts';
import { planRows } from './plan-stream.ts';
import type { Prepared } from './prepare.ts';
import { RUN_FILES, type RunFolder } from './run-folder.ts';

/** Files are made from the journal whatever ended the calls, unless the user wants out at once. */
export async function finish(
  prepared: Prepared,
  journal: Journal,
  environment: RunEnvironment,
  stopped: readonly StoppedVariant[] = [],
): Promise<RunOutcome> {
  const { folder, config, book } = prepared;
  const { control, events } = environment;
  const end = describeEnd(control.reason);
  if (control.killed) return withoutFiles(prepared, end);
  events.onWriting?.();
  const derived = await derive(prepared, journal);
  if (derived.sha256 !== prepared.facts.sha256) {
    events.onWarning?.(`${config.dataset.name} changed while it was being run; run again to ask what is new`);
  }
  const outcome = outcomeOf(prepared, derived, { end, stopped });
  if (derived.unreadable > 0) {
    const journalPath = folder.file(RUN_FILES.journal);
    events.onWarning?.(
      `${journalPath}: ${derived.unreadable} results were damaged during the run and are in no result file; run again`,
    );
  }
  await book.end(outcome, { journal: journal.extent, results: derived.digests }).catch((cause: unknown) => {
    throw notWritten(folder, journal, cause);
  });
  return outcome;
}

type End = ReturnType<typeof describeEnd>;

interface Ended {
  readonly end: End;
  readonly stopped: readonly StoppedVariant[];
}

function outcomeOf(
  { folder, trials, config, book }: Prepared,
  { summary, analysis, files, simulated }: Derived,
  { end, stopped }: Ended,
): RunOutcome {
  const { completed, errored, skipped } = summary.total;
  const isPartial = end.state === 'completed' && completed + errored + skipped < trials;
  const state = isPartial ? 'partial' : end.state;
  const isWhole = state === 'completed';
  return {
    ...{ ...end, state, folder: folder.path, trials, summary, analysis, files },
    gates: isWhole ? judgeRun(config.gates, analysis) : [],
    toleratesErrors: isWhole && config.gates.maxErrored !== null,
    verdicts: isWhole ? book.verdicts(summary) : [],
    stopped: stopped.map((variant) => sparedBy(variant, summary)),
    simulated: simulated || config.simulation !== null,
  };
}

function withoutFiles({ folder, trials, config, plan }: Prepared, end: End): RunOutcome {
  const summary = new Summarizer(plan.grid.variants, []).summary();
  const nothing = { analysis: null, gates: [], toleratesErrors: false, verdicts: [], stopped: [], files: [] };
  return { ...end, folder: folder.path, trials, summary, ...nothing, simulated: config.simulation !== null };
}

async function derive({ plan, folder, facts, scorers, config }: Prepared, journal: Journal): Promise<Derived> {
  const { output } = config;
  const { columns } = facts;
  const { variants } = plan.grid;
  const source = { rows: (onBytes: (block: Uint8Array) => void) => planRows(plan, onBytes), variants, columns };
  try {
    return await deriveResults({ ...source, folder, index: journal.index, scorers, scoring: config, output });
  } catch (cause) {
    const isOther = cause instanceof PromptgridError && !(cause instanceof StorageError);
    throw isOther ? cause : notWritten(folder, journal, cause);
  }
}

function notWritten({ path }: RunFolder, { index }: Journal, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const what = cause instanceof StorageError ? reason : `${path}: the result files could not be written: ${reason}`;
  return new StorageError(`${what} (results kept in ${RUN_FILES.journal}: ${index.size})`, {
    hint: `make room, then run the same command again with --out ${path}: what is kept is not paid again`,
    cause,
  });
}
