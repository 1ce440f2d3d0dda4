import { join } from 'node:path';
import { readByteLines } from '../io/byte-lines.ts';
import { readBlocks } from '../io/bytes.ts';
import type { HoldFile } from './hold-file.ts';
import { HoldLedger } from './hold-ledger.ts';
import { parseHoldLine } from './hold-lines.ts';
import { type JournalEntry, JournalIndex } from './journal-index.ts';
import { readJournalIndex } from './journal-reader.ts';
import type { StoredRun } from './run-file.ts';
import { RUN_FILES } from './run-folder.ts';

/** Calls of a run that no result reports. */
export type RecordedCalls = Pick<HoldFile, 'wasted' | 'lost'>;

/** Where the calls of a run are recorded. */
interface RecordedRun {
  /** Path of its folder. */
  readonly folder: string;
  /** As run.json describes it; null if there is none. */
  readonly run: Pick<StoredRun, 'journal'> | null;
  /** Of its journal; absent if it was not read yet. */
  readonly index?: JournalIndex | undefined;
}

/**
 * Reads them in files that are not changed; none if the run has no holds.jsonl. What a session left open is settled as
 * the next one will settle it that finds no answer.
 */
export async function readRecordedCalls({ folder, run, index }: RecordedRun): Promise<RecordedCalls> {
  let ledger: HoldLedger | null = null;
  try {
    for await (const { bytes, ended } of readByteLines(readBlocks(join(folder, RUN_FILES.holds)))) {
      // Few runs have lines, so few journals are read for this.
      ledger ??= await ledgerOf({ folder, run, index });
      const line = ended ? parseHoldLine(bytes.toString('utf8')) : null;
      if (line !== null) ledger.add(line);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  ledger ??= new HoldLedger(() => false);
  for (const line of ledger.leftOpen()) ledger.add(line);
  return ledger;
}

async function ledgerOf({ folder, run, index }: RecordedRun): Promise<HoldLedger> {
  const found = index ?? (await readJournalIndex(join(folder, RUN_FILES.journal)));
  return new HoldLedger(reportedBy(found ?? new JournalIndex(), run));
}

/** Which trials have a result that reports the cost of their calls. @param run as of `repeatsCosts` */
export function reportedBy(index: JournalIndex, run: RecordedRun['run']): (trialId: string) => boolean {
  return (trialId) => {
    const entry = index.get(trialId);
    return entry !== undefined && repeatsCosts(entry, run);
  };
}

/**
 * True if a result reports the cost of the calls that are recorded of its trial. A session that was killed may have
 * stored an error before it noted that its result repeats that cost.
 * @param run as run.json says what the last session found; null if there is none
 */
export function repeatsCosts({ status, offset }: JournalEntry, run: RecordedRun['run']): boolean {
  return status === 'completed' || offset >= (run?.journal?.bytes ?? Infinity);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
