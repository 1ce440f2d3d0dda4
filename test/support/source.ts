import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

/** Files by path: relative to the repository, `/` between folders. */
export type Tree = ReadonlyMap<string, string>;

/** A node of the syntax tree, whatever its kind: only `type`, `start` and `end` are common to all. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** What one file names in an import, a re-export, a dynamic `import()` or an `import('…')` type. */
export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string };

/** The syntax tree of the TypeScript text at `path`; throws on a syntax error, naming the path. */
export function parse(path: string, text: string): SyntaxNode {
  let program: unknown;
  try {
    program = parseAst(text, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' });
  } catch (error) {
    throw new SyntaxError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (!isNode(program)) throw new TypeError(`${path}: the parser gave no syntax tree`);
  return program;
}

/** Every node below and including the given one, parents first. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child);
    }
  }
}

/** The node in a field, or null where the field holds none. */
export function nodeIn(node: SyntaxNode, field: string): SyntaxNode | null {
  const value = node[field];
  return isNode(value) ? value : null;
}

/** The nodes in a field that holds a list. */
export function nodesIn(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The text that a string literal or a template without holes stands for; null for any other node. */
export function stringOf(node: SyntaxNode | null): string | null {
  if (node?.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : null;
  if (node?.type !== 'TemplateLiteral' || nodesIn(node, 'expressions').length > 0) return null;
  const value = nodesIn(node, 'quasis')[0]?.['value'];
  return typeof value === 'object' && value !== null && 'cooked' in value ? String(value.cooked) : null;
}

/** The file that loads a module of the user's, whose name no source can hold. */
const LOADS_USER_MODULE = 'src/io/program/module-worker.ts';

/**
 * Everything that the file at `path` imports, in order, with repeats. A computed specifier is an error, but in the
 * file that loads a user's module.
 */
export function targetsOf(path: string, text: string): readonly Target[] {
  const key = `${path}\n${text}`;
  const known = knownTargets.get(key) ?? findTargets(path, text);
  knownTargets.set(key, known);
  return known;
}

/** Several checks ask for the imports of every source. */
const knownTargets = new Map<string, readonly Target[]>();

function findTargets(path: string, text: string): readonly Target[] {
  const targets: Target[] = [];
  for (const node of walk(parse(path, text))) {
    const source = IMPORTING.has(node.type) ? nodeIn(node, 'source') : null;
    if (source === null) continue;
    const specifier = stringOf(source);
    if (specifier === null && path === LOADS_USER_MODULE && node.type === 'ImportExpression') continue;
    if (specifier === null) throw new Error(`${path}: an import whose specifier is computed`);
    targets.push(targetOf(path, specifier));
  }
  return targets;
}

const IMPORTING: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function targetOf(from: string, specifier: string): Target {
  if (specifier.startsWith('.')) {
    return { kind: 'file', path: posix.join(posix.dirname(from), specifier) };
  }
  if (isBuiltin(specifier)) return { kind: 'builtin', name: specifier };
  const parts = specifier.split('/');
  return { kind: 'package', name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
