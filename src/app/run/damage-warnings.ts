import type { HoldFile } from '../../store/hold-file.ts';
import type { Journal } from '../../store/journal.ts';
import type { Recovery, ScannedJournal } from '../../store/journal-scan.ts';
import { journalLost, type StoredRun } from '../../store/run-file.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { NOTHING_PAID } from '../forecast/paid.ts';
import { countDone } from '../plan/open-trials.ts';
import type { PlannedRun, Prepared } from './prepare.ts';
import { estimateSessionJudges } from './session-estimate.ts';

type Run = Pick<PlannedRun, 'folder' | 'earlier'>;

/**
 * Resuming a run whose journal has lost results would pay for them again, which needs an explicit request.
 * @param isOpen says whether anything is left to run: without, nothing would be paid
 * @throws RunFolderError if it has fewer results than run.json says
 */
export async function checkNotLost(
  { earlier, config }: Pick<PlannedRun, 'earlier' | 'config'>,
  found: ScannedJournal,
  isOpen: () => Promise<boolean>,
): Promise<void> {
  if (earlier === null || config.output.paysAgain) return;
  const bad = found.recovery.badLines.length;
  const lost = lostLines(earlier, found);
  const isEmpty = found.index.size === 0 && lost + bad > 0;
  if ((lost <= 0 && !isEmpty) || !(await isOpen())) return;
  const { journal } = RUN_FILES;
  if (isEmpty) {
    throw journalLost(earlier, `${journal} holds no result${bad === 0 ? '' : `: all ${bad} lines are damaged`}`, 'run');
  }
  const lines = lost === 1 ? '1 line is' : `${lost} lines are`;
  throw journalLost(earlier, `${lines} damaged or missing in ${journal}${firstOf(found.recovery)}`, 'run');
}

/** Earlier versions did not count damaged lines apart. */
function lostLines({ journal }: StoredRun, { lines, recovery }: ScannedJournal): number {
  if (journal === null) return 0;
  return journal.results === null ? journal.lines - lines : journal.results - (lines - recovery.badLines.length);
}

function firstOf({ badLines: [first] }: Recovery): string {
  return first === undefined ? '' : `, the first damaged one is line ${first}`;
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
export async function hasOpen(prepared: Prepared, journal: Pick<Journal, 'index'>): Promise<boolean> {
  const { done } = await countDone(prepared.plan, journal, prepared.config);
  if (done < prepared.trials) return true;
  const judges = await estimateSessionJudges(prepared, journal.index, NOTHING_PAID);
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
