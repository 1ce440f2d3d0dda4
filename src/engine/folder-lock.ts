import { readFileSync } from 'node:fs';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import { isJsonObject, parseJson } from '../core/json.ts';

const LOCK_NAME = 'run.lock';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start of the process as the kernel tells it; null where it does not. */
  readonly started: string | null;
}

/** Releases a lock. */
export type Unlock = () => Promise<void>;

/**
 * Takes the folder for this process alone. Who was killed leaves a lock file behind, and a dead owner's file cannot be
 * replaced safely: another process may have replaced it since it was looked at. The next owner therefore adds a file
 * behind it (`run.lock.1`, …) and removes them all, from the first on, when it is done.
 * @throws RunFolderError where another process is working in the folder
 */
export async function lockFolder(folder: string): Promise<Unlock> {
  const me = ownerOf(process.pid);
  for (;;) {
    const place = await claimPlace(folder, me);
    if (await isFirstAlive(folder, place)) return () => release(folder, place, me);
    // An owner removed its files while we walked along them.
    await remove(lockPath(folder, place));
  }
}

function lockPath(folder: string, place: number): string {
  return join(folder, place === 0 ? LOCK_NAME : `${LOCK_NAME}.${place}`);
}

/** Takes the first place that is free behind those of dead owners. */
async function claimPlace(folder: string, me: Owner): Promise<number> {
  for (let place = 0; ; place++) {
    const path = lockPath(folder, place);
    if (await claim(folder, path, me)) return place;
    const holder = await readOwner(path);
    if (isAlive(holder)) throw inUse(folder, holder);
  }
}

/** True where every place before this one still belongs to a dead owner: nobody else can have come in between. */
async function isFirstAlive(folder: string, place: number): Promise<boolean> {
  for (let before = 0; before < place; before++) {
    const holder = await readOwner(lockPath(folder, before));
    if (holder === undefined || isAlive(holder)) return false;
  }
  return true;
}

async function release(folder: string, place: number, me: Owner): Promise<void> {
  const holder = await readOwner(lockPath(folder, place)).catch(() => null);
  if (holder?.pid !== me.pid || holder.started !== me.started) return;
  // Our own file is the last to go: until then nobody can claim a place that we are still to remove.
  for (let each = 0; each <= place; each++) await remove(lockPath(folder, each));
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

let drafts = 0;

/** Makes the file whole or not at all: written aside, then linked to its name, which fails where the name is taken. */
async function claim(folder: string, path: string, me: Owner): Promise<boolean> {
  const draft = join(folder, `.${LOCK_NAME}.${me.pid}.${++drafts}.tmp`);
  await writeFile(draft, JSON.stringify(me));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await remove(draft);
  }
}

/** @returns null where the file is damaged, undefined where there is none */
async function readOwner(path: string): Promise<Owner | null | undefined> {
  try {
    const value = parseJson(await readFile(path, 'utf8'));
    const { pid, host, started } = isJsonObject(value) ? value : {};
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0 || typeof host !== 'string') return null;
    return { pid, host, started: typeof started === 'string' ? started : null };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function ownerOf(pid: number): Owner {
  return { pid, host: hostname(), started: processFacts(pid).started };
}

/** A process of another machine cannot be looked at: it counts as dead, since a copied folder brings its lock along. */
function isAlive(holder: Owner | null | undefined): holder is Owner {
  if (holder === null || holder === undefined) return false;
  const { pid, host, started } = holder;
  if (host !== hostname() || !exists(pid)) return false;
  const now = processFacts(pid);
  return now.state !== ZOMBIE && (started === null || now.started === started);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

/** State of a process that has ended, and whose parent (in a container often none that cares) did not ask how. */
const ZOMBIE = 'Z';

interface ProcessFacts {
  readonly state: string | null;
  readonly started: string | null;
}

/** Linux tells when a process began, so that a number used again is not taken for its earlier owner; see proc(5). */
function processFacts(pid: number): ProcessFacts {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? null, started: fields[19] ?? null };
  } catch {
    return { state: null, started: null };
  }
}

function inUse(folder: string, { pid }: Owner): RunFolderError {
  return new RunFolderError(`${folder}: process ${pid} is running in this folder`, {
    hint: 'wait until it has ended, or choose another folder with --out',
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
