import type { HoldFile } from '../../store/hold-file.ts';
import type { Journal } from '../../store/journal.ts';
import type { JournalLoss } from '../../store/journal-loss.ts';
import type { Recovery, ScannedJournal } from '../../store/journal-scan.ts';
import { journalLost } from '../../store/run-file.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { NOTHING_PAID } from '../forecast/paid.ts';
import { countDone } from '../plan/open-trials.ts';
import type { PlannedRun, Prepared } from './prepare.ts';
import { estimateSessionJudges } from './session-estimate.ts';

type Run = Pick<PlannedRun, 'folder' | 'config'>;

/**
 * Resuming a run whose journal has lost results would pay for them again, which needs an explicit request.
 * @param isOpen says whether anything is left to run: without, nothing would be paid
 * @throws RunFolderError if it lacks results that it had
 */
export async function checkNotLost(
  { earlier, config }: Pick<PlannedRun, 'earlier' | 'config'>,
  { loss, index, recovery }: ScannedJournal,
  isOpen: () => Promise<boolean>,
): Promise<void> {
  if (earlier === null || config.output.paysAgain || loss.missing === 0 || !(await isOpen())) return;
  const { journal } = RUN_FILES;
  const bad = recovery.badLines.length;
  if (index.size === 0) {
    throw journalLost(earlier, `${journal} holds no result${bad === 0 ? '' : `: all ${bad} lines are damaged`}`, 'run');
  }
  const what = `${missingLines(loss)} damaged or missing in ${journal}`;
  throw journalLost(earlier, `${what}${loss.damaged === 0 ? '' : firstOf(recovery)}`, 'run');
}

function missingLines({ missing, isLeast }: JournalLoss): string {
  return `${isLeast ? 'at least ' : ''}${missing === 1 ? '1 line is' : `${missing} lines are`}`;
}

function firstOf({ badLines: [first] }: Recovery): string {
  return first === undefined ? '' : `, the first damaged one is line ${first}`;
}

/**
 * What was wrong with a journal when it was opened, in words. Damage that was made good since is not repeated.
 * @param isUnfinished says whether trials or requests to judges are left to run
 */
export async function journalWarnings(
  { folder, config }: Run,
  journal: Journal,
  isUnfinished: () => Promise<boolean>,
): Promise<readonly string[]> {
  const { loss, recovery } = journal;
  const { paysAgain } = config.output;
  const path = folder.file(RUN_FILES.journal);
  const warnings: string[] = [];
  if (recovery.tornBytes > 0) warnings.push(`${path}: an unfinished last line was cut off; its trial runs again`);
  if (recovery.badLines.length === 0 && loss.missing === 0) return warnings;
  if (!(await isUnfinished())) return [...warnings, ...unneeded(path, loss, paysAgain)];
  if (recovery.badLines.length > 0) {
    const [first] = recovery.badLines;
    const lines = shownLines(recovery.badLines);
    warnings.push(`${path}:${first}: ${lines} damaged or without a result, not used; their trials run again`);
  }
  const gone = loss.missing - loss.damaged;
  if (gone > 0) {
    const lines = `${loss.isLeast ? 'at least ' : ''}${gone === 1 ? '1 line that it had is' : `${gone} lines that it had are`}`;
    warnings.push(`${path}: ${lines} missing; their trials run again`);
  }
  return warnings;
}

/** What is lost and not needed now is said, since a later command may need it. */
function unneeded(path: string, loss: JournalLoss, paysAgain: boolean): readonly string[] {
  if (loss.missing === 0 || paysAgain) return [];
  const what = `${missingLines(loss)} damaged or missing, and not needed now`;
  return [`${path}: ${what}; a command that needs them is refused without --pay-again`];
}

/** What is said to who wants to know what a run will cost that is refused as it is. */
export function refusalWarning(path: string, loss: JournalLoss): string {
  const what = `${path}: ${missingLines(loss)} damaged or missing`;
  return `${what}; the run is refused without --pay-again, which pays again for what is lost: restore a copy to pay less`;
}

/** True if trials or requests to judges are left to run. */
export async function hasOpen(prepared: Prepared, journal: Pick<Journal, 'index'>): Promise<boolean> {
  const { done } = await countDone(prepared.plan, journal, prepared.config);
  if (done < prepared.trials) return true;
  const judges = await estimateSessionJudges(prepared, journal.index, NOTHING_PAID);
  return judges !== null && judges.openRows > 0;
}

/** The same for the file that stores the possible cost of calls. */
export function holdWarnings({ folder }: Pick<Run, 'folder'>, { badLines }: HoldFile): readonly string[] {
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
