import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue, objectOf, textOf, textsOf } from '../../core/json.ts';
import { type DatasetShape, datasetFormats } from '../../datasets/index.ts';
import type { DatasetConfig, SelectionConfig } from '../config/run-config.ts';

/** Selects all rows: those that a run has left out are without a result. */
export const EVERY_ROW: SelectionConfig = {
  filter: [],
  onlyFailed: null,
  failed: null,
  limit: null,
  sample: null,
  seed: 1,
};

/** How a run read its dataset, as far as its path does not say, for run.json. */
export function readingRecord(dataset: DatasetConfig): JsonObject {
  const { format, encoding, delimiter, idColumn, messagesColumn, shape } = dataset;
  const parts = { format, encoding, delimiter, idColumn, messagesColumn, shape: shape === null ? null : { ...shape } };
  const known = Object.entries(parts).filter(([, value]) => value !== null);
  return known.length === 0 ? {} : { reading: Object.fromEntries(known) };
}

/**
 * A dataset as a run read it, so that its rows are read again with the same ids.
 * @param record the dataset's part of run.json. @param folder of the run, which keeps standard input; null for none
 * @returns null if there is no such file
 */
export function storedDataset(record: JsonObject, folder: string | null): DatasetConfig | null {
  const name = textOf(record['path']);
  if (name === null) return null;
  const [first = name, ...more] = textsOf(record['files']);
  const path = existsSync(first) ? first : storedInput(folder);
  if (path === null) return null;
  const { format, encoding, delimiter, idColumn, messagesColumn, shape } = objectOf(record['reading']);
  return {
    path,
    more,
    given: [path, ...more],
    name,
    format: textOf(format),
    encoding: textOf(encoding),
    delimiter: textOf(delimiter),
    sheet: textOf(record['sheet']),
    idColumn: textOf(idColumn),
    messagesColumn: textOf(messagesColumn),
    shape: shapeOf(shape),
  };
}

function shapeOf(value: JsonValue | undefined): DatasetShape | null {
  if (!isJsonObject(value)) return null;
  const { title, id, messages, endsWithAnswer, expected, unused } = value;
  return {
    title: textOf(title) ?? '',
    id: textOf(id),
    messages: textOf(messages),
    endsWithAnswer: endsWithAnswer === true,
    expected: textOf(expected),
    unused: textOf(unused),
  };
}

function storedInput(folder: string | null): string | null {
  if (folder === null) return null;
  const paths = datasetFormats.map(({ name }) => join(folder, `dataset.${name}`));
  return paths.find((path) => existsSync(path)) ?? null;
}
