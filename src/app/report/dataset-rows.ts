import { createHash } from 'node:crypto';
import type { Row } from '../../core/row.ts';
import type { SourceFacts } from '../../store/source-facts.ts';
import { readDataset } from '../plan/dataset-check.ts';
import { EVERY_ROW, storedDataset } from '../plan/stored-dataset.ts';

/** A dataset as a run read it; null for what is unknown. */
type ReadDataset = Pick<SourceFacts, 'datasetSha256' | 'datasetRecord'>;

/**
 * Some rows of a dataset, by id.
 * @returns null if the dataset is missing or has changed since the run
 */
export async function datasetRows(
  ids: ReadonlySet<string>,
  facts: ReadDataset,
): Promise<ReadonlyMap<string, Row> | null> {
  return ids.size === 0 || facts.datasetSha256 === null ? null : rowsOf(ids, facts).catch(() => null);
}

async function rowsOf(
  ids: ReadonlySet<string>,
  { datasetSha256, datasetRecord }: ReadDataset,
): Promise<ReadonlyMap<string, Row> | null> {
  const dataset = storedDataset(datasetRecord, null);
  if (dataset === null) return null;
  const rows = new Map<string, Row>();
  const hash = createHash('sha256');
  const onBytes = (block: Uint8Array): void => {
    hash.update(block);
  };
  for await (const row of readDataset({ dataset, selection: EVERY_ROW }, onBytes)) {
    if (ids.has(row.id)) rows.set(row.id, row);
  }
  return hash.digest('hex') === datasetSha256 ? rows : null;
}
