import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';

/** Token overhead of function definitions in addition to their texts. */
export interface DefinitionFrame {
  /** For each function. */
  readonly perFunction: number;
  /** For each group of properties, those of one object. */
  readonly perGroup: number;
  readonly perProperty: number;
  /**
   * For a property that lists its values, and for each value. Negative, because lists cost less than their values
   * alone.
   */
  readonly perList: number;
  readonly perListed: number;
  /** Once for a prompt that has any. */
  readonly perPrompt: number;
}

/** Of gpt-3.5 and gpt-4. Source: OpenAI Cookbook, "How to count tokens with tiktoken", section 7. */
export const CL100K_FRAME: DefinitionFrame = {
  perFunction: 10,
  perGroup: 3,
  perProperty: 3,
  perList: -3,
  perListed: 3,
  perPrompt: 12,
};

/** Of gpt-4o; the overhead of later models is not published. Source: as above. */
export const O200K_FRAME: DefinitionFrame = { ...CL100K_FRAME, perFunction: 7 };

/** Texts to count, and tokens to add to them. */
interface DefinitionTexts {
  readonly texts: readonly string[];
  /** Tokens; may be negative for a part, never for a whole function. */
  readonly frame: number;
}

/**
 * What the `functions`, `tools` and `response_format` of a request add to its prompt. Functions follow the cookbook's
 * rule: `name:description` of each function, `name:type:description` of each property, each value of an `enum`; a full
 * stop at the end of a description does not count. The schema of a `response_format` counts as its JSON. The cookbook's
 * rule covers properties of the outermost object only. By analogy, further groups of properties are those of an inner
 * object, of an array's `items`, of each of `anyOf`, `oneOf` and `allOf`, and of `$defs`. Several types are one text,
 * as `string|null`; a missing type counts as `any`; an array of plain values has their type. Other keywords (`minimum`,
 * `pattern`, `default` and so on) do not count, as in the cookbook. Anything that is not a function definition counts
 * as its JSON.
 */
export function definitionTexts(params: JsonObject, frame: DefinitionFrame): DefinitionTexts {
  const found = [...itemsOf(params['functions']), ...itemsOf(params['tools'])];
  const format = formatTexts(params['response_format']);
  if (found.length === 0) return { texts: format, frame: 0 };
  const { texts, frame: tokens } = joined(
    found.map((item) => functionTexts(item, frame)),
    frame.perPrompt,
  );
  return { texts: [...texts, ...format], frame: tokens };
}

/** A schema of the answer; `{"type": "json_object"}` contains nothing that a model would read. */
function formatTexts(format: JsonValue | undefined): readonly string[] {
  if (!isJsonObject(format)) return [];
  const schema = format['json_schema'] ?? format['schema'] ?? null;
  return schema === null ? [] : [JSON.stringify(schema)];
}

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return isJsonArray(value) ? value : [value];
}

function functionTexts(item: JsonValue, frame: DefinitionFrame): DefinitionTexts {
  const definition = isJsonObject(item) && isJsonObject(item['function']) ? item['function'] : item;
  if (!isJsonObject(definition) || typeof definition['name'] !== 'string') {
    return { texts: [JSON.stringify(item)], frame: 0 };
  }
  const head = `${definition['name']}:${descriptionOf(definition)}`;
  const parameters = groupTexts(definition['parameters'], frame);
  return { texts: [head, ...parameters.texts], frame: frame.perFunction + parameters.frame };
}

/** The properties of a schema, including nested ones. */
function groupTexts(schema: JsonValue | undefined, frame: DefinitionFrame): DefinitionTexts {
  if (!isJsonObject(schema)) return { texts: [], frame: 0 };
  const groups = [schema['properties'], schema['$defs'], schema['definitions']].map((group) => {
    if (!isJsonObject(group) || Object.keys(group).length === 0) return { texts: [], frame: 0 };
    const properties = Object.entries(group).map(([name, property]) => propertyTexts(name, property, frame));
    return joined(properties, frame.perGroup);
  });
  const within = ['anyOf', 'oneOf', 'allOf', 'items'].flatMap((key) =>
    itemsOf(schema[key]).map((part) => groupTexts(part, frame)),
  );
  return joined([...groups, ...within], 0);
}

function propertyTexts(name: string, property: JsonValue, frame: DefinitionFrame): DefinitionTexts {
  if (!isJsonObject(property)) return { texts: [`${name}:any:`], frame: frame.perProperty };
  const listed = property['enum'];
  const values = isJsonArray(listed) ? listed.map(plainText) : [];
  const list = isJsonArray(listed) ? frame.perList + values.length * frame.perListed : 0;
  const line = `${name}:${typeOf(property)}:${descriptionOf(property)}`;
  const within = groupTexts(property, frame);
  return { texts: [...values, line, ...within.texts], frame: frame.perProperty + list + within.frame };
}

function typeOf(schema: JsonObject): string {
  const { type, items } = schema;
  const name = isJsonArray(type) ? type.map(plainText).join('|') : typeof type === 'string' ? type : 'any';
  return name === 'array' && isJsonObject(items) && typeof items['type'] === 'string' ? `${items['type']}[]` : name;
}

function descriptionOf(schema: JsonObject): string {
  const { description } = schema;
  return typeof description === 'string' ? description.replace(/\.$/, '') : '';
}

function plainText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function joined(parts: readonly DefinitionTexts[], frame: number): DefinitionTexts {
  return {
    texts: parts.flatMap((part) => part.texts),
    frame: parts.reduce((sum, part) => sum + part.frame, frame),
  };
}
