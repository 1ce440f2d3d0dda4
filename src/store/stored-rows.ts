import { RunFolderError } from '../core/errors.ts';
import { givenText, type JsonObject, numberOf, textOr } from '../core/json.ts';
import type { Row } from '../core/row.ts';
import { formatModelRef, type ModelRef } from '../core/variant.ts';
import { variantKey } from '../core/variant-name.ts';
import { each } from '../io/each.ts';
import type { StoredRecord } from './formats/index.ts';
import { readUnder } from './records.ts';
import { firstRecord, namesBehind, type ResultsFile } from './result-files.ts';
import { isTrialId, type ResultsCheck } from './results-check.ts';
import { CellCheck } from './stored-cells.ts';
import type { StoredVariant } from './stored-variants.ts';

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
 * @throws ResultsError if a score, a status, a cost or a count is none
 */
export function storedRows(
  results: ResultsFile,
  variants: readonly StoredVariant[],
  check: ResultsCheck | null,
): AsyncIterableIterator<StoredRow> {
  const { file, format } = results;
  const batches = oneByOne(readUnder(check, { file, reader: format }));
  return each(rowBatches({ ...results, variants, check, batches, needsScores: true }));
}

/** What is known of a result file. */
interface FileState {
  /** Corrects a file that is not as it was written; null for one that is. */
  readonly check: ResultsCheck | null;
  /** True if run.json says that its run wrote it like this: the heads of its lines are enough. */
  readonly isAsWritten: boolean;
}

/** The same rows with their trials alone: whatever their answers and scores are, these are made again. */
export function storedHeads(
  results: ResultsFile,
  variants: readonly StoredVariant[],
  { check, isAsWritten }: FileState,
): AsyncIterableIterator<DerivedRow> {
  const { file, format } = results;
  // A label is behind the head.
  const hasHeads = isAsWritten && variants.every(({ label }) => label === undefined);
  const batches =
    (hasHeads ? format.readHeads?.(file) : undefined) ?? oneByOne(readUnder(check, { file, reader: format }));
  return each(rowBatches({ ...results, variants, check, batches, needsScores: false }));
}

async function* oneByOne<Item>(items: AsyncIterable<Item>): AsyncGenerator<readonly Item[]> {
  for await (const item of items) yield [item];
}

interface RowsInput extends ResultsFile {
  readonly variants: readonly StoredVariant[];
  readonly check: ResultsCheck | null;
  readonly batches: AsyncIterable<Iterable<StoredRecord>>;
  readonly needsScores: boolean;
}

async function* rowBatches(input: RowsInput): AsyncGenerator<readonly StoredRow[]> {
  const { file, variants, check, batches, needsScores } = input;
  check?.begin();
  const places = new VariantPlaces(variants);
  const cellCheck = needsScores ? new CellCheck(file) : null;
  let open: OpenRow | null = null;
  for await (const records of batches) {
    const whole: StoredRow[] = [];
    for (const { value, line } of records) {
      const cells = check === null ? value : await check.next(value);
      if (cells === null) {
        if (!isTrialId(value['trial_id']) && readTrial(value, places) === null) throw foreignLine(file, line);
        continue;
      }
      const trial = readTrial(cells, places);
      if (trial === null) throw foreignLine(file, line);
      cellCheck?.check(cells, line);
      const id = textOr(cells['row_id'], '');
      if (open !== null && open.row.id !== id) {
        whole.push(open);
        open = null;
      }
      open ??= { row: storedRow(cells, line), trials: [] };
      open.trials.push(trial);
    }
    if (whole.length > 0) yield whole;
  }
  if (open !== null) yield [open];
}

interface OpenRow {
  readonly row: Row;
  readonly trials: StoredTrial[];
}

function readTrial(value: JsonObject, places: VariantPlaces): StoredTrial | null {
  const { trial_id: id } = value;
  const index = places.find(value);
  return typeof id === 'string' && index !== undefined ? { id, variant: { index }, cells: value } : null;
}

/** Finds the variant of a line. */
class VariantPlaces {
  readonly #variants: readonly StoredVariant[];
  readonly #places: ReadonlyMap<string, number>;
  /** Of equally named variants the last one counts. */
  readonly #placeOf: readonly (number | undefined)[];
  #last = 0;

  constructor(variants: readonly StoredVariant[]) {
    this.#variants = variants;
    const places = new Map(variants.map((variant, index) => [keyOf(variant), index]));
    this.#places = places;
    this.#placeOf = variants.map((variant) => places.get(keyOf(variant)));
  }

  find({ prompt = null, model = null, temperature = null, label }: JsonObject): number | undefined {
    // Lines are in plan order: most are of the variant of the last one, or of the next.
    for (const guess of [this.#last, (this.#last + 1) % this.#variants.length]) {
      const variant = this.#variants[guess];
      if (variant === undefined || variant.temperature !== temperature || variant.label !== givenText(label)) continue;
      if (variant.model.model !== model || variant.prompt.name !== prompt) continue;
      this.#last = guess;
      return this.#placeOf[guess];
    }
    return this.#places.get(
      variantKey({
        prompt: textOr(prompt, ''),
        model: textOr(model, ''),
        label: givenText(label),
        temperature: numberOf(temperature),
      }),
    );
  }
}

/** Result files name a model without its provider. */
function keyOf({ prompt, model, label, temperature }: StoredVariant): string {
  return variantKey({ prompt: prompt.name, model: model.model, label, temperature });
}

/** The row of a record in a result file. @param line where the record begins, from 1 */
export function storedRow(value: JsonObject, line: number): Row {
  const id = textOr(value['row_id'], '');
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
