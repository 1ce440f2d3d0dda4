import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  listOf,
  numberOr,
  objectOf,
} from '../core/json.ts';
import { unitInterval } from './seeded.ts';

/** A schema may contain itself, and an answer ends. */
const MOST_LEVELS = 12;

/**
 * A made-up value of the schema that a request asks for, the same for the same seed; null if it asks for none. It keeps
 * to types, properties, enums, constants and references, not to patterns or lengths.
 */
export function simulatedJson(format: JsonValue | undefined, seed: string): JsonValue | null {
  if (!isJsonObject(format)) return null;
  if (format['type'] === 'json_object') return { simulated: true };
  const schema = format['type'] === 'json_schema' ? objectOf(format['json_schema'])['schema'] : undefined;
  return isJsonObject(schema) ? new Inventor(schema, seed).value(schema, '', MOST_LEVELS) : null;
}

class Inventor {
  readonly #root: JsonObject;
  readonly #seed: string;

  constructor(root: JsonObject, seed: string) {
    this.#root = root;
    this.#seed = seed;
  }

  /** @param path of the value, so that each has its own */
  value(schema: JsonValue | undefined, path: string, levels: number): JsonValue {
    if (!isJsonObject(schema) || levels === 0) return null;
    const { const: constant, enum: choices, anyOf, $ref: ref } = schema;
    if (constant !== undefined) return constant;
    if (isJsonArray(choices)) return this.#oneOf(choices, path);
    if (isJsonArray(anyOf)) return this.value(this.#nearEnd(anyOf, levels), path, levels - 1);
    if (typeof ref === 'string') return this.value(this.#referred(ref), path, levels - 1);
    const types = listOf(schema['type']);
    return this.#ofType(types[0] ?? schema['type'] ?? 'object', schema, { path, levels: levels - 1 });
  }

  #ofType(type: JsonValue, schema: JsonObject, { path, levels }: { path: string; levels: number }): JsonValue {
    const draw = this.#draw(path);
    const least = numberOr(schema['minimum'], 1);
    switch (type) {
      case 'string':
        return 'simulated';
      case 'integer':
        return Math.ceil(least) + Math.floor(draw * 9);
      case 'number':
        return least + Math.floor(draw * 90) / 10;
      case 'boolean':
        return draw < 0.5;
      case 'array':
        return levels <= 2 ? [] : [this.value(schema['items'], `${path}[]`, levels)];
      case 'object':
        return Object.fromEntries(
          Object.entries(objectOf(schema['properties'])).map(([name, inner]) => [
            name,
            this.value(inner, `${path}.${name}`, levels),
          ]),
        );
      default:
        return null;
    }
  }

  #oneOf(choices: readonly JsonValue[], path: string): JsonValue {
    return choices[Math.floor(this.#draw(path) * choices.length)] ?? null;
  }

  /** A list that is linked by references ends where null is a choice. */
  #nearEnd(choices: readonly JsonValue[], levels: number): JsonValue | undefined {
    const end = choices.find((choice) => objectOf(choice)['type'] === 'null');
    return levels < MOST_LEVELS / 2 && end !== undefined ? end : choices[0];
  }

  #referred(ref: string): JsonValue | undefined {
    const steps = ref.split('/').slice(1);
    return steps.reduce<JsonValue | undefined>(
      (value, step) => objectOf(value)[step.replaceAll('~1', '/').replaceAll('~0', '~')],
      this.#root,
    );
  }

  #draw(path: string): number {
    return unitInterval(`json ${this.#seed} ${path}`);
  }
}
