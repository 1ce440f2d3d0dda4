import { stat } from 'node:fs/promises';
import { UsageError } from '../../core/errors.ts';
import { filesMatching, isPattern } from '../../io/glob.ts';
import type { DatasetConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';

/** The path that stands for standard input. */
const STDIN = '-';

/**
 * The dataset of settings, with the files that patterns match.
 * @throws UsageError if there is none, or a pattern matches no file
 */
export async function resolveDataset(settings: FileSettings, warnings: string[]): Promise<DatasetConfig> {
  const { dataset = [], inputFormat, encoding, delimiter, sheet, idColumn, messagesColumn } = settings;
  const given = typeof dataset === 'string' ? [dataset] : dataset;
  const all = (await Promise.all(given.map(expand))).flat();
  const files = [...new Set(all)];
  const [path, ...more] = files;
  if (path === undefined) {
    throw new UsageError('no dataset', {
      hint: 'name a CSV, JSONL, JSON, Excel or Parquet file: promptgrid run rows.csv; - is standard input',
    });
  }
  if (more.length > 0 && files.includes(STDIN)) {
    throw new UsageError('standard input (-) cannot be one of several files', { hint: 'give files only, or - alone' });
  }
  if (files.length < all.length) warnings.push('the same dataset file is given twice: it is read once');
  return {
    path,
    more,
    given,
    name: more.length === 0 ? path : `${path} and ${more.length} more`,
    format: inputFormat ?? null,
    encoding: encoding ?? null,
    delimiter: delimiter ?? null,
    sheet: sheet ?? null,
    idColumn: idColumn ?? null,
    messagesColumn: messagesColumn ?? null,
    shape: null,
  };
}

/** A file whose name looks like a pattern is that file. */
async function expand(given: string): Promise<readonly string[]> {
  if (!isPattern(given) || (await exists(given))) return [given];
  const found = await filesMatching(given);
  if (found.length > 0) return found;
  throw new UsageError(`no file matches ${given}`, {
    hint: 'check the pattern; * stands for a part of a name, ** for folders',
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
