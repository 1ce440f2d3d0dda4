import { join } from 'node:path';
import { groupFlips } from '../../core/compare/flip-groups.ts';
import type { Comparison, Flip } from '../../core/comparison.ts';
import { UsageError } from '../../core/errors.ts';
import type { ShownChoice, ShownRow, ShownRows } from '../../core/shown-row.ts';
import { runVariantName, variantNames } from '../../core/variant-name.ts';
import { NearestWords } from '../../io/nearest.ts';
import { JournalFacts } from '../../store/journal-facts.ts';
import { firstRecord, namesBehind, type ResultsFile, resultsIn } from '../../store/result-files.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { RUN_FILES, readRun } from '../../store/run-folder.ts';
import { type StoredRow, storedRows } from '../../store/stored-rows.ts';
import { executeCompare, wholeCompareOptions } from '../compare/index.ts';
import { expectedText, StoredQuestions } from '../report/row-question.ts';
import { shownAnswer, shownQuestions } from './shown-row.ts';
import { WorthiestRows } from './worth-a-look.ts';

export { showDocument } from './document.ts';

/** Which rows of which run are shown. */
interface ShowRequest {
  /** Path of the run folder. */
  readonly folder: string;
  /** null for those worth a look. */
  readonly rowId: string | null;
  /** True shows only rows with a failed or errored trial. */
  readonly isFailedOnly: boolean;
  /** Run folder, result file or baseline: shows only rows that flipped since. */
  readonly flippedFrom: string | null;
  /** Most rows shown, from 1. */
  readonly most: number;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Rows of a run with what was asked, expected and answered, from its result file. It is read once; only what is shown
 * is kept of it.
 * @throws RunFolderError if the folder has no run with results
 * @throws UsageError for an unknown row id
 */
export async function executeShow(request: ShowRequest): Promise<ShownRows> {
  const run = await readRun(request.folder);
  const results = await resultsIn(request.folder);
  const flips = await flipsOf(run, request);
  const check = await ResultsCheck.open({ run, fileName: results.format.fileName });
  const journal = new JournalFacts(join(run.folder, RUN_FILES.journal), run.variants);
  try {
    const selection = selectionOf(request, flips?.flips ?? null);
    let rows = 0;
    for await (const row of storedRows(results, run.variants, check)) {
      rows += 1;
      selection.add(row);
      // A file that is not as it was written is read to its end, to say what is wrong with it.
      if (selection.isDone && check === null) break;
    }
    if (check !== null) request.onWarning?.(check.warning());
    const chosen = selection.end();
    const reading = { run, journal, scorers: await scorersOf(results), flips: flips?.flips ?? [] };
    const shown: ShownRow[] = [];
    for (const row of chosen.rows) shown.push(await shownRow(row, reading));
    const names = run.variants.map(runVariantName);
    const distinct = variantNames(names);
    const variants = names.map((name, index) => ({ ...name, name: distinct[index] ?? '' }));
    const matching = flips !== null && !flips.isWhole ? null : chosen.matching;
    const { choice } = selection;
    return { run: request.folder, choice, rows, matching, variants, shown, simulated: run.simulated };
  } finally {
    await journal.close();
    await check?.close();
  }
}

async function scorersOf({ file, format }: ResultsFile): Promise<readonly string[]> {
  return namesBehind('score.', (await firstRecord(file, format)) ?? {});
}

/** The rows that are kept of a file. */
interface Selection {
  readonly choice: ShownChoice;
  /** True once no further row is looked for. */
  readonly isDone: boolean;
  add(row: StoredRow): void;
  /** @throws UsageError if a named row was not found */
  end(): { readonly rows: readonly StoredRow[]; readonly matching: number };
}

function selectionOf({ folder, rowId, isFailedOnly, most }: ShowRequest, flips: readonly Flip[] | null): Selection {
  if (rowId !== null) return new NamedRow(folder, rowId);
  if (flips !== null) return new FlippedRows(flips, most);
  const worthiest = new WorthiestRows(most, isFailedOnly);
  const first: StoredRow[] = [];
  return {
    choice: isFailedOnly ? 'failed' : 'worth a look',
    isDone: false,
    add(row) {
      worthiest.add(row);
      if (!isFailedOnly && first.length < most) first.push(row);
    },
    end: () => ({ rows: worthiest.matching === 0 ? first : worthiest.rows, matching: worthiest.matching }),
  };
}

const NEAREST = 3;

class NamedRow implements Selection {
  readonly choice = 'named';
  readonly #folder: string;
  readonly #rowId: string;
  readonly #nearest: NearestWords;
  #row: StoredRow | null = null;

