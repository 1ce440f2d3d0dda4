import { RunFolderError } from '../core/errors.ts';
import { type JsonObject, textOr } from '../core/json.ts';
import type { Row } from '../core/row.ts';
import { formatModelRef, type ModelRef } from '../core/variant.ts';
import { firstRecord, namesBehind, type ResultsFile } from './result-files.ts';
import { isTrialId, type ResultsCheck } from './results-check.ts';
import type { StoredVariant } from './run-file.ts';

/** A row with its trials, in plan order. */
export interface DerivedRow {
  readonly row: Row;
  readonly trials: readonly DerivedTrial[];
}

/** A trial that may have a result. */
export interface DerivedTrial {
  readonly id: string;
  readonly variant: { readonly index: number };
}

/** A trial as stored in a result file. */
export interface StoredTrial extends DerivedTrial {
  /** The whole line, keyed by the columns of result files. */
  readonly cells: JsonObject;
}

/** A row with its trials as stored in a result file. */
export interface StoredRow extends DerivedRow {
  readonly trials: readonly StoredTrial[];
}

/** Names of the dataset's columns, from the first record of a result file. @throws RunFolderError if it has none */
export async function storedColumns({ file, format }: ResultsFile): Promise<readonly string[]> {
  const first = await firstRecord(file, format);
  if (first !== null) return namesBehind(ROW_PREFIX, first);
  throw new RunFolderError(`${file}: holds no results`, { hint: 'finish the run first: there is nothing to score' });
}

const ROW_PREFIX = 'row.';

/**
 * The rows of a result file with their trials, in the order of the file, which is plan order.
 * @param variants of the run
 * @param check corrects a file that is not as it was written; null for one that is
 * @throws RunFolderError if a line is not a result of this run
 */
export async function* storedRows(
  { file, format }: ResultsFile,
  variants: readonly StoredVariant[],
  check: ResultsCheck | null,
): AsyncGenerator<StoredRow> {
  check?.begin();
  const places = new Map(variants.map((variant, index) => [keyOf(variant), index]));
  let open: { readonly row: Row; readonly trials: StoredTrial[] } | null = null;
  for await (const { value, line } of format.read(file)) {
    const cells = check === null ? value : await check.next(value);
    if (cells === null) {
      if (!isTrialId(value['trial_id']) && readTrial(value, places) === null) throw foreignLine(file, line);
      continue;
    }
    const trial = readTrial(cells, places);
    if (trial === null) throw foreignLine(file, line);
    const id = textOr(cells['row_id'], '');
    if (open !== null && open.row.id !== id) {
      yield open;
      open = null;
    }
    open ??= { row: readRow(cells, id, line), trials: [] };
    open.trials.push(trial);
  }
  if (open !== null) yield open;
}

function readTrial(value: JsonObject, places: ReadonlyMap<string, number>): StoredTrial | null {
  const { trial_id: id, prompt, model, temperature } = value;
  const index = places.get(JSON.stringify([prompt ?? null, model ?? null, temperature ?? null]));
  return typeof id === 'string' && index !== undefined ? { id, variant: { index }, cells: value } : null;
}

/** Result files name a model without its provider. */
function keyOf({ prompt, model, temperature }: StoredVariant): string {
  return JSON.stringify([prompt.name, model.model, temperature]);
}

function readRow(value: JsonObject, id: string, line: number): Row {
  const vars = Object.fromEntries(
    namesBehind(ROW_PREFIX, value).map((name) => [name, value[ROW_PREFIX + name] ?? null]),
  );
  return { id, hasOwnId: true, vars, line };
}

function foreignLine(path: string, line: number): RunFolderError {
  return new RunFolderError(`${path}:${line}: is not a result of this run`, {
    hint: 'run the same run command again: it restores the file from the journal without a request',
  });
}

/** Models that differ only in their provider cannot be found by the names in result files. */
export function ambiguousModel(variants: readonly StoredVariant[]): string | null {
  const seen = new Map<string, ModelRef>();
  for (const variant of variants) {
    const known = seen.get(keyOf(variant));
    if (known !== undefined && formatModelRef(known) !== formatModelRef(variant.model)) return variant.model.model;
    seen.set(keyOf(variant), variant.model);
  }
  return null;
}
