import type { HoldFile } from '../../store/hold-file.ts';
import type { Journal } from '../../store/journal.ts';
import { journalLost } from '../../store/run-file.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { countDone } from '../plan/open-trials.ts';
import type { PlannedRun, Prepared } from './prepare.ts';
import { estimateSessionJudges } from './session-estimate.ts';

type Run = Pick<PlannedRun, 'folder' | 'earlier'>;

/** @throws RunFolderError if nothing is left of a run that had results */
export function checkNotLost({ earlier }: Pick<Run, 'earlier'>, { index, recovery }: Journal): void {
  const { badLines } = recovery;
  if (earlier === null || index.size > 0 || badLines.length === 0) return;
  throw journalLost(earlier, `${RUN_FILES.journal} holds no result: all ${badLines.length} lines are damaged`, 'run');
}

/**
 * What was wrong with a journal when it was opened, in words. Damage that was made good since is not repeated.
 * @param isUnfinished says whether trials or requests to judges are left to run
 */
export async function journalWarnings(
  { folder, earlier }: Run,
  journal: Journal,
  isUnfinished: () => Promise<boolean>,
): Promise<readonly string[]> {
  const { extent, recovery } = journal;
  const path = folder.file(RUN_FILES.journal);
  const warnings: string[] = [];
  if (recovery.tornBytes > 0) warnings.push(`${path}: an unfinished last line was cut off; its trial runs again`);
  if (recovery.badLines.length > 0 && (await isUnfinished())) {
    const [first] = recovery.badLines;
    const lines = shownLines(recovery.badLines);
    warnings.push(`${path}:${first}: ${lines} damaged or without a result, not used; their trials run again`);
  }
  const before = earlier?.journal ?? null;
  if (before !== null && extent.lines < before.lines) {
    const count = `${extent.lines} of ${before.lines} lines`;
    warnings.push(`${path}: is shorter than run.json says: ${count}; the trials of the others run again`);
  }
  return warnings;
}

/** True if trials or requests to judges are left to run. */
export async function hasOpen(prepared: Prepared, journal: Journal): Promise<boolean> {
  const { done } = await countDone(prepared.plan, journal, prepared.config);
  if (done < prepared.trials) return true;
  const judges = await estimateSessionJudges(prepared, journal.index);
  return judges !== null && judges.openRows > 0;
}

/** The same for the file that stores the possible cost of calls. */
export function holdWarnings({ folder }: Run, { badLines }: HoldFile): readonly string[] {
  if (badLines.length === 0) return [];
  const path = folder.file(RUN_FILES.holds);
  return [`${path}:${badLines[0]}: ${shownLines(badLines)} damaged, not used; what they held is not known`];
}

const SHOWN_LINES = 10;

function shownLines(lines: readonly number[]): string {
  const shown = lines.slice(0, SHOWN_LINES).join(', ');
  const more = lines.length > SHOWN_LINES ? ` and ${lines.length - SHOWN_LINES} more` : '';
  return lines.length === 1 ? '1 line' : `${lines.length} lines (${shown}${more})`;
}
