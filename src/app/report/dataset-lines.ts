import { createHash } from 'node:crypto';
import { readRows } from '../../datasets/index.ts';
import type { SourceFacts } from '../../store/source-facts.ts';

/** A dataset as a run read it; null for what is unknown. */
type ReadDataset = Pick<SourceFacts, 'dataset' | 'datasetSha256' | 'datasetSheet'>;

/**
 * The lines of a dataset on which some rows begin, by row id.
 * @returns null if the dataset is missing or has changed since the run
 */
export async function datasetLines(
  ids: ReadonlySet<string>,
  { dataset, datasetSha256, datasetSheet }: ReadDataset,
): Promise<ReadonlyMap<string, number> | null> {
  if (ids.size === 0 || dataset === null || datasetSha256 === null) return null;
  return linesOf(ids, { path: dataset, sheet: datasetSheet, sha256: datasetSha256 }).catch(() => null);
}

interface DatasetFile {
  readonly path: string;
  readonly sheet: string | null;
  readonly sha256: string;
}

async function linesOf(
  ids: ReadonlySet<string>,
  { path, sheet, sha256 }: DatasetFile,
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
  return hash.digest('hex') === sha256 ? lines : null;
}
