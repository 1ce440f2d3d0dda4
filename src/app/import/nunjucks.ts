import type { JsonValue } from '../../core/json.ts';
import { columnText } from '../../core/row.ts';

const TAG = /\{\{[^]*?\}\}|\{%[^]*?%\}|\{#[^]*?#\}/g;
const PLAIN = /^\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}$/;

/** The first tag of a Nunjucks template that Liquid might interpret differently; null if it only has variables. */
export function foreignTag(text: string): string | null {
  return text.match(TAG)?.find((tag) => !PLAIN.test(tag)) ?? null;
}

/** The variables used in a template. */
export function plainVariables(text: string): readonly string[] {
  return (text.match(TAG) ?? []).flatMap((tag) => PLAIN.exec(tag)?.[1] ?? []);
}

/** Fills variables into a text; a missing variable becomes an empty text, as in promptfoo. */
export function fillVariables(text: string, vars: Readonly<Record<string, JsonValue>>): string {
  return text.replace(TAG, (tag) => {
    const name = PLAIN.exec(tag)?.[1];
    if (name === undefined) return tag;
    return Object.hasOwn(vars, name) ? columnText(vars[name]) : '';
  });
}
