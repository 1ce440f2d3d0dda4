import { Liquid, type Template } from 'liquidjs';
import { PromptError } from '../core/errors.ts';
import type { Row } from '../core/row.ts';
import { didYouMean } from '../io/nearest.ts';

/** Also reaches columns whose names are no identifiers: `{{ row["order no"] }}`. */
const WHOLE_ROW = 'row';

const liquid = new Liquid({
  strictVariables: true,
  strictFilters: true,
  // `{% if note %}` may ask for a value that a JSONL row leaves out.
  lenientIf: true,
  ownPropertyOnly: true,
  // Templates in memory only: include and render cannot reach files.
  templates: {},
  outputEscape: (value: unknown) => (isStructured(value) ? JSON.stringify(value) : String(value ?? '')),
});

function isStructured(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** A Liquid template, parsed once. */
export interface TextTemplate {
  readonly text: string;
  /** Columns that it names. */
  readonly variables: readonly string[];
  /** @throws PromptError where the row lacks a variable or a filter fails */
  render(row: Row): string;
}

/**
 * Parses a Liquid template.
 * @param name the prompt's name, for errors
 * @throws PromptError where the text is no valid template
 */
export function parseTemplate(name: string, text: string): TextTemplate {
  const parsed = parse(name, text);
  const variables = liquid.globalVariablesSync(parsed).filter((variable) => variable !== WHOLE_ROW);
  return { text, variables, render: (row) => render(name, parsed, row) };
}

function parse(name: string, text: string): Template[] {
  try {
    return liquid.parse(text);
  } catch (cause) {
    throw new PromptError(`prompt "${name}": ${messageOf(cause)}`, {
      hint: 'templates are Liquid: {{ column }}, {% if column %}…{% endif %}; write {% raw %}…{% endraw %} around literal braces',
      cause,
    });
  }
}

function render(name: string, parsed: Template[], row: Row): string {
  try {
    return liquid.renderSync(parsed, { [WHOLE_ROW]: row.vars, ...row.vars });
  } catch (cause) {
    throw renderError(name, row, cause);
  }
}

function renderError(name: string, row: Row, cause: unknown): PromptError {
  const missing = /undefined variable: ([^,]+)/.exec(messageOf(cause))?.[1];
  const place = `prompt "${name}", row ${row.id} (line ${row.line})`;
  if (missing === undefined) {
    return new PromptError(`${place}: ${messageOf(cause)}`, { hint: 'check the filters of the template', cause });
  }
  return new PromptError(`${place}: no column for the variable {{ ${missing} }}`, {
    hint: describeColumns(missing, Object.keys(row.vars)),
    cause,
  });
}

/** `columns: a, b, c; did you mean b?` */
export function describeColumns(variable: string, columns: readonly string[]): string {
  return `columns: ${columns.join(', ')}${didYouMean(variable, columns)}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
