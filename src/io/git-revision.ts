import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/**
 * The commit that is checked out in the git repository around a folder, read from its files: git need not be installed.
 * @returns in hexadecimal; null outside of a repository, before its first commit, and if its files cannot be read
 */
export async function gitRevision(folder: string): Promise<string | null> {
  const git = await gitFolder(resolve(folder));
  if (git === null) return null;
  const head = await textOf(join(git, 'HEAD'));
  const branch = /^ref: (.+)$/.exec(head)?.[1];
  if (branch === undefined) return COMMIT.test(head) ? head : null;
  // Branches of a linked work tree are in the main repository.
  const shared = resolve(git, await textOf(join(git, 'commondir')));
  const own = await textOf(join(shared, branch));
  if (COMMIT.test(own)) return own;
  const packed = await textOf(join(shared, 'packed-refs'));
  const line = packed.split('\n').find((one) => one.endsWith(` ${branch}`));
  const commit = line?.slice(0, line.indexOf(' ')) ?? '';
  return COMMIT.test(commit) ? commit : null;
}

/** The folder with the repository's files; a linked work tree has a file that names it. */
async function gitFolder(folder: string): Promise<string | null> {
  for (let place = folder; ; place = dirname(place)) {
    const path = join(place, '.git');
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory() === true) return path;
    const link = found?.isFile() === true ? /^gitdir: (.+)$/.exec(await textOf(path))?.[1] : undefined;
    if (link !== undefined) return resolve(place, link);
    if (dirname(place) === place) return null;
  }
}

/** Empty for a file that cannot be read. */
async function textOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trim();
}