  constructor(folder: string, rowId: string) {
    this.#folder = folder;
    this.#rowId = rowId;
    this.#nearest = new NearestWords(rowId, NEAREST);
  }

  get isDone(): boolean {
    return this.#row !== null;
  }

  add(row: StoredRow): void {
    if (row.row.id === this.#rowId) this.#row ??= row;
    else if (this.#row === null) this.#nearest.add(row.row.id);
  }

  end(): ReturnType<Selection['end']> {
    if (this.#row !== null) return { rows: [this.#row], matching: 1 };
    throw new UsageError(`${this.#folder}: has no row ${JSON.stringify(this.#rowId)}`, {
      hint: `nearest ids: ${this.#nearest.words.join(', ')}`,
    });
  }
}

class FlippedRows implements Selection {
  readonly choice = 'flipped';
  readonly isDone = false;
  readonly #ids: readonly string[];
  readonly #shown: ReadonlySet<string>;
  readonly #found = new Map<string, StoredRow>();

  /** @param flips the worst first */
  constructor(flips: readonly Flip[], most: number) {
    this.#ids = [...new Set(flips.map(({ rowId }) => rowId))];
    this.#shown = new Set(this.#ids.slice(0, most));
  }

  add(row: StoredRow): void {
    if (this.#shown.has(row.row.id)) this.#found.set(row.row.id, row);
  }

  end(): ReturnType<Selection['end']> {
    const rows = this.#ids.flatMap((id) => this.#found.get(id) ?? []);
    return { rows, matching: this.#ids.length };
  }
}

/** The flips that decide which rows are shown. */
interface KnownFlips {
  readonly flips: Comparison['flips'];
  /** False if there are more. */
  readonly isWhole: boolean;
}

async function flipsOf(run: StoredRun, request: ShowRequest): Promise<KnownFlips | null> {
  const { folder, flippedFrom, most, onWarning } = request;
  if (flippedFrom === null) return null;
  // A row flips at most twice for each pair of variants: by some scorers to worse, by others to better.
  const flips = 2 * most * run.variants.length;
  const options = wholeCompareOptions({ flips, allowPartial: true });
  const compared = await executeCompare({
    base: flippedFrom,
    candidate: folder,
    options,
    wantsLines: false,
    onWarning,
  });
  await compared.close();
  const { worse, better, flaky } = compared.comparison.flipped;
  const known = compared.comparison.flips;
  return { flips: known, isWhole: groupFlips(known).length === worse + better + flaky };
}

interface Reading {
  readonly run: StoredRun;
  readonly journal: JournalFacts;
  readonly scorers: readonly string[];
  readonly flips: readonly Flip[];
}

async function shownRow({ row, trials }: StoredRow, { run, journal, scorers, flips }: Reading): Promise<ShownRow> {
  const { prompts, variants, settings } = run;
  const answers: ShownRow['answers'][number][] = [];
  for (const trial of trials) {
    const variant = variants[await journal.placeOf(trial)];
    if (variant !== undefined) answers.push(shownAnswer(trial.cells, variant, scorers));
  }
  const asked = answers.map(({ prompt }) => prompt);
  return {
    rowId: row.id,
    vars: row.vars,
    expected: expectedText(row, settings.expectedColumn),
    questions: shownQuestions(row, asked, new StoredQuestions(prompts)),
    answers,
    flips: flips.filter(({ rowId }) => rowId === row.id),
  };
}
