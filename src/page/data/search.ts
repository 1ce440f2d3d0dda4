import type { RowView } from './row-view.ts';

/** What a search looks for: every part must hold. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'column'; readonly column: number; readonly text: string }
  | { readonly kind: 'id' | 'error' | 'pass' | 'fail'; readonly text: string };

/** What words of a search may name. */
export interface SearchScope {
  /** The dataset's columns. */
  readonly columns: readonly string[];
  /** Names of the variants, each unlike the others. */
  readonly variants: readonly string[];
  /** Index of the scorer that says what passed. */
  readonly scorer: number;
}

const KINDS = ['id', 'error', 'pass', 'fail'] as const;

/**
 * Reads a search: free text, `"quoted text"`, `column:value`, `id:`, `error:` (a part of a reason, or `error:` alone),
 * `pass:` and `fail:` (a variant's name or its number from 1). Values with spaces are quoted: `lang:"en us"`.
 */
export function readSearch(query: string, { columns }: Pick<SearchScope, 'columns'>): readonly Part[] {
  const words = query.match(/(?:[^\s":]+:)?"[^"]*"?|\S+/g) ?? [];
  return words.map((word): Part => {
    const at = word.indexOf(':');
    const [name, value] = [word.slice(0, Math.max(0, at)), unquoted(word.slice(at + 1)).toLowerCase()];
    const kind = KINDS.find((known) => known === name.toLowerCase());
    const column = at > 0 ? columns.indexOf(name) : -1;
    if (column >= 0) return { kind: 'column', column, text: value };
    if (at > 0 && kind !== undefined) return { kind, text: value };
    return { kind: 'text', text: unquoted(word).toLowerCase() };
  });
}

function unquoted(text: string): string {
  return text.replace(/^"/, '').replace(/"$/, '');
}

/** The word of a search that asks for rows that a variant passed or failed. */
export function variantWord(kind: 'pass' | 'fail', name: string): string {
  return `${kind}:${/[\s"]/.test(name) ? `"${name.replaceAll('"', '')}"` : name}`;
}

/** Tests rows against a search. */
export function matcherOf(query: string, scope: SearchScope): (row: RowView) => boolean {
  const tests = readSearch(query, scope).map((part) => testOf(part, scope));
  return (row) => tests.every((test) => test(row));
}

function testOf(part: Part, scope: SearchScope): (row: RowView) => boolean {
  const { text } = part;
  switch (part.kind) {
    case 'text':
      return (row) => row.haystack.includes(text);
    case 'column':
      return (row) => (row.value(part.column)?.text.toLowerCase() ?? '').includes(text);
    case 'id':
      return (row) => row.id.toLowerCase().includes(text);
    case 'error':
      return (row) =>
        row.trials.some(({ isErrored, errorCode, error }) => {
          return isErrored && (errorCode.toLowerCase().includes(text) || error.toLowerCase().includes(text));
        });
    case 'pass':
    case 'fail': {
      const [variants, wanted] = [variantsNamed(text, scope.variants), part.kind === 'pass'];
      return (row) => row.trials.some((trial) => variants.has(trial.variant) && trial.passed(scope.scorer) === wanted);
    }
  }
}

/** The one with exactly that name or number, else all whose name contains it. */
function variantsNamed(text: string, names: readonly string[]): ReadonlySet<number> {
  const lower = names.map((name) => name.toLowerCase().replaceAll('"', ''));
  const exact = lower.indexOf(text);
  if (exact >= 0) return new Set([exact]);
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= names.length) return new Set([Number(text) - 1]);
  return new Set(lower.flatMap((name, index) => (name.includes(text) ? [index] : [])));
}
