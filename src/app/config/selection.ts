import { UsageError } from '../../core/errors.ts';
import type { ColumnFilter } from '../../core/row-filter.ts';
import type { SelectionConfig } from './run-config.ts';
import type { FileSettings } from './schema.ts';

/** Which rows take part, from the settings. @throws UsageError for a filter without a column */
export function resolveSelection({ limit, sample, seed, filter = [], onlyFailed }: FileSettings): SelectionConfig {
  return {
    filter: filter.map(readFilter),
    onlyFailed: onlyFailed ?? null,
    failed: null,
    limit: limit ?? null,
    sample: sample ?? null,
    seed: seed ?? 1,
  };
}

/** `lang=ru`; a value may hold further equals signs, and may be empty. */
function readFilter(text: string): ColumnFilter {
  const at = text.indexOf('=');
  const column = text.slice(0, Math.max(0, at)).trim();
  if (column !== '') return { column, value: text.slice(at + 1) };
  throw new UsageError(`--filter must be column=value, got ${JSON.stringify(text)}`, {
    hint: 'give a column and the text that it must have, such as --filter lang=ru',
  });
}
