import { Liquid } from 'liquidjs';
import type { JsonValue } from '../core/json.ts';
import { columnText } from '../core/row.ts';
import { jsonText } from '../core/written-json.ts';

/** Also reaches columns whose names are not identifiers: `{{ row["order no"] }}`. */
export const WHOLE_ROW = 'row';

/** Texts of cells whose JSON a template goes into: where it inserts the whole cell, it is as in the dataset. */
const cellTexts = new WeakMap<object, string>();

/** Remembers the text of a JSON value. */
export function keepText(value: JsonValue, text: string): void {
  if (typeof value === 'object' && value !== null) cellTexts.set(value, text);
}

function outputText(value: JsonValue | undefined): string {
  const text = typeof value === 'object' && value !== null ? cellTexts.get(value) : undefined;
  return text ?? columnText(value);
}

/** The template engine: strict about names, without file access. */
export const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  // `{% if note %}` may refer to a value that a JSONL row omits.
  lenientIf: true,
  ownPropertyOnly: true,
  // Where a tag would look for a template: an empty source, never the file system.
  templates: {},
  outputEscape: outputText,
});

// A template is the complete prompt: no tag may include a file.
for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];

// Liquid's own filter prints numbers as JavaScript does.
for (const name of ['json', 'jsonify']) {
  liquid.registerFilter(name, (value: JsonValue | undefined, indent: unknown = 0) =>
    value === undefined ? '' : jsonText(value, Number(indent)),
  );
}
