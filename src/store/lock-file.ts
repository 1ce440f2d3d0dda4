import { link, open, stat, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { RunFolderError } from '../core/errors.ts';
import { isJsonObject, parseJson, textOr, textsOf } from '../core/json.ts';
import { type Owner, parseOwner } from '../io/process-owner.ts';
import { temporaryPath } from '../io/temporary.ts';

/** Content of a lock file. */
export interface LockRecord {
  readonly owner: Owner;
  /** Unique token of this lock; empty in files of earlier versions. */
  readonly token: string;
  /** Tokens of earlier locks whose owners are not visible and were declared gone. */
  readonly tookOver: readonly string[];
}

/** A lock file as it was found. */
export interface SeenLock {
  readonly text: string;
  /** null if the file is damaged. */
  readonly record: LockRecord | null;
  /** Last heartbeat of its owner, by the clock of the folder: milliseconds since 1970. */
  readonly beatMs: number;
}

/** Gives a file a second name, and fails if that name exists; a parameter, because some file systems lack it. */
export type Link = (from: string, to: string) => Promise<void>;

/** A file without content is being written, or its writer died: it gets this many milliseconds to become complete. */
const HALF_WRITTEN_MS = 1000;
const LOOK_EVERY_MS = 50;

/** Result of an attempt to create a lock file. */
interface Claim {
  readonly isMade: boolean;
  /** The time by the clock of the folder, in milliseconds since 1970. */
  readonly nowMs: number;
}

/**
 * Creates the file completely or not at all: written elsewhere, then linked to its name, which fails if the name is
 * taken. If the file system has no links, it is created exclusively under its name.
 * @throws RunFolderError if that took so long that others may have considered the file dead
 */
export async function claim(path: string, record: LockRecord, linkFile: Link = link): Promise<Claim> {
  const text = textOf(record);
  const draft = temporaryPath(path);
  await writeFile(draft, text);
  try {
    const { mtimeMs: nowMs } = await stat(draft);
    const isLinked = await tryLink(draft, path, linkFile);
    return { isMade: isLinked ?? (await create(path, text)), nowMs };
  } finally {
    await remove(draft);
  }
}

/** @returns false if the name is taken, null if the file system has no links */
async function tryLink(draft: string, path: string, linkFile: Link): Promise<boolean | null> {
  try {
    await linkFile(draft, path);
    return true;
  } catch (error) {
    return isCode(error, 'EEXIST') ? false : null;
  }
}

async function create(path: string, text: string): Promise<boolean> {
  const startedMs = performance.now();
  try {
    await writeFile(path, text, { flag: 'wx', flush: true });
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
  if (performance.now() - startedMs < HALF_WRITTEN_MS / 2) return true;
  // An empty file has no owner; without the file another process could take the position before its new owner.
  await writeFile(path, '');
  throw new RunFolderError(`${path}: could not be written in time`, { hint: 'run the same command again' });
}

/** @returns undefined if there is none; waits a moment for one that may be incomplete */
export async function readWholeLock(path: string): Promise<SeenLock | undefined> {
  const deadlineMs = performance.now() + HALF_WRITTEN_MS;
  for (;;) {
    const seen = await readLock(path);
    if (seen === undefined || seen.record !== null || performance.now() > deadlineMs) return seen;
    await delay(LOOK_EVERY_MS);
  }
}

/** @returns undefined if there is none */
export async function readLock(path: string): Promise<SeenLock | undefined> {
  try {
    // Opened each time: on network file systems only that shows changes by other machines.
    const file = await open(path, 'r');
    try {
      const text = await file.readFile('utf8');
      const { mtimeMs: beatMs } = await file.stat();
      return { text, record: parseRecord(text), beatMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Heartbeat: writes the last byte once more, which changes only the file's time.
 * @returns false if the file is gone or belongs to another owner
 */
export async function beat(path: string, { token }: LockRecord): Promise<boolean> {
  try {
    const file = await open(path, 'r+');
    try {
      const text = await file.readFile('utf8');
      if (parseRecord(text)?.token !== token) return false;
      await file.write('\n', Buffer.byteLength(text) - 1);
      return true;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Removes a file if it exists. */
export async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

function textOf({ owner, token, tookOver }: LockRecord): string {
  const { pid, host, started, boot, pidNamespace } = owner;
  return `${JSON.stringify({ pid, host, started, boot, pidNamespace, token, tookOver })}\n`;
}

function parseRecord(text: string): LockRecord | null {
  const value = parseJson(text);
  const owner = parseOwner(value);
  if (owner === null || !isJsonObject(value)) return null;
  const { token, tookOver } = value;
  return {
    owner,
    token: textOr(token, ''),
    tookOver: textsOf(tookOver),
  };
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
