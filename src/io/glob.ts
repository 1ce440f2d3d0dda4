import { readdir, stat } from 'node:fs/promises';

const MAGIC = /[*?[{]/;
/** Folders that `**` enters at most, one in the other. */
const MOST_DEPTH = 32;

/** True for a text with a wildcard: `*`, `?`, `[…]` or `{…}`. */
export function isPattern(path: string): boolean {
  return MAGIC.test(path);
}

/**
 * The files that a pattern matches, sorted by name in code-unit order. `*` and `?` stand for characters of a name, `**`
 * for any folders, `[abc]` for one of these characters, `{a,b}` for one of these texts. Names that begin with a dot
 * match only where the pattern has the dot.
 */
export async function filesMatching(pattern: string): Promise<readonly string[]> {
  const isAbsolute = pattern.startsWith('/');
  const parts = pattern.split('/').filter((part) => part !== '');
  const found: string[] = [];
  await walk(isAbsolute ? '/' : '', parts, { found, depth: 0 });
  return [...new Set(found)].sort();
}

interface Walk {
  readonly found: string[];
  readonly depth: number;
}

async function walk(folder: string, [part = '', ...rest]: readonly string[], { found, depth }: Walk): Promise<void> {
  if (part === '**') {
    await walk(folder, rest.length === 0 ? ['*'] : rest, { found, depth });
    if (depth >= MOST_DEPTH) return;
    for (const { name, isFolder } of await namesIn(folder)) {
      if (isFolder && !name.startsWith('.'))
        await walk(`${folder}${name}/`, [part, ...rest], { found, depth: depth + 1 });
    }
    return;
  }
  const names = isPattern(part) ? await matchingNames(folder, part) : [part];
  for (const name of names) {
    const path = `${folder}${name}`;
    if (rest.length > 0) await walk(`${path}/`, rest, { found, depth });
    else if (await isFile(path)) found.push(path);
  }
}

async function matchingNames(folder: string, part: string): Promise<readonly string[]> {
  const expression = expressionOf(part);
  const names = (await namesIn(folder)).map(({ name }) => name);
  return names.filter((name) => expression.test(name) && (!name.startsWith('.') || part.startsWith('.')));
}

async function namesIn(folder: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> {
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isDirectory();
}

function expressionOf(part: string): RegExp {
  let source = '';
  let braces = 0;
  for (let at = 0; at < part.length; at++) {
    const char = part[at] ?? '';
    const set = char === '[' ? /^\[[!^]?[^\]]+\]/.exec(part.slice(at))?.[0] : undefined;
    if (set !== undefined) {
      source += `[${set.slice(1, -1).replace(/^[!^]/, '^').replaceAll(/[\\[]/g, '\\$&')}]`;
      at += set.length - 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '{' && part.includes('}', at)) {
      source += '(?:';
      braces++;
    } else if (char === '}' && braces > 0) {
      source += ')';
      braces--;
    } else if (char === ',' && braces > 0) source += '|';
    else source += char.replaceAll(/[.+^$()|\\{}[\]]/g, '\\$&');
  }
  return new RegExp(`^${source}${')'.repeat(braces)}$`, 's');
}
