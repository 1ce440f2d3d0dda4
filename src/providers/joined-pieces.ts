import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { WrittenNumber } from '../core/written-number.ts';

/** Fields whose texts arrive in pieces. Any other text arrives complete, and some servers repeat it with each piece. */
const TEXT_FIELDS: ReadonlySet<string> = new Set([
  'content',
  'text',
  'refusal',
  'arguments',
  'partial_json',
  'data',
  'reasoning',
  'reasoning_content',
  'reasoning_text',
  'thinking',
  'summary',
]);

type Part = string | number | boolean | null | JoinedObject | JoinedList;

/**
 * An object that a stream sends in pieces: texts are concatenated, list items are matched by `index`, and null or empty
 * values change nothing.
 */
export class JoinedObject {
  readonly #fields = new Map<string, Part>();

  add(piece: JsonObject): void {
    for (const [name, value] of Object.entries(piece))
      this.#fields.set(name, joined(name, this.#fields.get(name), value));
  }

  value(): JsonObject {
    return Object.fromEntries([...this.#fields].map(([name, part]) => [name, valueOf(part)]));
  }
}

class JoinedList {
  readonly #items: Part[] = [];
  readonly #byPlace = new Map<JsonValue, JoinedObject>();

  add(pieces: readonly JsonValue[]): void {
    for (const piece of pieces) {
      if (isJsonObject(piece)) this.#addObject(piece);
      else this.#items.push(partOf(piece));
    }
  }

  addText(text: string): void {
    this.#addObject({ type: 'text', text });
  }

  value(): readonly JsonValue[] {
    return this.#items.map(valueOf);
  }

  /** Servers that send complete items, such as Google's, give them an id instead of an index. */
  #addObject(piece: JsonObject): void {
    const { index = null, id = null } = piece;
    const places = [index, id === '' ? null : id].filter((place) => place !== null);
    const known = this.#knownFor(piece, places);
    const object = known ?? new JoinedObject();
    object.add(piece);
    if (known === undefined) this.#items.push(object);
    for (const place of places) if (!this.#byPlace.has(place)) this.#byPlace.set(place, object);
  }

  /** The item that a piece continues: the one at its place, and the last one for a piece of a call without a place. */
  #knownFor(piece: JsonObject, [place]: readonly JsonValue[]): JoinedObject | undefined {
    if (place !== undefined) return this.#byPlace.get(place);
    const last = this.#items.at(-1);
    return last instanceof JoinedObject && isRestOfCall(piece) ? last : undefined;
  }
}

/** A call begins with its name. */
function isRestOfCall({ function: called = null, custom = null }: JsonObject): boolean {
  const piece = called ?? custom;
  return isJsonObject(piece) && (piece['name'] ?? '') === '';
}

function joined(name: string, before: Part | undefined, piece: JsonValue): Part {
  if (before instanceof JoinedList) {
    if (isJsonArray(piece)) before.add(piece);
    else if (typeof piece === 'string' && piece !== '') before.addText(piece);
    return before;
  }
  if (before instanceof JoinedObject) {
    if (isJsonObject(piece)) before.add(piece);
    return before;
  }
  if (typeof before !== 'string' || before === '')
    return piece === null && before !== undefined ? before : partOf(piece);
  if (typeof piece === 'string') return TEXT_FIELDS.has(name) ? before + piece : before;
  if (!isJsonArray(piece)) return before;
  // Mistral sends texts as plain strings, and thoughts among parts.
  const list = new JoinedList();
  list.addText(before);
  list.add(piece);
  return list;
}

function partOf(value: JsonValue): Part {
  if (isJsonArray(value)) {
    const list = new JoinedList();
    list.add(value);
    return list;
  }
  if (!isJsonObject(value)) return value instanceof WrittenNumber ? value.valueOf() : value;
  const object = new JoinedObject();
  object.add(value);
  return object;
}

function valueOf(part: Part): JsonValue {
  return part instanceof JoinedObject || part instanceof JoinedList ? part.value() : part;
}
