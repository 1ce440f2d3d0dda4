import { createHash } from 'node:crypto';
import type { Flip } from '../../core/comparison.ts';
import { readRows } from '../../datasets/index.ts';
import type { SourceFacts } from '../../store/source-facts.ts';

/**
 * Flips with the dataset lines on which their rows begin. Lines stay unknown if the dataset is missing or has changed
 * since the run.
 */
export async function withLines(flips: readonly Flip[], facts: SourceFacts): Promise<readonly Flip[]> {
  const { dataset, datasetSha256 } = facts;
  const ids = new Set(flips.map(({ rowId }) => rowId));
  if (flips.length === 0 || dataset === null || datasetSha256 === null) return flips;
  const lines = await linesOf(ids, dataset, facts).catch(() => null);
  return lines === null ? flips : flips.map((flip) => ({ ...flip, line: lines.get(flip.rowId) ?? null }));
}

/** @returns null if the file has changed */
async function linesOf(
  ids: ReadonlySet<string>,
  path: string,
  { datasetSha256, datasetSheet: sheet }: SourceFacts,
): Promise<ReadonlyMap<string, number> | null> {
  const lines = new Map<string, number>();
  const hash = createHash('sha256');
  const onBytes = (block: Uint8Array): void => {
    hash.update(block);
  };
  const options = { path, format: null, encoding: null, delimiter: null, sheet, onBytes };
  for await (const { id, line } of readRows(options)) {
    if (ids.has(id)) lines.set(id, line);
  }
  return hash.digest('hex') === datasetSha256 ? lines : null;
}
