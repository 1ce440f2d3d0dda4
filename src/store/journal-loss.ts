import { type JsonObject, numberOf, numberOr, textOf } from '../core/json.ts';

/** Size of a journal. */
export interface JournalExtent {
  /** Whole lines. */
  readonly lines: number;
  readonly bytes: number;
  /** Lines that hold a result. */
  readonly results: number;
}

/**
 * A journal as run.json has it. Until `--pay-again` gives lost results up, `lines` and `results` count them too. So
 * they never fall, and a loss stays known however many sessions do without what is lost. Lines beyond `results` are
 * those whose damage is settled: what they held was given up.
 */
export interface JournalRecord extends JournalExtent {
  /** Results that were lost and given up in any session; absent for none. */
  readonly givenUp?: number;
  /** Results that are lost and not given up; absent for none. */
  readonly missing?: number;
  /** Of its bytes, as `Checksum` has it, while a session that may die adds to them; absent otherwise. */
  readonly checksum?: string;
}

/** The same as it is read. */
export interface StoredJournal extends Required<Omit<JournalRecord, 'checksum'>> {
  /** null if it does not say. */
  readonly checksum: string | null;
}

/** What is found in a journal, as far as its losses are concerned. */
export interface FoundJournal {
  readonly lines: number;
  /** Lines that hold no result, or have a wrong checksum. An unfinished last line is none. */
  readonly badLines: number;
  /** Of as many bytes as run.json gave a checksum of; null if it gave none, or so many are not there. */
  readonly checksum: string | null;
}

/** What a journal has lost. */
export interface JournalLoss {
  /** Results that it had, or must have had, and has no more, without those that were given up. */
  readonly missing: number;
  /** True if there may be more: lines from before a killed session are gone, and how many does not show. */
  readonly isLeast: boolean;
  /** Those of them whose lines are there, damaged. */
  readonly damaged: number;
  /** Results that earlier sessions have lost and given up. */
  readonly givenUp: number;
}

/** Reads the part of run.json; null if it does not say, as in runs of format 1. */
export function readJournalRecord(record: JsonObject): StoredJournal | null {
  const { lines, bytes, givenUp, missing, checksum } = record;
  if (typeof lines !== 'number' || typeof bytes !== 'number') return null;
  // Earlier versions did not count damaged lines apart, and kept no count of what was given up: they left its lines.
  const results = numberOf(record['results']) ?? lines;
  return {
    lines,
    bytes,
    results,
    givenUp: numberOr(givenUp, Math.max(0, lines - results)),
    missing: numberOr(missing, 0),
    checksum: textOf(checksum),
  };
}

const NEW: Pick<StoredJournal, 'lines' | 'results' | 'givenUp' | 'checksum'> = {
  lines: 0,
  results: 0,
  givenUp: 0,
  checksum: null,
};

/**
 * Compares a journal with what run.json says of it. A session that was killed leaves run.json as it began, with fewer
 * results than it stored: then damage shows by itself, and lines that are gone by the checksum of those before.
 * @param stored null for a journal of which nothing is known
 */
export function findLoss(stored: StoredJournal | null, { lines, badLines, checksum }: FoundJournal): JournalLoss {
  const before = stored ?? NEW;
  const damaged = Math.max(0, badLines - (before.lines - before.results));
  const isChanged = before.checksum !== null && checksum !== before.checksum;
  const missing = Math.max(0, damaged, before.results - (lines - badLines), isChanged ? 1 : 0);
  // Damage alone changes the checksum too.
  return { missing, isLeast: isChanged && damaged === 0, damaged, givenUp: before.givenUp };
}

/** What run.json says of a journal. @param isGivenUp true if this session was told to pay again for what is lost */
export function journalRecord(
  { lines, bytes, results }: JournalExtent,
  { missing, damaged, givenUp }: Omit<JournalLoss, 'isLeast'>,
  isGivenUp: boolean,
): JournalRecord {
  const given = givenUp + (isGivenUp ? missing : 0);
  const settled = given === 0 ? {} : { givenUp: given };
  if (isGivenUp || missing === 0) return { lines, bytes, results, ...settled };
  const had = results + missing;
  return { lines: had + (lines - results - damaged), bytes, results: had, ...settled, missing };
}

/** Results that a journal has lost, given up or not. What they cost is not known. */
export function lostResults({ missing, givenUp }: Pick<JournalLoss, 'missing' | 'givenUp'>): number {
  return missing + givenUp;
}
