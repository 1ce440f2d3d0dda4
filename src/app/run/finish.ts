import { PromptgridError, StorageError } from '../../core/errors.ts';
import { Summarizer } from '../../core/summary.ts';
import type { Journal } from '../../engine/journal.ts';
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
  const { folder, trials, config, book, plan } = prepared;
  const { control, events } = environment;
  const end = describeEnd(control.reason);
  if (control.killed) {
    const summary = new Summarizer(plan.grid.variants, []).summary();
    const nothing = { verdicts: [], stopped: [], files: [], simulated: config.simulation !== null };
    return { ...end, folder: folder.path, trials, summary, ...nothing };
  }
  events.onWriting?.();
  const derived = await derive(prepared, journal);
  if (derived.sha256 !== prepared.facts.sha256) {
    events.onWarning?.(`${config.dataset.name} changed while it was being run; run again to ask what is new`);
  }
  const simulated = derived.simulated || config.simulation !== null;
  const { summary, files } = derived;
  const { completed, errored, skipped } = summary.total;
  const isPartial = end.state === 'completed' && completed + errored + skipped < trials;
  const state = isPartial ? 'partial' : end.state;
  const verdicts = state === 'completed' ? book.verdicts(summary) : [];
  const told = { verdicts, stopped: stopped.map((variant) => sparedBy(variant, summary)) };
  const outcome = { ...end, state, folder: folder.path, trials, summary, ...told, files, simulated } as const;
  await book.end(outcome).catch((cause: unknown) => {
    throw notWritten(folder, journal, cause);
  });
  return outcome;
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
