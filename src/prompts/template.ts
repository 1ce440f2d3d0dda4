import type { Template } from 'liquidjs';
import { PromptError } from '../core/errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../core/json.ts';
import { columnValue, type Row } from '../core/row.ts';
import { jsonInText } from '../core/row-path.ts';
import { didYouMean } from '../io/nearest.ts';
import { bareColumns, columnTag, isVariable, misreadColumn, readsRow, writtenAs } from './column-tags.ts';
import { keepText, liquid, WHOLE_ROW } from './liquid.ts';
import { plainRender } from './plain-template.ts';

/** A Liquid template, parsed once. */
export interface TextTemplate {
  readonly text: string;
  /** Columns that it names. */
  readonly variables: readonly string[];
  /** @throws PromptError if the row lacks a variable or a filter fails */
  readonly render: (row: Row) => string;
}

/**
 * Parses a Liquid template.
 * @param name the prompt's name, for errors
 * @throws PromptError if the text is not a valid template
 */
export function parseTemplate(name: string, text: string): TextTemplate {
  const parsed = parse(name, text);
  const nested = nestedColumns(parsed);
  const variables = liquid.globalVariablesSync(parsed).filter((variable) => variable !== WHOLE_ROW);
  const plain = nested.length === 0 ? plainRender(text, variables) : null;
  return {
    text,
    variables,
    render: (row) => plain?.(row) ?? render({ name, text }, parsed, withOpened(row, nested)),
  };
}

/** Columns that a text inserts whole if it is a template; none if it may insert any, as the whole row does. */
export function insertedColumns(text: string): readonly string[] {
  try {
    const paths = pathsOf(liquid.parse(text));
    if (paths.some(([column]) => column === undefined)) return [];
    const whole = paths.flatMap(([column, ...keys]) =>
      typeof column === 'string' && keys.length === 0 ? [column] : [],
    );
    return [...new Set(whole)];
  } catch {
    return [];
  }
}

/** What a template reads of the row, also as `row["order no"]`; an empty path is the whole row. */
function pathsOf(parsed: Template[]): ReturnType<typeof liquid.globalVariableSegmentsSync> {
  return liquid.globalVariableSegmentsSync(parsed).map((path) => (path[0] === WHOLE_ROW ? path.slice(1) : path));
}

/** Columns that a template goes into: `meta` of `{{ meta.price }}` and of `{{ row.meta.price }}`. */
function nestedColumns(parsed: Template[]): readonly string[] {
  const paths = pathsOf(parsed);
  // A text has a size of its own.
  const inner = paths.filter(([, key]) => key !== undefined && key !== 'size');
  return [...new Set(inner.flatMap(([column]) => (typeof column === 'string' ? [column] : [])))];
}

/** The row with the values of cells that hold JSON, in these columns. */
function withOpened(row: Row, columns: readonly string[]): Row {
  let vars: Row['vars'] | null = null;
  for (const column of columns) {
    const cell = columnValue(row, column);
    const value = typeof cell === 'string' ? jsonInText(cell) : undefined;
    if (value === undefined || typeof cell !== 'string') continue;
    vars = { ...(vars ?? row.vars), [column]: value };
    keepText(value, cell);
  }
  return vars === null ? row : { ...row, vars };
}

/** A JSON value whose texts are templates. */
interface ValueTemplate {
  readonly variables: readonly string[];
  /** @throws PromptError if the row lacks a variable or a filter fails */
  readonly render: (row: Row) => JsonValue;
}

/** Parses every text in a JSON value, at any depth, as a template; keys and other values stay unchanged. */
export function parseValueTemplate(name: string, value: JsonValue): ValueTemplate {
  if (typeof value === 'string') return parseTemplate(name, value);
  if (isJsonArray(value)) {
    const items = value.map((item) => parseValueTemplate(name, item));
    return {
      variables: items.flatMap(({ variables }) => variables),
      render: (row) => items.map((item) => item.render(row)),
    };
  }
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(([key, item]) => [key, parseValueTemplate(name, item)] as const);
    return {
      variables: members.flatMap(([, { variables }]) => variables),
      render: (row) => Object.fromEntries(members.map(([key, item]) => [key, item.render(row)])),
    };
  }
  return { variables: [], render: () => value };
}

function parse(name: string, text: string): Template[] {
  try {
    return liquid.parse(text);
  } catch (cause) {
    throw new PromptError(`prompt "${name}": ${messageOf(cause)}`, {
      hint: 'templates are Liquid: {{ column }}, {% if column != blank %}…{% endif %}; write {% raw %}…{% endraw %} around literal braces',
      cause,
    });
  }
}

interface NamedText {
  /** The prompt's name, for errors. */
  readonly name: string;
  readonly text: string;
}

function render({ name, text }: NamedText, parsed: Template[], row: Row): string {
  try {
    return String(liquid.renderSync(parsed, { [WHOLE_ROW]: row.vars, ...row.vars }));
  } catch (cause) {
    throw renderError({ name, text }, row, cause);
  }
}

function renderError({ name, text }: NamedText, row: Row, cause: unknown): PromptError {
  const missing = /undefined variable: (?:row\.)?(.+?)(?:, line:\d|$)/.exec(messageOf(cause))?.[1];
  const place = `prompt "${name}", row ${row.id} (${row.file === undefined ? '' : `${row.file}, `}line ${row.line})`;
  if (missing === undefined) {
    return new PromptError(`${place}: ${messageOf(cause)}`, { hint: 'check the filters of the template', cause });
  }
  return new PromptError(`${place}: no column for the variable {{ ${missing} }}`, {
    hint: columnHint(missing, Object.keys(row.vars), text),
    cause,
  });
}

/** The correct way to write the column that a template appears to mean; otherwise the list of columns. */
export function columnHint(variable: string, columns: readonly string[], template: string): string {
  const [column] = bareColumns(template, columns);
  if (column !== undefined) return writtenAs(column);
  const named = columns.filter((name) => !isVariable(name) && name.startsWith(variable))[0] ?? columns.find(hasSpaces);
  const example = named === undefined || readsRow(template) ? '' : `; ${writtenAs(named)}`;
  return `${describeColumns(variable, columns)}${example}`;
}

/** @throws PromptError for a template that reads a word of Liquid where it seems to mean a column */
export function checkWords({ name, text }: NamedText, columns: readonly string[]): void {
  const column = misreadColumn(text, columns);
  if (column === null) return;
  throw new PromptError(`${name}: {{ ${column} }} does not read the column "${column}"`, {
    hint: `"${column}" means something else in a template; write the column as ${columnTag(column)}`,
  });
}

function hasSpaces(column: string): boolean {
  return /\S\s+\S/.test(column);
}

/** `columns: a, b, c; did you mean b?` @param paths into the columns, which may be meant too */
export function describeColumns(variable: string, columns: readonly string[], paths: readonly string[] = []): string {
  return `columns: ${columns.join(', ')}${didYouMean(variable, [...columns, ...paths])}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
