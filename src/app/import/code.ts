import { Script } from 'node:vm';

/** Code that promptfoo takes as the body of a function, as a function; a line alone is what it returns. */
export function functionOf(code: string, parameters: string): string {
  const text = code.trimEnd();
  return text.includes('\n') ? `(${parameters}) => {\n${text}\n}` : `(${parameters}) => { ${lineBody(text)} }`;
}

const DECLARATION = /^(?:const|let|var)\s/;

/** `const a = 1; a > 0` returns its last part, anything else is an expression. */
function lineBody(line: string): string {
  const text = line.trim().replace(/;+\s*$/, '');
  if (!DECLARATION.test(text)) return `return ${text.replace(/^return\s+/, '')};`;
  const at = lastSemicolon(text);
  const rest = at === -1 ? '' : text.slice(at + 1).trim();
  return rest === '' ? `${text};` : `${text.slice(0, at + 1)} return ${rest};`;
}

/** The last semicolon outside of quotes; -1 without one. */
function lastSemicolon(text: string): number {
  let last = -1;
  for (const { 0: part, index } of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\[^]|[^`\\])*`|;/g)) {
    if (part === ';') last = index;
  }
  return last;
}

/** Whether a function's text is one that JavaScript takes; nothing of it is run. */
export function isFunction(text: string): boolean {
  try {
    return new Script(`'use strict'; (${text});`).cachedDataRejected !== true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
