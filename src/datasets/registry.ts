import { UsageError } from '../core/errors.ts';
import { csvFormat } from './csv.ts';
import type { AnyFormat } from './format.ts';
import { jsonFormat } from './json.ts';
import { jsonlFormat } from './jsonl.ts';
import { parquetFormat } from './parquet.ts';
import { xlsxFormat } from './xlsx.ts';

/** Every supported dataset format. */
export const datasetFormats: readonly AnyFormat[] = [csvFormat, jsonlFormat, jsonFormat, xlsxFormat, parquetFormat];

/** Endings of packed text files, in front of which the format's own ending stands. */
const PACKED_ENDING = /\.(?:gz|zst)$/;

/** The format for a file's extension, also in front of `.gz` or `.zst`; undefined if there is none. */
export function formatForPath(path: string): AnyFormat | undefined {
  const lowerCase = path.toLowerCase().replace(PACKED_ENDING, '');
  return datasetFormats.find(({ extensions }) => extensions.some((extension) => lowerCase.endsWith(extension)));
}

/** The format with that name. @throws UsageError if there is none */
export function formatNamed(name: string): AnyFormat {
  const format = datasetFormats.find((candidate) => candidate.name === name);
  if (format !== undefined) return format;
  throw new UsageError(`unknown dataset format "${name}"`, { hint: `use one of: ${formatNames()}` });
}

/** The error for a file whose ending does not show its format. */
export function unknownFormatError(path: string): UsageError {
  return new UsageError(`${path}: the file's ending does not show its format`, {
    hint: `name the format with --input-format (${formatNames()})`,
  });
}

function formatNames(): string {
  return datasetFormats.map(({ name }) => name).join(', ');
}
