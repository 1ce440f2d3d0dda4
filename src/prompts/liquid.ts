import { Liquid } from 'liquidjs';
import { columnText } from '../core/row.ts';

/** Also reaches columns whose names are no identifiers: `{{ row["order no"] }}`. */
export const WHOLE_ROW = 'row';

/** The template engine: strict about names, without files. */
export const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  // `{% if note %}` may ask for a value that a JSONL row leaves out.
  lenientIf: true,
  ownPropertyOnly: true,
  // Where a tag would look for a template: in nothing, and never in the file system.
  templates: {},
  outputEscape: columnText,
});

// A template is all there is of a prompt: no tag may ask for a file.
for (const tag of ['include', 'render', 'layout', 'block']) delete liquid.tags[tag];
