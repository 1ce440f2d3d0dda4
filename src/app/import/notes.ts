import { isJsonArray, type JsonObject, type JsonValue } from '../../core/json.ts';

/** Something in a file that was not imported, or imported with changes. */
export interface ImportNote {
  /** Its place in the file, such as `tests[2].assert[0]`. */
  readonly path: string;
  readonly why: string;
}

/** Collects what an import leaves out. */
export class ImportNotes {
  readonly #notes: ImportNote[] = [];

  add(path: string, why: string): void {
    this.#notes.push({ path, why });
  }

  /** Notes each unknown key of an object; null values count as absent. */
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

/** The items of a list; a single value stands for a list with one item, a missing one for an empty list. */
export function listItems(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
}
