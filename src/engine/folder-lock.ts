import { readFileSync } from 'node:fs';
import { link, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';

const LOCK_NAME = 'run.lock';
const TAKEOVER_NAME = 'run.lock.takeover';
/** A takeover is a matter of milliseconds: one older than this was left by a process that died in it. */
const TAKEOVER_MAX_AGE_MS = 10_000;

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start of the process as the kernel tells it; null where it does not. */
  readonly started: string | null;
}

/** Releases a lock. */
export type Unlock = () => Promise<void>;

/**
 * Takes the folder for this process alone. The lock of an owner that is dead is taken over.
 * @throws RunFolderError where another process is working in the folder
 */
export async function lockFolder(folder: string): Promise<Unlock> {
  const path = join(folder, LOCK_NAME);
  const me = owner(process.pid);
  if (!(await claim(folder, LOCK_NAME, me))) await takeOver(folder, me);
  return async () => {
    const holder = await readOwner(path);
    if (holder?.pid === me.pid && holder.host === me.host) await unlink(path).catch(() => undefined);
  };
}

/** Makes the file whole or not at all: written aside, then linked to its name, which fails where the name is taken. */
async function claim(folder: string, name: string, me: Owner): Promise<boolean> {
  const draft = join(folder, `.${name}.${me.pid}.tmp`);
  await writeFile(draft, JSON.stringify(me));
  try {
    await link(draft, join(folder, name));
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
}

/** One process at a time may judge a lock dead and replace it. */
async function takeOver(folder: string, me: Owner): Promise<void> {
  const path = join(folder, LOCK_NAME);
  const takeover = join(folder, TAKEOVER_NAME);
  await removeIfOld(takeover);
  if (!(await claim(folder, TAKEOVER_NAME, me))) throw inUse(folder, await readOwner(takeover));
  try {
    const holder = await readOwner(path);
    if (holder !== null && isAlive(holder)) throw inUse(folder, holder);
    await unlink(path).catch(() => undefined);
    if (!(await claim(folder, LOCK_NAME, me))) throw inUse(folder, await readOwner(path));
  } finally {
    await unlink(takeover).catch(() => undefined);
  }
}

async function removeIfOld(path: string): Promise<void> {
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > TAKEOVER_MAX_AGE_MS) await unlink(path).catch(() => undefined);
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isJsonObject(value)) return null;
    const { pid, host, started } = value;
    if (typeof pid !== 'number' || typeof host !== 'string') return null;
    return { pid, host, started: typeof started === 'string' ? started : null };
  } catch {
    return null;
  }
}

function owner(pid: number): Owner {
  return { pid, host: hostname(), started: processStart(pid) };
}

/** A process of another machine cannot be looked at: it counts as dead, since a copied folder brings its lock along. */
function isAlive({ pid, host, started }: Owner): boolean {
  if (host !== hostname() || !exists(pid)) return false;
  return started === null || processStart(pid) === started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/** Linux tells when a process began, so that a number used again is not taken for its earlier owner; see proc(5). */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function inUse(folder: string, holder: Owner | null): RunFolderError {
  const who = holder === null ? 'another process' : `process ${holder.pid}`;
  return new RunFolderError(`${folder}: ${who} is running in this folder`, {
    hint: 'wait until it has ended, or choose another folder with --out',
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
