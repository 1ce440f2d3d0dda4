import { join } from 'node:path';
import { listOf, numberOr, objectOf, textOf } from '../../core/json.ts';
import type { RunView } from '../../core/run-view.ts';
import { GrowingLines } from '../../io/growing-lines.ts';
import { type FolderHolder, folderHolder } from '../../store/folder-holder.ts';
import { LineFinder } from '../../store/foreign-results.ts';
import { parseLine } from '../../store/journal-record.ts';
import { readRecordedCalls, repeatsCosts } from '../../store/recorded-calls.ts';
import { lostFrom, type StoredRun } from '../../store/run-file.ts';
import { findRun, RUN_FILES } from '../../store/run-folder.ts';
import { stateBy } from '../../store/run-state.ts';
import { LiveScores } from './live-scores.ts';
import { OpenCalls } from './open-calls.ts';
import { RecentRate } from './recent-rate.ts';
import { RunTally } from './run-tally.ts';
import { readFinalFigures } from './summary-view.ts';

/** A run folder as it is read while another process writes it: without locks, each line once. */
export class RunWatch {
  readonly #folder: string;
  readonly #elapsedMs: () => number;
  #journal: GrowingLines;
  #holds: GrowingLines;
  #run: StoredRun;
  #scores: LiveScores;
  #tally: RunTally;
  #calls = new OpenCalls();
  #rate = new RecentRate();
  #foreign: LineFinder;
  /** Lines of the journal that were read, and their bytes. */
  #read = { lines: 0, bytes: 0 };
  /** Times that the two files began again, as far as that was noticed. */
  readonly #restarts = { journal: 0, holds: 0 };

  private constructor(run: StoredRun, scores: LiveScores, elapsedMs: () => number) {
    this.#folder = run.folder;
    this.#run = run;
    this.#scores = scores;
    this.#tally = new RunTally(run, scores.names);
    this.#elapsedMs = elapsedMs;
    this.#foreign = new LineFinder(run.foreign.lines);
    this.#journal = linesOf(run, RUN_FILES.journal);
    this.#holds = linesOf(run, RUN_FILES.holds);
  }

  /** @returns null if the folder has no run yet. @param elapsedMs monotonic milliseconds */
  static async open(folder: string, elapsedMs: () => number): Promise<RunWatch | null> {
    const run = await findRun(folder, 'read');
    return run === null ? null : new RunWatch(run, await LiveScores.open(run), elapsedMs);
  }

  /** Reads what is new. @returns the run as it is now */
  async look(): Promise<RunView> {
    // What a process wrote before it released the folder is read after that was seen.
    const before = await folderHolder(this.#folder);
    const run = (await findRun(this.#folder, 'read')) ?? this.#run;
    await this.#readNew(run);
    const after = await folderHolder(this.#folder);
    return this.#view(after.kind === 'alive' ? after : before);
  }

  async close(): Promise<void> {
    await this.#scores.close();
  }

  async #readNew(run: StoredRun): Promise<void> {
    // A session of another plan counts other results: all are counted again.
    const isOther = run.createdAt !== this.#run.createdAt || run.foreign.lines !== this.#run.foreign.lines;
    this.#run = run;
    if (isOther) {
      this.#calls = new OpenCalls();
      Object.assign(this.#restarts, { journal: 0, holds: 0 });
      [this.#journal, this.#holds] = [linesOf(run, RUN_FILES.journal), linesOf(run, RUN_FILES.holds)];
      await this.#begin();
    }
    // Holds first: a call is held before its result is there.
    for await (const lines of this.#holds.read()) {
      if (this.#holds.restarts !== this.#restarts.holds) this.#calls = new OpenCalls();
      this.#restarts.holds = this.#holds.restarts;
      for (const line of lines) this.#calls.add(line);
    }
    this.#calls.noteRead();
    for await (const lines of this.#journal.read()) {
      if (this.#journal.restarts !== this.#restarts.journal) await this.#begin();
      this.#restarts.journal = this.#journal.restarts;
      for (const line of lines) {
        const adding = this.#addLine(line);
        if (adding !== undefined) await adding;
      }
    }
  }

  async #begin(): Promise<void> {
    await this.#scores.close();
    this.#scores = await LiveScores.open(this.#run);
    this.#tally = new RunTally(this.#run, this.#scores.names);
    this.#rate = new RecentRate();
    this.#foreign = new LineFinder(this.#run.foreign.lines);
    this.#read = { lines: 0, bytes: 0 };
  }

  /** A promise only if a score takes one. */
  #addLine(line: Buffer): Promise<void> | undefined {
    const { lines, bytes: offset } = this.#read;
    this.#read = { lines: lines + 1, bytes: offset + line.length + 1 };
    const isForeign = this.#foreign.has(lines + 1);
    const result = parseLine(line);
    if (result === null) return undefined;
    if (repeatsCosts({ status: result.status, offset }, this.#run)) this.#calls.done(result.trialId);
    if (result.judgeOf === undefined) this.#rate.note(Date.parse(result.at), this.#elapsedMs());
    if (isForeign) this.#tally.addForeign(result);
    if (isForeign || !this.#tally.add(result)) return undefined;
    const scores = this.#scores.of(result);
    if (scores instanceof Promise) return scores.then((made) => this.#tally.addScores(result, made));
    this.#tally.addScores(result, scores);
    return undefined;
  }

  async #view(holder: FolderHolder): Promise<RunView> {
    const { state, why, ended } = stateBy(this.#run, holder);
    const { trials, simulated, document, stoppedBecause } = this.#run;
    const tally = this.#tally;
    const { done } = tally;
    const perSecond = ended
      ? null
      : this.#rate.perSecond(Date.parse(textOf(document['updatedAt']) ?? ''), this.#elapsedMs());
    const left = Math.max(0, trials - done);
    const lost = ended ? (await readRecordedCalls({ folder: this.#folder, run: this.#run })).lost : null;
    const final = ended && state !== 'killed' ? await readFinalFigures(this.#run) : null;
    return {
      run: this.#folder,
      state,
      ended,
      why: why ?? stoppedBecause,
      // A session that calls a gateway by its address finds out by the answers, and run.json says so at its end.
      simulated: simulated || tally.simulated,
      trials,
      done,
      ...tally.counts,
      cached: tally.cached,
      perSecond,
      leftSeconds: perSecond === null || perSecond === 0 ? null : left / perSecond,
      costs: tally.costsWith(this.#calls.paid),
      unknownCosts: tally.unknownCosts + lostFrom(this.#run),
      lost,
      budget: textOf(objectOf(document['settings'])['budget']),
      inFlight: ended ? null : this.#calls.inFlight(callLimitOf(this.#run)),
      judged: tally.judged,
      errors: tally.errors,
      variants: final ?? tally.views(),
      notes: final === null ? this.#scores.notes : [],
    };
  }
}

/** Calls that may be in flight at once: each endpoint has the whole concurrency. */
function callLimitOf({ document, variants }: StoredRun): number {
  const { concurrency, endpoints } = objectOf(document['settings']);
  // A simulated run has none in its settings.
  const providers = new Set(variants.map(({ model }) => model.provider));
  return numberOr(concurrency, Infinity) * Math.max(listOf(endpoints).length, providers.size);
}

function linesOf({ folder }: StoredRun, name: string): GrowingLines {
  return new GrowingLines(join(folder, name));
}
