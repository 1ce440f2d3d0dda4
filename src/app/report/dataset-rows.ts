import { createHash } from 'node:crypto';
import type { Row } from '../../core/row.ts';
import { readRows } from '../../datasets/index.ts';
import type { SourceFacts } from '../../store/source-facts.ts';

/** A dataset as a run read it; null for what is unknown. */
type ReadDataset = Pick<SourceFacts, 'dataset' | 'datasetSha256' | 'datasetSheet'>;

/**
 * Some rows of a dataset, by id.
 * @returns null if the dataset is missing or has changed since the run
 */
export async function datasetRows(
  ids: ReadonlySet<string>,
  { dataset, datasetSha256, datasetSheet }: ReadDataset,
): Promise<ReadonlyMap<string, Row> | null> {
  if (ids.size === 0 || dataset === null || datasetSha256 === null) return null;
  return rowsOf(ids, { path: dataset, sheet: datasetSheet, sha256: datasetSha256 }).catch(() => null);
}

interface DatasetFile {
  readonly path: string;
  readonly sheet: string | null;
  readonly sha256: string;
}

async function rowsOf(
  ids: ReadonlySet<string>,
  { path, sheet, sha256 }: DatasetFile,
): Promise<ReadonlyMap<string, Row> | null> {
  const rows = new Map<string, Row>();
  const hash = createHash('sha256');
  const onBytes = (block: Uint8Array): void => {
    hash.update(block);
  };
  const options = { path, format: null, encoding: null, delimiter: null, sheet, onBytes };
  for await (const row of readRows(options)) {
    if (ids.has(row.id)) rows.set(row.id, row);
  }
  return hash.digest('hex') === sha256 ? rows : null;
}
