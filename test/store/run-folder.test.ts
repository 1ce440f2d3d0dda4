import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunFolder } from '../../src/store/run-folder.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-run-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a new run folder', () => {
  it('has a number behind its name if that is taken, however many begin at once', async () => {
    const path = join(folder, 'results', 'rows');
    const opened = await Promise.all(Array.from({ length: 4 }, () => RunFolder.openNew(path)));
    const paths = [path, `${path}-2`, `${path}-3`, `${path}-4`];
    expect(opened.map((each) => each.path).sort()).toEqual(paths);
    for (const each of opened) await each.abandon();
    expect(await readdir(join(folder, 'results'))).toEqual([]);
  });

  it('never is one that is there already, even if nobody works in it', async () => {
    const path = join(folder, 'kept');
    const kept = await RunFolder.open(path);
    await kept.lock.release();
    expect((await RunFolder.openNew(path)).path).toBe(`${path}-2`);
  });
});
