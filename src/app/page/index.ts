import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InterruptedError } from '../../core/errors.ts';
import type { PageClock, PageHead, PageRows } from '../../core/page-data.ts';
import { oneLine, xmlText } from '../../core/plain-text.ts';
import { openAtomicFile } from '../../io/atomic-file.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { inTemporaryFolder } from '../../io/temporary.ts';
import { JournalFacts } from '../../store/journal-facts.ts';
import { readMoments } from '../../store/journal-reader.ts';
import type { ResultsFile } from '../../store/result-files.ts';
import type { ResultsCheck } from '../../store/results-check.ts';
import { RUN_FILES } from '../../store/run-folder.ts';
import { type StoredRow, storedColumns, storedRows } from '../../store/stored-rows.ts';
import { type StoredScorer, storedScorers } from '../scoring/stored-scorers.ts';
import { ChunkMaker, type PageTrial } from './chunk-maker.ts';
import { ChunkStore, packed } from './chunk-store.ts';
import { readClock } from './clock.ts';
import { type HeadInput, pageHead, readErrors } from './head.ts';
import { type MessagesOf, messagesOf } from './messages.ts';
import { Pace } from './pace.ts';
import { isNotable, scoresOf, unitsOf } from './row-reader.ts';
import { ShapeTally } from './shapes.ts';
import { pageShell } from './shell.ts';
import { staticPart } from './static-part.ts';

/** What a page is made from. */
export interface PageRequest extends Omit<HeadInput, 'columns' | 'scorers'> {
  /** The result file from which rows are read. */
  readonly results: ResultsFile;
  /** Corrects a file that is not as it was written; null for one that is. */
  readonly check: ResultsCheck | null;
  /** True once the page is no longer wanted. */
  readonly isCancelled?: (() => boolean) | undefined;
}

/** Length to which texts are cut in rows that are not whole, in UTF-16 code units. */
const CUT_UNITS = 200;

/** Writes the page of a run, atomically. @throws the file system's error. @returns what was written */
export async function writePage(path: string, request: PageRequest): Promise<FileDigest> {
  const file = await openAtomicFile(path);
  try {
    await eachPagePart(request, async (part) => file.write(part));
  } catch (error) {
    await file.discard();
    throw error;
  }
  return file.commit();
}

/**
 * Makes the page of a run: one HTML file that needs nothing else. Rows are read once, and memory does not grow with
 * them.
 * @param take gets the parts of the file in their order
 * @throws InterruptedError if it was cancelled
 */
export async function eachPagePart(request: PageRequest, take: (part: string) => Promise<void>): Promise<void> {
  const shell = pageShell();
  await inTemporaryFolder(async (folder) => {
    const store = new ChunkStore(folder);
    try {
      const head = await readAll(request, store);
      const title = xmlText(oneLine(`${head.run.name} – promptgrid`));
      await take(`${shell.beforeTitle}${title}${shell.beforeStatic}${staticPart(head)}${shell.beforeHead}`);
      await take(`<div id="head" hidden>${await packed(head)}</div>\n${shell.beforeRows}`);
      for await (const chunk of store.all()) await take(`<div class="rows-data" hidden>${chunk}</div>\n`);
      await take(shell.end);
    } finally {
      await store.close();
    }
  });
}

async function readAll(request: PageRequest, store: ChunkStore): Promise<PageHead> {
  const { run, results, summary } = request;
  const columns = await storedColumns(results);
  const scorers = await storedScorers(results, run.settings);
  const names = scorers.map(({ name }) => name);
  const reader = new RowsReader(request, { columns, scorers, store, messagesOf: messagesOf(run.prompts) });
  const rows = await reader.read((await stat(results.file)).size);
  const clock = await clockOf(request);
  const shapes = reader.shapes.map((tally) => tally.shape());
  return pageHead({ ...request, summary, columns, scorers: names }, { rows, clock, shapes });
}

/** The journal alone says when. */
function clockOf({ run, summary }: PageRequest): Promise<PageClock | null> {
  return readClock(readMoments(join(run.folder, RUN_FILES.journal)), readErrors(summary['errors']));
}

interface Reading {
  readonly columns: readonly string[];
  readonly scorers: readonly StoredScorer[];
  readonly store: ChunkStore;
  readonly messagesOf: MessagesOf;
}

/** Reads the rows of a run into chunks. */
class RowsReader {
  readonly shapes: readonly ShapeTally[];
  readonly #request: PageRequest;
  readonly #reading: Reading;
  readonly #maker: ChunkMaker;
  readonly #counts = { rows: 0, trials: 0, keptRows: 0, keptTrials: 0, cutRows: 0 };

  constructor(request: PageRequest, reading: Reading) {
    const { columns, scorers } = reading;
    this.#request = request;
    this.#reading = reading;
    this.#maker = new ChunkMaker(
      columns,
      scorers.map(({ name }) => name),
    );
    this.shapes = request.run.variants.map(() => new ShapeTally());
  }

  /** @param bytes of the result file */
  async read(bytes: number): Promise<PageRows> {
    const { run, results, check, isCancelled = () => false } = this.#request;
    const journal = new JournalFacts(join(run.folder, RUN_FILES.journal), run.variants);
    const pace = new Pace(run.trials, bytes);
    try {
      for await (const stored of storedRows(results, run.variants, check)) {
        if (isCancelled()) throw new InterruptedError();
        await this.#add(stored, journal, pace);
      }
    } finally {
      await journal.close();
    }
    if (!this.#maker.isEmpty) await this.#reading.store.add(this.#maker.take());
    return { ...this.#counts, cutUnits: CUT_UNITS };
  }

  async #add(stored: StoredRow, journal: JournalFacts, pace: Pace): Promise<void> {
    const { scorers, store } = this.#reading;
    const { row } = stored;
    const trials: PageTrial[] = [];
    for (const trial of stored.trials) {
      const variant = await journal.placeOf(trial);
      this.shapes[variant]?.add(trial.cells);
      trials.push({ id: trial.id, variant, cells: trial.cells, scores: scoresOf(trial, row, scorers) });
    }
    const counts = this.#counts;
    counts.rows += 1;
    counts.trials += trials.length;
    const share = pace.take({
      trials: trials.length,
      units: unitsOf(stored, trials),
      isNotable: isNotable(trials),
    });
    if (share === 'left out') return;
    counts.keptRows += 1;
    counts.keptTrials += trials.length;
    if (share === 'cut') counts.cutRows += 1;
    this.#maker.add({ row, messages: this.#reading.messagesOf(row), trials }, share === 'cut' ? CUT_UNITS : undefined);
    if (this.#maker.isFull) await store.add(this.#maker.take());
  }
}
