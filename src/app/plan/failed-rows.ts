import { basename, resolve } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { OnlyFailed } from '../../core/only-failed.ts';
import { resultsIn } from '../../store/result-files.ts';
import { ResultsCheck } from '../../store/results-check.ts';
import type { StoredRun } from '../../store/run-file.ts';
import { readRun } from '../../store/run-folder.ts';
import { storedRows } from '../../store/stored-rows.ts';
import type { DatasetConfig, FailedRows, OutputConfig, RowsConfig } from '../config/run-config.ts';

/**
 * The configuration with the rows that failed in an earlier run, if it takes only these.
 * @throws UsageError if that is the run to be made itself, RunFolderError if it has no results
 */
export async function withFailedRows<Config extends RowsConfig & { readonly output: OutputConfig }>(
  config: Config,
): Promise<Config> {
  const { selection, output } = config;
  const { onlyFailed: folder } = selection;
  if (folder === null) return config;
  if (resolve(folder) === resolve(output.folder)) {
    throw new UsageError(`--only-failed names the folder of this run, ${folder}`, {
      hint: 'choose another folder with --out; to retry errored trials in the same run, give --retry-errored',
    });
  }
  return { ...config, selection: { ...selection, failed: await readFailedRows(folder) } };
}

/** Rows of which a trial errored or did not pass, in any variant and repeat. */
async function readFailedRows(folder: string): Promise<FailedRows> {
  const run = await readRun(folder);
  const results = await resultsIn(folder);
  const check = await ResultsCheck.open({ run, fileName: results.format.fileName });
  const ids = new Set<string>();
  try {
    for await (const { row, trials } of storedRows(results, run.variants, check)) {
      if (trials.some(({ cells }) => cells['status'] === 'errored' || cells['passed'] === false)) ids.add(row.id);
    }
  } finally {
    await check?.close();
  }
  return { run: folder, ids, dataset: datasetOf(run) };
}

function datasetOf({ dataset }: StoredRun): FailedRows['dataset'] {
  return { name: basename(dataset.path ?? dataset.name ?? ''), sha256: dataset.sha256 };
}

/** The mark of a run that takes only failed rows; null for all others. */
export function onlyFailedOf({ selection }: Pick<RowsConfig, 'selection'>): OnlyFailed | null {
  const { failed } = selection;
  return failed === null ? null : { run: failed.run, rows: failed.ids.size };
}

/** A dataset that was read to its end. */
interface ReadDataset {
  readonly dataset: DatasetConfig;
  readonly sha256: string;
  /** True if rows have their own ids. */
  readonly hasIds: boolean;
  /** Failed rows that it has. */
  readonly found: number;
}

/** @throws UsageError if the failed rows of an earlier run are not those of this dataset */
export function checkFailedRows({ run, ids, dataset: earlier }: FailedRows, read: ReadDataset): void {
  const { dataset, sha256, hasIds, found } = read;
  const name = basename(dataset.name);
  const isSame = sha256 === earlier.sha256;
  if (!isSame && name !== earlier.name) {
    throw new UsageError(`--only-failed ${run}: was made from ${earlier.name}, not from ${name}`, {
      hint: 'name a run of this dataset',
    });
  }
  if (!isSame && !hasIds) {
    throw new UsageError(`--only-failed ${run}: ${name} has changed since, and its rows have no ids`, {
      hint: 'give rows an id column, which tells them apart after a change',
    });
  }
  if (found === ids.size) return;
  throw new UsageError(`--only-failed ${run}: ${ids.size - found} of its ${ids.size} failed rows are not in ${name}`, {
    hint: isSame
      ? 'give --id-column as that run did: ids of its rows come from another column'
      : 'restore these rows, or choose others with --filter',
  });
}
