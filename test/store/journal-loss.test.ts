import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectOf, parseJson } from '../../src/core/json.ts';
import {
  findLoss,
  type JournalLoss,
  journalRecord,
  lostResults,
  readJournalRecord,
  type StoredJournal,
} from '../../src/store/journal-loss.ts';

/** A line of the journal in these tests, of one byte: its number, and whether it is as it was written. */
interface Line {
  readonly number: number;
  isSound: boolean;
}

/** A journal and its run.json over sessions and accidents, with the truth about both beside them. */
class Folder {
  lines: Line[] = [];
  stored: StoredJournal | null = null;
  /** Results that are lost and not given up. */
  missing = 0;
  everLost = 0;
  #written = 0;

  get loss(): JournalLoss {
    const bytes = this.stored?.bytes ?? 0;
    const checksum = bytes > this.lines.length ? null : this.#checksum(bytes);
    return findLoss(this.stored, { lines: this.lines.length, badLines: this.#badLines, checksum });
  }

  /** @param payAgain true for a session that is told to pay again for what is lost */
  session(results: number, { payAgain = false, isKilled = false } = {}): void {
    const { loss } = this;
    const isRefused = loss.missing > 0 && !payAgain;
    // A refused session may be one that needs nothing of what is lost: it records what it found, and calls nobody.
    this.#record(loss, payAgain, true);
    if (payAgain) this.missing = 0;
    if (!isRefused) {
      for (let result = 0; result < results; result++) this.lines.push({ number: ++this.#written, isSound: true });
    }
    if (!isKilled) this.#record(loss, payAgain, false);
  }

  damage(place: number): void {
    const line = this.lines[place];
    if (line?.isSound !== true) return;
    line.isSound = false;
    this.#lose();
  }

  /** A line that a killed session wrote leaves no trace: nothing had counted it. */
  remove(place: number): void {
    if (place >= (this.stored?.bytes ?? 0) || this.lines[place]?.isSound !== true) return;
    this.lines.splice(place, 1);
    this.#lose();
  }

  #lose(): void {
    this.missing += 1;
    this.everLost += 1;
  }

  get #badLines(): number {
    return this.lines.filter(({ isSound }) => !isSound).length;
  }

  #checksum(bytes: number): string {
    return this.lines
      .slice(0, bytes)
      .map(({ number, isSound }) => (isSound ? number : `${number}x`))
      .join(' ');
  }

  #record(loss: JournalLoss, isGivenUp: boolean, mayDie: boolean): void {
    const { length } = this.lines;
    const record = journalRecord({ lines: length, bytes: length, results: length - this.#badLines }, loss, isGivenUp);
    const checksum = mayDie && record.missing === undefined ? { checksum: this.#checksum(length) } : {};
    this.stored = readJournalRecord(objectOf(parseJson(JSON.stringify({ ...record, ...checksum }))));
  }
}

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('session' as const), results: fc.nat(4), payAgain: fc.boolean() }),
    fc.record({ kind: fc.constant('killed' as const), results: fc.nat(4), payAgain: fc.boolean() }),
    fc.record({ kind: fc.constant('damage' as const), place: fc.nat(9) }),
    fc.record({ kind: fc.constant('remove' as const), place: fc.nat(9) }),
  ),
  { maxLength: 14 },
);

describe('the loss of a journal', () => {
  it('is known from the accident until it is given up, whatever sessions come between, and never without one', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const folder = new Folder();
        for (const step of all) {
          if (step.kind === 'damage') folder.damage(step.place);
          else if (step.kind === 'remove') folder.remove(step.place);
          else folder.session(step.results, { payAgain: step.payAgain, isKilled: step.kind === 'killed' });
          const { loss } = folder;
          expect(loss.missing > 0).toBe(folder.missing > 0);
          expect(loss.missing).toBeLessThanOrEqual(folder.missing);
          expect(lostResults(loss) > 0).toBe(folder.everLost > 0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is counted exactly where every session ended by itself', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const folder = new Folder();
        for (const step of all) {
          if (step.kind === 'damage') folder.damage(step.place);
          else if (step.kind === 'remove') folder.remove(step.place);
          else folder.session(step.results, { payAgain: step.payAgain });
          expect(folder.loss.missing).toBe(folder.missing);
          expect(lostResults(folder.loss)).toBe(folder.everLost);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is over when the journal is restored from a copy before anything is paid again', () => {
    const folder = new Folder();
    folder.session(8);
    const copy = folder.lines.map((line) => ({ ...line }));
    folder.remove(5);
    folder.damage(1);
    folder.session(0);
    expect(folder.loss).toMatchObject({ missing: 2, givenUp: 0 });
    folder.lines = copy;
    expect(folder.loss).toMatchObject({ missing: 0, givenUp: 0 });
  });

  it('shows in damaged lines of a session that was killed, however many more it added than are damaged', () => {
    const stored = readJournalRecord({ lines: 12, bytes: 1200, results: 12 });
    expect(findLoss(stored, { lines: 17, badLines: 3, checksum: null })).toEqual({
      missing: 3,
      isLeast: false,
      damaged: 3,
      givenUp: 0,
    });
  });

  it('shows in a changed beginning if lines from before a killed session are gone', () => {
    const stored = readJournalRecord({ lines: 12, bytes: 1200, results: 12, checksum: 'crc32:00000001' });
    const found = { lines: 14, badLines: 0 };
    const unknown = { missing: 1, isLeast: true };
    expect(findLoss(stored, { ...found, checksum: 'crc32:00000002' })).toMatchObject(unknown);
    expect(findLoss(stored, { ...found, checksum: null })).toMatchObject(unknown);
    expect(findLoss(stored, { ...found, checksum: 'crc32:00000001' })).toMatchObject({ missing: 0, isLeast: false });
  });

  it('is taken for given up where an earlier version left damaged lines out of its count of results', () => {
    const stored = readJournalRecord({ lines: 12, bytes: 1200, results: 8 });
    expect(findLoss(stored, { lines: 12, badLines: 4, checksum: null })).toEqual({
      missing: 0,
      isLeast: false,
      damaged: 0,
      givenUp: 4,
    });
  });

  it('is every damaged line where run.json does not say how long the journal is', () => {
    expect(readJournalRecord({})).toBeNull();
    expect(findLoss(null, { lines: 9, badLines: 2, checksum: null })).toMatchObject({
      missing: 2,
      damaged: 2,
      givenUp: 0,
    });
  });

  it('adds no key to the record of a journal that lost nothing', () => {
    const extent = { lines: 5, bytes: 500, results: 5 };
    expect(journalRecord(extent, { missing: 0, damaged: 0, givenUp: 0 }, false)).toEqual(extent);
  });
});
