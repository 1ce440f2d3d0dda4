import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPrivateFolder } from '../../src/io/private-folder.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'promptgrid-private-'));
  folder = join(parent, 'kept');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const rightsOf = async (name = '.'): Promise<number> => (await stat(join(folder, name))).mode & 0o777;
const isOurs = (name: string): boolean => name.startsWith('ours');

/** The folder with files that everybody may read. */
async function makeOpen(names: readonly string[]): Promise<void> {
  await mkdir(folder);
  for (const name of names) {
    await writeFile(join(folder, name), '');
    await chmod(join(folder, name), 0o644);
  }
  await chmod(folder, 0o755);
}

describe('openPrivateFolder', () => {
  it('creates a folder for its owner only, without a message', async () => {
    expect(openPrivateFolder(folder, isOurs)).toBeNull();
    expect(await rightsOf()).toBe(0o700);
    expect(openPrivateFolder(folder, isOurs)).toBeNull();
  });

  it('removes access of others to a folder and its files, and says so once', async () => {
    await makeOpen(['ours.json']);
    await mkdir(join(folder, 'ours'), { mode: 0o755 });
    expect(openPrivateFolder(folder, isOurs)).toBe(`${folder}: others could read it; from now on only its owner can`);
    expect([await rightsOf(), await rightsOf('ours.json'), await rightsOf('ours')]).toEqual([0o700, 0o600, 0o700]);
    expect(openPrivateFolder(folder, isOurs)).toBeNull();
  });

  it('leaves a folder with files of a user, and those files, unchanged', async () => {
    await makeOpen(['ours.json', 'notes.txt']);
    expect(openPrivateFolder(folder, isOurs)).toContain('others could read it');
    expect([await rightsOf(), await rightsOf('ours.json'), await rightsOf('notes.txt')]).toEqual([0o755, 0o600, 0o644]);
    expect(openPrivateFolder(folder, isOurs)).toBeNull();
  });
});
