import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitRevision } from '../../src/io/git-revision.ts';

const hasGit = spawnSync('git', ['--version']).status === 0;

describe.skipIf(!hasGit)('the commit of a folder (needs git)', () => {
  let folder = '';

  function git(...words: string[]): string {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false'];
    const ended = spawnSync('git', [...identity, ...words], { cwd: join(folder, 'main'), encoding: 'utf8' });
    if (ended.status !== 0) throw new Error(ended.stderr);
    return ended.stdout.trim();
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptgrid-git-'));
    await mkdir(join(folder, 'main/data'), { recursive: true });
    git('init', '--quiet');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is what git says, in a folder inside and after refs were packed', async () => {
    git('commit', '--quiet', '--allow-empty', '-m', 'one');
    const head = git('rev-parse', 'HEAD');
    expect(await gitRevision(join(folder, 'main/data'))).toBe(head);
    git('pack-refs', '--all');
    expect(await gitRevision(join(folder, 'main'))).toBe(head);
    git('checkout', '--quiet', '--detach');
    expect(await gitRevision(join(folder, 'main'))).toBe(head);
  });

  it('is that of a linked work tree', async () => {
    git('commit', '--quiet', '--allow-empty', '-m', 'one');
    git('worktree', 'add', '--quiet', '-b', 'side', '../linked');
    git('commit', '--quiet', '--allow-empty', '-m', 'two');
    expect(await gitRevision(join(folder, 'linked'))).toBe(git('rev-parse', 'side'));
    expect(await gitRevision(join(folder, 'linked'))).not.toBe(git('rev-parse', 'HEAD'));
  });

  it('is unknown before the first commit, and outside of a repository', async () => {
    expect(await gitRevision(join(folder, 'main'))).toBeNull();
    expect(await gitRevision(folder)).toBeNull();
  });
});
