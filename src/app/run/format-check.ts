import { resultColumns } from '../../core/columns.ts';
import { UsageError } from '../../core/errors.ts';
import type { Scorer } from '../../core/scorer.ts';
import type { NamedVariant } from '../../core/variant.ts';
import { resultFormats, wideColumns } from '../../store/formats/index.ts';
import type { RunConfig } from '../config/run-config.ts';
import { columnSet, resultGrid } from '../scoring/results-maker.ts';

/** What the result files of a run hold. */
interface CheckedResults {
  /** Columns of the dataset. */
  readonly columns: readonly string[];
  readonly scorers: readonly Scorer[];
  readonly variants: readonly NamedVariant[];
}

/** @throws UsageError if a result file would have more columns than its format can have */
export function checkFormats({ output, repeats }: RunConfig, { columns, scorers, variants }: CheckedResults): void {
  const names = resultColumns(columnSet(columns, scorers));
  const grid = resultGrid(variants, repeats);
  for (const { name, layout, mostColumns = Number.POSITIVE_INFINITY } of resultFormats) {
    if (!output.formats.includes(name)) continue;
    const count = layout === 'wide' ? wideColumns(names, grid) : names.length;
    if (count <= mostColumns) continue;
    throw new UsageError(`--format ${name}: the table would have ${count} columns, of at most ${mostColumns}`, {
      hint: 'give another format, such as csv or parquet; or fewer variants, repeats or columns',
    });
  }
}
