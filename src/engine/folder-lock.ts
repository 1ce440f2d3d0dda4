import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolderError } from '../core/errors.ts';
import { isJsonObject, parseJson } from '../core/json.ts';
import { isAlive, type Owner, ownerOf } from './process-owner.ts';

const LOCK_NAME = 'run.lock';

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

function inUse(folder: string, { pid }: Owner): RunFolderError {
  return new RunFolderError(`${folder}: process ${pid} is running in this folder`, {
    hint: 'wait until it has ended, or choose another folder with --out',
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
