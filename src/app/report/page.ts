import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { PageComparison } from '../../core/page-data.ts';
import { resultsIn } from '../../store/result-files.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import { RUN_FILES, readRun } from '../../store/run-folder.ts';
import { readSummaryFile } from '../../store/summary-file.ts';
import { eachPagePart } from '../page/index.ts';
import { type ReportRequest, reportRun } from './index.ts';
import { writeParts } from './output.ts';

/** What a page has besides its run, and where it goes. */
interface PageTarget {
  /** The comparison of the run with a base; null for none. */
  readonly comparison: PageComparison | null;
  /** A stream that stays open, or a file path. */
  readonly to: Writable | string;
}

/** Gives the report of a run as a page. @throws as `reportRun`, and StorageError if it cannot be written */
export async function giveReportPage(request: ReportRequest, { comparison, to }: PageTarget): Promise<void> {
  const { folder } = request;
  const { analysis, state, lost } = await reportRun(request);
  const run = { ...(await readRun(folder)), state };
  const results = await resultsIn(folder);
  const summary = await readSummaryFile(join(folder, RUN_FILES.summary));
  const check = await ResultsCheck.open({ run, fileName: results.format.fileName });
  try {
    await writeParts(to, (take) => eachPagePart({ run, summary, lost, analysis, comparison, results, check }, take));
  } finally {
    await check?.close();
  }
}
