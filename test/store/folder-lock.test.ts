import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunFolderError } from '../../src/core/errors.ts';
import { type FolderLock, lockFolder } from '../../src/store/folder-lock.ts';
import { LockHolder } from './lock-holder.ts';
import { type LockPlace, lockPlace } from './lock-place.ts';

let folder: LockPlace['folder'];
let startOther: LockPlace['startOther'];
let writeLock: LockPlace['writeLock'];
beforeEach(async ({ onTestFinished }) => {
  ({ folder, startOther, writeLock } = await lockPlace({ onTestFinished }));
});

describe('lockFolder', () => {
  it('rejects a folder that another process holds, and names the process', async () => {
    const other = await startOther();
    expect(await other.lock(folder)).toBe('held');
    await expect(lockFolder(folder)).rejects.toThrow(RunFolderError);
    await expect(lockFolder(folder)).rejects.toThrow(`${folder}: process ${other.pid} is running in this folder`);
    expect(await readdir(folder)).toEqual(['run.lock']);
  });

  it('rejects other processes while we hold it', async () => {
    await lockFolder(folder);
    const other = await startOther();
    expect(await other.lock(folder)).toMatch(`E_RUN_FOLDER: ${folder}: process ${process.pid} is running`);
  });

  it('rejects a second lock within the same process', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(RunFolderError);
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it('can be locked again after release, and leaves nothing behind', async () => {
    const other = await startOther();
    expect(await other.lock(folder)).toBe('held');
    await other.unlock();
    expect(await readdir(folder)).toEqual([]);
    const lock = await lockFolder(folder);
    await lock.release();
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not release a lock that another process has taken since', async () => {
    const lock = await lockFolder(folder);
    await rm(join(folder, 'run.lock'));
    const other = await startOther();
    expect(await other.lock(folder)).toBe('held');
    await lock.release();
    await expect(lockFolder(folder)).rejects.toThrow(`process ${other.pid}`);
  });

  it('takes over from a process that was killed', async () => {
    const other = await startOther();
    expect(await other.lock(folder)).toBe('held');
    await other.kill();
    const lock = await lockFolder(folder);
    expect(await (await startOther()).lock(folder)).toMatch('E_RUN_FOLDER');
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(process.platform !== 'linux')('takes over from a process that was killed and not reaped', async () => {
    const { pid, endParent } = await zombieWithLock();
    try {
      expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
      await (await lockFolder(folder)).release();
    } finally {
      endParent();
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'takes over from a dead process whose process id is in use again',
    async () => {
      await writeLock({ pid: process.pid, host: hostname(), started: '1' });
      await (await lockFolder(folder)).release();
    },
  );

  it('trusts a living process if the system does not report its start time', async () => {
    await writeLock({ pid: process.pid, host: hostname(), started: null });
    await expect(lockFolder(folder)).rejects.toThrow(RunFolderError);
  });

  // Each waits two seconds, since a damaged file may be one that is still being written.
  it.concurrent.for([
    ['empty', ''],
    ['cut off', '{"pid":1,"ho'],
    ['no owner', '{"pid":"1"}'],
    ['no process', JSON.stringify({ pid: 0, host: hostname() })],
    ['null', 'null'],
    ['bytes', '\u0000\u0000\u0000'],
  ] as const)('takes over a lock file that is damaged: %s', async ([, text], { onTestFinished }) => {
    const { folder: own } = await lockPlace({ onTestFinished });
    await writeFile(join(own, 'run.lock'), text);
    const lock = await lockFolder(own);
    await expect(lockFolder(own)).rejects.toThrow(RunFolderError);
    await lock.release();
    expect(await readdir(own)).toEqual([]);
  });

  it('is granted to exactly one of several simultaneous attempts within a process', async () => {
    for (let round = 0; round < 10; round++) {
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, (_, index) => lockAfter(index)));
      const locks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      expect(locks).toHaveLength(1);
      for (const reason of reasons) expect(reason).toBeInstanceOf(RunFolderError);
      await locks[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('takes over from several that were killed one after another, and cleans up after all of them', async () => {
    for (let death = 0; death < 3; death++) {
      const other = await startOther();
      expect(await other.lock(folder)).toBe('held');
      await other.kill();
    }
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('excludes others if the file system has no hard links, with the same message', async () => {
    const lock = await lockFolder(folder, { link: withoutLinks });
    const other = await startOther();
    expect(await other.lock(folder, { hasLinks: false })).toMatch(`process ${process.pid} is running`);
    expect(await readdir(folder)).toEqual(['run.lock']);
    await lock.release();
    expect(await other.lock(folder, { hasLinks: false })).toBe('held');
    await other.kill();
    await (await lockFolder(folder, { link: withoutLinks })).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('waits for a lock file that is still being written', async () => {
    const other = await startOther();
    await other.lock(folder);
    const whole = await readFile(join(folder, 'run.lock'), 'utf8');
    await writeFile(join(folder, 'run.lock'), '');
    const refused = expect(lockFolder(folder)).rejects.toThrow(`process ${other.pid} is running`);
    await writeFile(join(folder, 'run.lock'), whole);
    await refused;
  });

  it('reports a missing folder', async () => {
    await expect(lockFolder(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('processes that want a folder at once', () => {
  let racers: readonly LockHolder[] = [];
  beforeAll(async () => {
    racers = await Promise.all(Array.from({ length: 6 }, () => LockHolder.start()));
  });
  afterAll(() => Promise.all(racers.map((racer) => racer.kill())));

  it.each<[string, (at: string) => Promise<void>]>([
    ['is free', () => Promise.resolve()],
    ['was held by a process that was killed', leaveDeadLock],
    ['was held by three processes that were killed', leaveDeadLocks],
    ['is free and has no hard links', () => Promise.resolve()],
  ])('is granted to exactly one of six simultaneous processes if it %s', async (state, prepare) => {
    const hasLinks = !state.includes('no hard links');
    for (let round = 0; round < 30; round++) {
      const contested = await mkdtemp(join(folder, 'race-'));
      await prepare(contested);
      const answers = await Promise.all(racers.map((racer) => racer.lock(contested, { hasLinks })));
      expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
      for (const answer of answers) expect(answer).toMatch(/^(held|E_RUN_FOLDER: .*running in this folder)$/);
      await racers[answers.indexOf('held')]?.unlock();
      expect(await readdir(contested)).toEqual([]);
    }
  });

  it.each<[string, (at: string) => Promise<void>]>([
    ['free', () => Promise.resolve()],
    ['dead', leaveDeadLocks],
    ['free, without hard links', () => Promise.resolve()],
  ])(
    'is never held by two processes while four lock and release it repeatedly, at first %s',
    async (state, prepare) => {
      const hasLinks = !state.includes('without');
      const rivals = racers.slice(0, 4);
      for (let round = 0; round < 20; round++) {
        const contested = await mkdtemp(join(folder, 'contest-'));
        await prepare(contested);
        const outcomes = await Promise.all(
          rivals.map((rival) => rival.compete(contested, { marker: `${contested}-held`, rounds: 4, hasLinks })),
        );
        expect(outcomes).toEqual(['done', 'done', 'done', 'done']);
        expect(await readdir(contested)).toEqual([]);
      }
    },
  );
});

/** As file systems do that have none, such as exFAT and many mounts of virtual machines. */
function withoutLinks(): Promise<void> {
  return Promise.reject(Object.assign(new Error('operation not permitted'), { code: 'EPERM' }));
}

/** Locks the folder when the event loop has turned so often. */
async function lockAfter(turns: number): Promise<FolderLock> {
  for (let turn = 0; turn < turns; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return lockFolder(folder);
}

let deadLock: string | undefined;

/** Leaves the lock of a process that was killed. */
async function leaveDeadLock(at: string): Promise<void> {
  if (deadLock === undefined) {
    const other = await startOther();
    const elsewhere = await mkdtemp(join(folder, 'dead-'));
    await other.lock(elsewhere);
    await other.kill();
    deadLock = await readFile(join(elsewhere, 'run.lock'), 'utf8');
  }
  await writeFile(join(at, 'run.lock'), deadLock);
}

async function leaveDeadLocks(at: string): Promise<void> {
  await leaveDeadLock(at);
  for (const name of ['run.lock.1', 'run.lock.2']) await copyFile(join(at, 'run.lock'), join(at, name));
}

/** A process that holds the lock, was killed, and whose parent does not look after it. */
async function zombieWithLock() {
  const module = new URL('../../dist/modules/store/folder-lock.js', import.meta.url).href;
  const script =
    'await (await import(process.argv[1])).lockFolder(process.argv[2]); console.log(process.pid); setInterval(() => 0, 1e6);';
  const parent = spawn(
    'bash',
    ['-c', '"$@" & exec sleep 60', 'bash', process.execPath, '--input-type=module', '-e', script, module, folder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [output]: unknown[] = await once(parent.stdout, 'data');
  const pid = Number(String(output));
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  return { pid, endParent: () => parent.kill('SIGKILL') };
}
