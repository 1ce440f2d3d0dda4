import { isJsonArray, type JsonObject, type JsonValue } from '../../core/json.ts';

/** Something in a file that was not taken over, or not as it was. */
export interface ImportNote {
  /** Where it stands in the file, such as `tests[2].assert[0]`. */
  readonly path: string;
  readonly why: string;
}

/** Gathers what an import does not take over. */
export class ImportNotes {
  readonly #notes: ImportNote[] = [];

  add(path: string, why: string): void {
    this.#notes.push({ path, why });
  }

  /** Names each key of an object that is not among those known; null values are as good as absent. */
  addUnknownKeys(object: JsonObject, path: string, known: readonly string[]): void {
    for (const [key, value] of Object.entries(object)) {
      if (known.includes(key) || value === null) continue;
      this.add(path === '' ? key : `${path}.${key}`, 'promptgrid has nothing for it');
    }
  }

  all(): readonly ImportNote[] {
    return this.#notes;
  }
}

/** The items of a list; one value stands for a list of one, and nothing for an empty one. */
export function listItems(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
}
