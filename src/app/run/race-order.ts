import { RowLabels } from '../../core/analysis/row-labels.ts';
import { valueOf } from '../../core/row.ts';
import { seededRandom, shuffledPositions } from '../../core/sampling.ts';
import { type Plan, planRows } from '../plan/plan-stream.ts';

/** The order in which a race runs rows, in units that count as one: an independent row, or all rows of a cluster. */
interface RaceOrder {
  /** Places of the rows among the participating ones; the rows of a unit are adjacent. */
  readonly rows: Uint32Array;
  /** Number of rows per unit, in that order. */
  readonly sizes: Uint32Array;
  /** Rows of the largest unit. */
  readonly largest: number;
}

/** Draws a uniformly random order of rows, or of clusters, which takes a pass over the dataset. */
export async function raceOrder(plan: Plan, rows: number, clusterColumn: string | null): Promise<RaceOrder> {
  const random = seededRandom(plan.selection.seed);
  if (clusterColumn === null) {
    return { rows: shuffledPositions(rows, random), sizes: new Uint32Array(rows).fill(1), largest: 1 };
  }
  const labels = new RowLabels(false);
  for await (const { row } of planRows(plan)) labels.push(valueOf(row, clusterColumn));
  return clusterOrder(labels.ofRows(), shuffledPositions(labels.size, random));
}

/** Rows in the order of their clusters. @param order the clusters' numbers */
function clusterOrder(ofRows: Uint32Array, order: Uint32Array): RaceOrder {
  const counts = new Uint32Array(order.length);
  for (const cluster of ofRows) counts[cluster] = (counts[cluster] ?? 0) + 1;
  const sizes = order.map((cluster) => counts[cluster] ?? 0);
  const next = new Uint32Array(order.length);
  let [filled, largest] = [0, 1];
  for (const [place, cluster] of order.entries()) {
    next[cluster] = filled;
    filled += sizes[place] ?? 0;
    largest = Math.max(largest, sizes[place] ?? 0);
  }
  const rows = new Uint32Array(ofRows.length);
  for (const [row, cluster] of ofRows.entries()) {
    const at = next[cluster] ?? 0;
    rows[at] = row;
    next[cluster] = at + 1;
  }
  return { rows, sizes, largest };
}

/** Some consecutive units of a race. */
export interface RaceBlock {
  readonly rows: Uint32Array;
  readonly sizes: Uint32Array;
}

/**
 * Rows of the first block, and the growth of the next ones relative to the rows so far: looking is cheap, waiting for
 * it is not.
 */
const FIRST_BLOCK = 20;
const GROWTH = 0.25;

/** An order in growing blocks of whole units. */
export function* raceBlocks({ rows, sizes }: RaceOrder): Generator<RaceBlock> {
  let [from, unit] = [0, 0];
  while (unit < sizes.length) {
    const wanted = Math.max(FIRST_BLOCK, Math.ceil(from * GROWTH));
    let [to, end] = [from, unit];
    while (end < sizes.length && to - from < wanted) to += sizes[end++] ?? 0;
    yield { rows: rows.subarray(from, to), sizes: sizes.subarray(unit, end) };
    [from, unit] = [to, end];
  }
}
