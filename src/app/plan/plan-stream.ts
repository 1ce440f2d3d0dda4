import { type Grid, Planner } from '../../core/plan.ts';
import type { Row } from '../../core/row.ts';
import { rowSelector } from '../../core/sampling.ts';
import type { Trial } from '../../core/trial.ts';
import type { DatasetConfig, SelectionConfig } from '../config/run-config.ts';
import { readDataset } from './dataset-check.ts';
import { CompactOccurrences } from './occurrences.ts';

/** Everything that determines the trials. */
export interface Plan {
  readonly dataset: DatasetConfig;
  /** Rows of the dataset that its filters leave. */
  readonly rows: number;
  readonly selection: SelectionConfig;
  readonly grid: Grid;
  /** Only these participating rows, by their place from 0; without it, all. */
  readonly chosen?: ReadonlySet<number>;
  /** Only trials of these variants, by their index; without it, of all. */
  readonly only?: ReadonlySet<number>;
}

/** A row with its trials, in plan order. */
export interface PlannedRow {
  readonly row: Row;
  readonly trials: readonly Trial[];
}

/**
 * One pass over the plan, a row at a time; every pass over an unchanged dataset gives the same trials.
 * @param onBytes sees the dataset's bytes
 */
export async function* planRows(plan: Plan, onBytes?: (block: Uint8Array) => void): AsyncGenerator<PlannedRow> {
  const { dataset, rows, selection, grid, chosen, only } = plan;
  const isSelected = rowSelector({ rows, ...selection });
  const planner = new Planner(grid, new CompactOccurrences());
  let ordinal = 0;
  for await (const row of readDataset({ dataset, selection }, onBytes)) {
    if (!isSelected()) continue;
    // Skipped rows count as well: otherwise the identity of equal rows would depend on which rows were chosen.
    const trials = planner.trials(row);
    if (chosen === undefined || chosen.has(ordinal)) yield { row, trials: trialsOf(trials, only) };
    ordinal += 1;
  }
}

function trialsOf(trials: readonly Trial[], only: ReadonlySet<number> | undefined): readonly Trial[] {
  return only === undefined ? trials : trials.filter(({ variant }) => only.has(variant.index));
}
