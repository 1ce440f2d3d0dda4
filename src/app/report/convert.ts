import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { SPARSE_KEYS } from '../../core/columns.ts';
import { RunFolderError, UsageError } from '../../core/errors.ts';
import { inTemporaryFolder } from '../../io/temporary.ts';
import { checkFilesCurrent } from '../../store/finished.ts';
import { type ResultFormat, type ResultWriter, resultFormats } from '../../store/formats/index.ts';
import { JournalFacts } from '../../store/journal-facts.ts';
import { firstRecord, type ResultsFile, resultFilesIn, resultsIn } from '../../store/result-files.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { RUN_FILES, readRun } from '../../store/run-folder.ts';
import { storedRows } from '../../store/stored-rows.ts';
import { readSummaryFile } from '../../store/summary-file.ts';
import { type DialectSettings, resolveDialect } from '../config/dialect.ts';
import { resultGrid } from '../scoring/results-maker.ts';
import { summaryTable } from '../scoring/summary-table.ts';
import { copyFile } from './output.ts';

/** Results in a format, and where they go. */
interface CopyRequest {
  /** Path of the run folder. */
  readonly folder: string;
  /** Name of a result format. */
  readonly format: string;
  /** A stream that stays open, or a file path. */
  readonly to: Writable | string;
  /** How CSV is written, as far as it is given. */
  readonly dialect: DialectSettings;
  readonly onWarning?: ((text: string) => void) | undefined;
}

/**
 * Gives the results of a run in a format: its own file unchanged if the run wrote one and no dialect is given, else one
 * made from another of its files.
 * @throws RunFolderError if the run has no results
 * @throws UsageError for a dialect of a format that has none, and for bytes that would go to a terminal
 */
export async function copyResults(request: CopyRequest): Promise<void> {
  const { folder, to, onWarning } = request;
  const format = resultFormats.find(({ name }) => name === request.format);
  if (format === undefined) throw new TypeError(`no result format ${request.format}`);
  const isDialectGiven = Object.values(request.dialect).some((value) => value !== undefined);
  checkRequest(format, request, isDialectGiven);
  const run = await readRun(folder);
  await checkFilesCurrent(folder);
  const own = (await resultFilesIn(folder)).find((each) => each.format === format);
  if (own !== undefined && !isDialectGiven) return copyOwn(own, run, request);
  const source = await resultsIn(folder);
  await inTemporaryFolder(async (place) => {
    const path = join(place, format.fileName);
    const columns = await columnsOf(source);
    const options = { columns, sparse: SPARSE, grid: resultGrid(run.variants, run.repeat ?? 1) };
    const writer = await format.write(path, { ...options, ...resolveDialect(request.dialect) });
    await convert({ source, run, columns, writer, onWarning });
    // Without the name of a temporary file, which says nothing.
    for (const note of writer.notes?.() ?? []) onWarning?.(note.replace(path, format.fileName));
    await copyFile(path, to);
  });
}

function checkRequest(format: ResultFormat, { to }: CopyRequest, isDialectGiven: boolean): void {
  const { name, isText } = format;
  if (isDialectGiven && format.dialectOf === undefined) {
    throw new UsageError(`--format ${name} has no delimiter, byte order mark or decimal sign`, {
      hint: 'remove --delimiter, --bom, --decimal and --excel, or give --format csv',
    });
  }
  if (!isText && typeof to !== 'string' && 'isTTY' in to && to.isTTY === true) {
    throw new UsageError(`--format ${name} is not text, which a terminal could show`, {
      hint: 'name a file with --output, or redirect stdout into one',
    });
  }
}

async function copyOwn({ file, format }: ResultsFile, run: StoredRun, { to, onWarning }: CopyRequest): Promise<void> {
  const check = await ResultsCheck.open({ run, fileName: format.fileName });
  await check?.close();
  if (check !== null) onWarning?.(`${file}: differs from what the run wrote; it is copied as it is`);
  await copyFile(file, to);
}

/** Columns of the results, without the keys that only some lines have. @throws RunFolderError if there are no results */
async function columnsOf({ file, format }: ResultsFile): Promise<readonly string[]> {
  const first = await firstRecord(file, format);
  if (first === null) {
    throw new RunFolderError(`${file}: holds no results`, { hint: 'finish the run first: there is nothing to copy' });
  }
  return Object.keys(first).filter((name) => !SPARSE.includes(name));
}

const SPARSE: readonly string[] = SPARSE_KEYS;

interface Conversion {
  readonly source: ResultsFile;
  readonly run: StoredRun;
  readonly columns: readonly string[];
  readonly writer: ResultWriter;
  readonly onWarning: CopyRequest['onWarning'];
}

async function convert({ source, run, columns, writer, onWarning }: Conversion): Promise<void> {
  const check = await ResultsCheck.open({ run, fileName: source.format.fileName });
  const journal = new JournalFacts(join(run.folder, RUN_FILES.journal), run.variants);
  const names = [...columns, ...SPARSE];
  try {
    for await (const { trials } of storedRows(source, run.variants, check)) {
      for (const trial of trials) {
        const cells = names.map((name) => trial.cells[name] ?? null);
        await writer.write(cells, await journal.placeOf(trial));
      }
    }
    if (check !== null) onWarning?.(check.warning());
    await writer.commit(summaryTable(await readSummaryFile(join(run.folder, RUN_FILES.summary))));
  } catch (error) {
    await writer.discard();
    throw error;
  } finally {
    await journal.close();
    await check?.close();
  }
}
