import { Liquid } from 'liquidjs';
import { columnText } from '../core/row.ts';

/** Also reaches columns whose names are not identifiers: `{{ row["order no"] }}`. */
export const WHOLE_ROW = 'row';

/** The template engine: strict about names, without file access. */
export const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  // `{% if note %}` may refer to a value that a JSONL row omits.
  lenientIf: true,
  ownPropertyOnly: true,
  // Where a tag would look for a template: an empty source, never the file system.
  templates: {},
  outputEscape: columnText,
});

// A template is the complete prompt: no tag may include a file.
for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];
