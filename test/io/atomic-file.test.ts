import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAtomicFile, openNamedFile, writeFileAtomic } from '../../src/io/atomic-file.ts';

const MAKE_PIPE = 'mkfifo';

let folder: string;
let target: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-atomic-'));
  target = join(folder, 'results.csv');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('openAtomicFile', () => {
  it('leaves the old file until commit, then replaces it', async () => {
    await writeFile(target, 'old');
    const file = await openAtomicFile(target);
    await file.write('new ');
    await file.write('text €');
    expect(await readFile(target, 'utf8')).toBe('old');
    await file.commit();
    expect(await readFile(target, 'utf8')).toBe('new text €');
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it('writes next to the target, under a hidden name that identifies the process', async () => {
    const file = await openAtomicFile(target);
    const names = await readdir(folder);
    expect(names).toEqual([
      expect.stringMatching(new RegExp(`^\\.results\\.csv\\.promptgrid-[0-9a-f]{12}-${process.pid}-\\d+-\\d+\\.tmp$`)),
    ]);
    await file.discard();
  });

  it('discard leaves the old file and nothing next to it', async () => {
    await writeFile(target, 'old');
    const file = await openAtomicFile(target);
    await file.write('x'.repeat(1_000_000));
    await file.discard();
    await file.discard();
    expect(await readFile(target, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it('discard after commit does nothing', async () => {
    const file = await openAtomicFile(target);
    await file.write('kept');
    await file.commit();
    await file.discard();
    expect(await readFile(target, 'utf8')).toBe('kept');
  });

  it('a second commit is rejected', async () => {
    const file = await openAtomicFile(target);
    await file.commit();
    await expect(file.commit()).rejects.toThrow('finished already');
    expect(await readFile(target, 'utf8')).toBe('');
  });

  it('keeps the order of writes that are not awaited', async () => {
    const file = await openAtomicFile(target);
    const pieces = Array.from({ length: 40 }, (_, index) => String.fromCharCode(97 + (index % 26)).repeat(100_000));
    for (const piece of pieces) void file.write(piece);
    await file.commit();
    expect(await readFile(target, 'utf8')).toBe(pieces.join(''));
  });

  it('two writers of one target do not mix', async () => {
    const [first, second] = [await openAtomicFile(target), await openAtomicFile(target)];
    await Promise.all([first.write('1'.repeat(600_000)), second.write('2'.repeat(600_000))]);
    await Promise.all([first.commit(), second.commit()]);
    expect(['1', '2'].map((digit) => digit.repeat(600_000))).toContain(await readFile(target, 'utf8'));
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it.skipIf(process.platform !== 'linux')('keeps no file open when it is finished, in any way', async () => {
    const [committed, discarded, failed] = [
      await openAtomicFile(target),
      await openAtomicFile(target),
      await openAtomicFile(join(folder, 'folder')),
    ];
    expect(await openFiles(folder)).toBe(3);
    await committed.commit();
    await discarded.discard();
    await mkdir(join(folder, 'folder'));
    await expect(failed.commit()).rejects.toMatchObject({ syscall: 'rename' });
    expect(await openFiles(folder)).toBe(0);
  });

  it('reports a missing folder', async () => {
    await expect(openAtomicFile(join(folder, 'none', 'file'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('reports a target that cannot be replaced, and cleans up', async () => {
    await mkdir(target);
    await writeFile(join(target, 'inside'), '');
    const file = await openAtomicFile(target);
    await file.write('text');
    await expect(file.commit()).rejects.toMatchObject({ syscall: 'rename' });
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it.skipIf(!existsSync('/dev/full'))('reports a full disk at the write and again at commit', async () => {
    await writeFile(target, 'old');
    await leadNextTemporaryFileTo('/dev/full');
    const file = await openAtomicFile(target);
    await expect(file.write('x'.repeat(300_000))).rejects.toMatchObject({ code: 'ENOSPC' });
    await file.write('little');
    await expect(file.commit()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readFile(target, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it.skipIf(!existsSync('/dev/full'))('a failed write that is not awaited is reported by commit', async () => {
    await leadNextTemporaryFileTo('/dev/full');
    const file = await openAtomicFile(target);
    for (let count = 0; count < 5; count++) void file.write('x'.repeat(300_000));
    await expect(file.commit()).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('writeFileAtomic', () => {
  it('replaces a file of any length', async () => {
    await writeFile(target, 'old');
    for (const text of ['', 'short €', '😀'.repeat(400_000)]) {
      await writeFileAtomic(target, text);
      expect(await readFile(target, 'utf8')).toBe(text);
    }
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it.skipIf(!existsSync('/dev/full'))('leaves the old file if the disk is full', async () => {
    await writeFile(target, 'old');
    for (const text of ['short', 'x'.repeat(300_000)]) {
      await leadNextTemporaryFileTo('/dev/full');
      await expect(writeFileAtomic(target, text)).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await readFile(target, 'utf8')).toBe('old');
      expect(await readdir(folder)).toEqual(['results.csv']);
    }
  });
});

/** Puts a link to a device where the next temporary file will be, for a real error of the file system. */
async function leadNextTemporaryFileTo(device: string): Promise<void> {
  const file = await openAtomicFile(target);
  const name = (await readdir(folder)).find((entry) => entry.endsWith('.tmp')) ?? '';
  await file.discard();
  await symlink(
    device,
    join(
      folder,
      name.replace(/\d+(?=\.tmp$)/, (count) => String(Number(count) + 1)),
    ),
  );
}

/** How many files below a folder this process has open. */
async function openFiles(path: string): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
  return targets.filter((opened) => opened.startsWith(path)).length;
}

async function writeNamed(path: string, text: string): Promise<void> {
  const file = await openNamedFile(path);
  await file.write(text);
  await file.commit();
}

describe('openNamedFile', () => {
  it('replaces a file as a whole', async () => {
    await writeFile(target, 'old');
    const file = await openNamedFile(target);
    await file.write('new');
    expect(await readFile(target, 'utf8')).toBe('old');
    await file.commit();
    expect(await readFile(target, 'utf8')).toBe('new');
  });

  it('creates a missing file', async () => {
    await writeNamed(target, 'new');
    expect(await readFile(target, 'utf8')).toBe('new');
  });

  it.skipIf(process.platform === 'win32')('writes to a pipe, and leaves it in place', async () => {
    execFileSync(MAKE_PIPE, [target]);
    const [text] = await Promise.all([readFile(target, 'utf8'), writeNamed(target, 'a report')]);
    expect(text).toBe('a report');
    expect(lstatSync(target).isFIFO()).toBe(true);
    expect(await readdir(folder)).toEqual(['results.csv']);
  });

  it.skipIf(!existsSync('/dev/full'))('reports a failed write to a device, and leaves it in place', async () => {
    await expect(writeNamed('/dev/full', 'a report')).rejects.toThrow('ENOSPC');
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});
