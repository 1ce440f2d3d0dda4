import { readdir, readFile, rm, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ownerOf } from '../../src/io/process-owner.ts';
import { lockFolder } from '../../src/store/folder-lock.ts';
import { HAS_NAMESPACES, OTHER_HOST_NAME, OTHER_PID_NAMESPACE } from '../support/namespaces.ts';
import { type LockPlace, lockPlace } from './lock-place.ts';

/** Short, so that watching an owner takes 150 ms. */
const BEAT_MS = 50;
const FAST = { takeOver: true, beatMs: BEAT_MS };

let folder: LockPlace['folder'];
let startOther: LockPlace['startOther'];
let writeLock: LockPlace['writeLock'];
beforeEach(async ({ onTestFinished }) => {
  ({ folder, startOther, writeLock } = await lockPlace({ onTestFinished }));
});

describe('lockFolder, if the owner is not visible', () => {
  it('rejects the lock of another machine, with its last sign of life and the flag for an owner that is gone', async () => {
    await writeLock({ ...ownerOf(process.pid), host: 'other-host', boot: 'another' });
    const minuteAgo = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'run.lock'), minuteAgo, minuteAgo);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'E_RUN_FOLDER',
      exitStatus: 2,
      message: expect.stringMatching(
        /another machine \(host other-host\) may be running in this folder; last sign of life (60|61|62) s ago/,
      ),
      hint: expect.stringContaining('--take-over'),
    });
    expect(await readdir(folder)).toEqual(['run.lock']);
  });

  it.each([
    ['of an earlier version', () => ({ pid: process.pid, host: `${hostname()}-2`, started: null })],
    ['of this machine before it was restarted', () => ({ ...ownerOf(process.pid), boot: 'earlier' })],
    ['of another container', () => ({ ...ownerOf(process.pid), pidNamespace: 'pid:[1]' })],
  ])('takes over the lock %s with takeOver, and never without', async (_whose, owner) => {
    await writeLock(owner());
    await expect(lockFolder(folder)).rejects.toThrow('may be running');
    const watched: string[] = [];
    const lock = await lockFolder(folder, { ...FAST, onWatch: (whose, ms) => watched.push(`${ms}: ${whose}`) });
    expect(watched).toEqual([expect.stringMatching(/^150: .*\(host /)]);
    await lock.verify();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('rejects, with or without takeOver, a running process of this machine', async () => {
    const other = await startOther();
    await other.lock(folder);
    await expect(lockFolder(folder, FAST)).rejects.toThrow(`process ${other.pid} is running in this folder`);
  });

  it('detects that its lock was removed or replaced, and does not touch the new one', async () => {
    const lock = await lockFolder(folder, { beatMs: BEAT_MS });
    const losses: string[] = [];
    lock.onLost(({ code }) => losses.push(code));
    await rm(join(folder, 'run.lock'));
    await writeLock({ ...ownerOf(process.pid), boot: 'another' });
    await expect.poll(() => losses).toEqual(['E_FOLDER_LOST']);
    await expect(lock.check()).rejects.toMatchObject({ code: 'E_FOLDER_LOST', exitStatus: 4 });
    await lock.release();
    expect(await readdir(folder)).toEqual(['run.lock']);
  });

  it('does not keep its process alive', async () => {
    const other = await startOther();
    await other.lock(folder, { beatMs: BEAT_MS });
    await other.disconnect();
    expect(await readdir(folder)).toEqual(['run.lock']);
  });
});

describe.skipIf(!HAS_NAMESPACES)('lockFolder between namespaces', () => {
  it('rejects a running process under another host name, and takes over at once when it was killed', async () => {
    const other = await startOther(OTHER_HOST_NAME);
    expect(await other.lock(folder)).toBe('held');
    expect(await readFile(join(folder, 'run.lock'), 'utf8')).toContain('"host":"other-host"');
    await expect(lockFolder(folder)).rejects.toThrow('is running in this folder');
    await other.kill();
    await expect.poll(() => lockFolder(folder).then((lock) => lock.release())).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  it('rejects a process of another PID namespace, with or without takeOver, while it renews its lock', async () => {
    const other = await startOther(OTHER_PID_NAMESPACE);
    expect(await other.lock(folder, { beatMs: BEAT_MS })).toBe('held');
    await expect(lockFolder(folder)).rejects.toThrow('another container on this machine');
    // Watched for as long as a lock that is renewed every ten seconds.
    await expect(lockFolder(folder, { takeOver: true, beatMs: 10_000 })).rejects.toThrow('it renewed its lock');
    expect(await other.check()).toBe('held');
    await other.unlock();
    await (await lockFolder(folder)).release();
  });

  it('is taken over from a killed process of another PID namespace with takeOver', async () => {
    const other = await startOther(OTHER_PID_NAMESPACE);
    await other.lock(folder, { beatMs: BEAT_MS });
    await other.kill();
    await expect(lockFolder(folder)).rejects.toThrow('may be running');
    const lock = await lockFolder(folder, FAST);
    // The next one sees a living process, and not only the killed one in front of it.
    expect(await (await startOther()).lock(folder)).toMatch('E_RUN_FOLDER');
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is lost by a process that was stopped, declared gone, and continues', async () => {
    const other = await startOther(OTHER_PID_NAMESPACE);
    await other.lock(folder, { beatMs: BEAT_MS });
    await other.signal('SIGSTOP');
    const lock = await lockFolder(folder, FAST);
    await other.signal('SIGCONT');
    expect(await other.check()).toMatch(/^E_FOLDER_LOST: .*process \d+, has taken this folder over$/);
    await other.unlock();
    await lock.verify();
    // It left its file, so that nobody takes the place in front of ours.
    expect(await readdir(folder)).toEqual(['run.lock', 'run.lock.1']);
    expect(await (await startOther()).lock(folder)).toMatch('E_RUN_FOLDER');
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });
});
