import { inspect } from 'node:util';

/** A value of a program, of any type, on one line, as an error shows it. Objects are shown to a depth of one. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
}

/** The same for a value that may hold a secret: of an object only what it is, such as `a Map`. */
export function kindText(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return valueText(value);
  if (Array.isArray(value)) return 'a list';
  // An object may have no prototype.
  const { constructor }: { readonly constructor?: unknown } = value;
  const name = typeof constructor === 'function' ? constructor.name : '';
  if (name === '' || name === 'Object') return 'an object';
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}
