import { isJsonArray, type JsonObject, type JsonValue } from '../../core/json.ts';

/** Things of one kind in a file that were not imported, or were imported with changes. */
export interface ImportNote {
  /** The place of the first in the file, such as `tests[2].assert[0]`. */
  readonly path: string;
  readonly why: string;
  /** How many there are, from 1. */
  readonly count: number;
}

/** Collects what an import leaves out, and what it changes. */
export class ImportNotes {
  readonly #lost = new Map<string, ImportNote>();
  readonly #changed = new Map<string, ImportNote>();

  /** Something that is left out. @param why the kind of thing, the same for all of one kind */
  add(path: string, why: string): void {
    count(this.#lost, path, why);
  }

  /** Something that is imported, but not quite as it was. @param why the same for all of one kind */
  change(path: string, why: string): void {
    count(this.#changed, path, why);
  }

  /** Notes each unknown key of an object; null values count as absent. */
  addUnknownKeys(object: JsonObject, path: string, known: readonly string[]): void {
    for (const [key, value] of Object.entries(object)) {
      if (known.includes(key) || value === null) continue;
      this.add(path === '' ? key : `${path}.${key}`, `promptgrid has nothing for "${key}"`);
    }
  }

  /** What was left out, a note for each kind. */
  lost(): readonly ImportNote[] {
    return [...this.#lost.values()];
  }

  /** What was changed, a note for each kind. */
  changed(): readonly ImportNote[] {
    return [...this.#changed.values()];
  }
}

function count(notes: Map<string, ImportNote>, path: string, why: string): void {
  const found = notes.get(why);
  notes.set(why, found === undefined ? { path, why, count: 1 } : { ...found, count: found.count + 1 });
}

/** The items of a list; a single value stands for a list with one item, a missing one for an empty list. */
export function listItems(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
}
