import { objectOf, parseJson } from '../../core/json.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { resultFilesIn } from '../../store/result-files.ts';
import { findRun, RUN_FILES } from '../../store/run-folder.ts';
import type { RunEnvironment } from '../environment.ts';
import { writePage } from '../page/index.ts';
import type { WrittenOutcome } from './outcome.ts';
import type { PlannedRun } from './prepare.ts';

/** What became of the page of a run. */
export interface RunPage {
  /** null if it was not written. */
  readonly digest: FileDigest | null;
  /** True if it should have been written: the same command writes it later. */
  readonly isMissing: boolean;
}

const NO_PAGE: RunPage = { digest: null, isMissing: false };

/**
 * Writes the page of a run from its result files, which were just written. None is written if there is nothing to show
 * or nothing to read it from. The run does not fail if it cannot be written, because every result has its place already.
 */
export async function writeRunPage(
  { config, folder, book }: PlannedRun,
  outcome: WrittenOutcome,
  { control, events }: RunEnvironment,
): Promise<RunPage> {
  const { analysis, state, simulated, summary, lost } = outcome;
  const results = summary.total.completed + summary.total.errored + summary.total.skipped;
  if (!config.output.page || analysis === null || results === 0) return NO_PAGE;
  const run = await findRun(folder.path);
  const wanted = (await resultFilesIn(folder.path)).find(({ format }) => {
    return format.layout === 'long' && config.output.formats.includes(format.name);
  });
  const path = folder.file(RUN_FILES.page);
  if (run === null) return NO_PAGE;
  if (wanted === undefined) {
    events.onWarning?.(`${path}: not written, since wide result files lack what it shows: add --format jsonl`);
    return NO_PAGE;
  }
  try {
    const digest = await writePage(path, {
      run: { ...run, state, simulated, estimate: book.estimate },
      summary: objectOf(parseJson(book.summaryText(outcome))),
      lost,
      analysis,
      comparison: null,
      results: wanted,
      check: null,
      isCancelled: () => control.killed,
    });
    return { digest, isMissing: false };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!control.killed) events.onWarning?.(`${path}: the page could not be written: ${reason}`);
    return { digest: null, isMissing: true };
  }
}
