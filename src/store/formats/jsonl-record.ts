import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { parseWrittenJson } from '../../core/written-json.ts';
import { ColumnKinds } from './column-kinds.ts';
import { SavedValues } from './saved-values.ts';

/** Values of models, in which every digit counts as in the dataset's. */
const VERBATIM = ['logprobs', 'json'];

/** Reads the objects of a JSON Lines file. */
export class JsonlRecords {
  readonly #kinds = new ColumnKinds(VERBATIM.map((key) => [key, 'data']));
  readonly #values = new SavedValues();

  /**
   * An object with plain numbers, however they are written: Python and pandas write 1.0 for 1. Only data of the dataset
   * and of models keep their digits.
   * @returns undefined if the text is not an object
   */
  read(text: string): JsonObject | undefined {
    const record = parseWrittenJson(text);
    if (!isJsonObject(record)) return undefined;
    let changed: Record<string, JsonValue> | null = null;
    // Written without entries and spreads: this runs once per result.
    for (const key in record) {
      const cell = record[key] ?? null;
      if (cell === null || typeof cell === 'boolean') continue;
      const value = this.#values.ofTyped(this.#kinds.of(key), cell);
      if (value === cell) continue;
      changed ??= { ...record };
      changed[key] = value;
    }
    return changed ?? record;
  }
}
