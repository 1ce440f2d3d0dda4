import { isJsonArray, isJsonObject, type JsonValue } from './json.ts';
import { columnText, columnValue, type Row } from './row.ts';
import { parseWrittenJson } from './written-json.ts';

/** A way to a value: a column, and what is in its JSON. */
interface Route {
  readonly column: string;
  /** Keys and places in lists; places count from 0, or from the end if they are negative. */
  readonly steps: readonly (string | number)[];
}

const STEP = /\.([^.[\]]+)|\[(-?\d+)\]|\["([^"]*)"\]/y;

/** Routes by their path: few paths are asked for again and again. */
const known = new Map<string, readonly Route[]>();

/** Every reading of a path, the longest column first: `a.b.c` is a column, or `c` in column `a.b`, or `b.c` in `a`. */
function routesOf(path: string): readonly Route[] {
  const kept = known.get(path);
  if (kept !== undefined) return kept;
  const routes: Route[] = [];
  for (let at = path.length; at > 0; at--) {
    const steps = at === path.length ? [] : stepsOf(path, at);
    if (steps !== null) routes.push({ column: path.slice(0, at), steps });
  }
  known.set(path, routes);
  return routes;
}

/** The steps from an offset to the end of a path; null if it has none there. */
function stepsOf(path: string, start: number): readonly (string | number)[] | null {
  const steps: (string | number)[] = [];
  STEP.lastIndex = start;
  for (let at = start; at < path.length; at = STEP.lastIndex) {
    const [, key, place, quoted] = STEP.exec(path) ?? [];
    if (place !== undefined) steps.push(Number(place));
    else if (key !== undefined || quoted !== undefined) steps.push(key ?? quoted ?? '');
    else return null;
  }
  return steps;
}

/**
 * The value of a column, or of a path into its JSON: `expected`, `body.messages`, `turns[-1].value`. A column of that
 * very name comes first. A cell whose text is JSON counts as its value.
 * @returns undefined if the row has no such value
 */
export function valueAt(row: Row, path: string): JsonValue | undefined {
  const own = columnValue(row, path);
  if (own !== undefined) return own;
  const route = routesOf(path).find(({ column }) => Object.hasOwn(row.vars, column));
  return route === undefined ? undefined : valueWithin(columnValue(row, route.column), route.steps);
}

/** A text at a path; empty if there is none. */
export function textAt(row: Row, path: string): string {
  return columnText(valueAt(row, path));
}

/** True if a path begins with one of these columns, or is one. */
export function isPathInto(path: string, columns: readonly string[]): boolean {
  return columns.includes(path) || routesOf(path).some(({ column }) => columns.includes(column));
}

const MOST_SAMPLED_ROWS = 100;
const MOST_PATHS = 500;
const MOST_STEPS = 4;

/** The paths into the JSON of a dataset's columns, from its first rows: what a mistyped path may have meant. */
export class SeenPaths {
  readonly #paths = new Set<string>();
  #rows = 0;

  /** Looks at the next row. */
  add(row: Row): void {
    this.#rows += 1;
    if (this.#rows > MOST_SAMPLED_ROWS) return;
    for (const [column, value] of Object.entries(row.vars)) this.#note(column, value, MOST_STEPS);
  }

  /** Columns and paths into them, in order of appearance. */
  get paths(): readonly string[] {
    return [...this.#paths];
  }

  #note(path: string, value: JsonValue | undefined, steps: number): void {
    if (this.#paths.size < MOST_PATHS) this.#paths.add(path);
    const inner = typeof value === 'string' ? jsonInText(value) : value;
    if (steps === 0 || !isJsonObject(inner)) return;
    for (const [key, own] of Object.entries(inner)) {
      this.#note(/[.[\]]/.test(key) ? `${path}["${key}"]` : `${path}.${key}`, own, steps - 1);
    }
  }
}

function valueWithin(start: JsonValue | undefined, steps: readonly (string | number)[]): JsonValue | undefined {
  let value = start;
  for (const step of steps) {
    const inner = typeof value === 'string' ? jsonInText(value) : value;
    if (isJsonArray(inner)) value = typeof step === 'number' ? inner.at(step) : undefined;
    else value = isJsonObject(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  }
  return value;
}

/** The object or array that is a text's JSON; undefined for any other text. */
export function jsonInText(text: string): JsonValue | undefined {
  return /^\s*[{[]/.test(text) ? parseWrittenJson(text) : undefined;
}
