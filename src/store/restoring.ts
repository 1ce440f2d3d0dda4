import { join } from 'node:path';
import { findEarlierResults } from './journal-scan.ts';
import type { StoredRun } from './run-file.ts';
import { RUN_FILES } from './run-folder.ts';

/** What helps where the journal lacks results that the run command needs: it is refused as it is. */
export const RESTORE_JOURNAL = `restore ${RUN_FILES.journal} from a copy and give the run command again; without a copy, give it with --pay-again, which pays again for what is lost`;

/**
 * The hint of an error that giving the run command again would end.
 * @param usual if the journal has lost nothing, or that was given up
 */
export async function restoringHint(run: Pick<StoredRun, 'folder' | 'journal'>, usual: string): Promise<string> {
  const { loss } = await findEarlierResults(join(run.folder, RUN_FILES.journal), run.journal);
  return loss.missing === 0 ? usual : RESTORE_JOURNAL;
}
