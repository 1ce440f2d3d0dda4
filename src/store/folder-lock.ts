import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FolderLostError } from '../core/errors.ts';
import { type Owner, ownerOf, stateOf } from '../io/process-owner.ts';
import { type Fence, LOST_HINT } from './fence.ts';
import {
  beat,
  claim,
  type Link,
  type LockRecord,
  readLock,
  readWholeLock,
  remove,
  type SeenLock,
} from './lock-file.ts';
import { describePlace, inUse, maybeInUse, stillInUse } from './lock-refusal.ts';

const LOCK_NAME = 'run.lock';

/** Heartbeat interval of the owner, in milliseconds. */
const BEAT_MS = 5000;
/** An owner that is not visible is watched for this many of its heartbeats before its lock is taken over. */
const WATCHED_BEATS = 3;

/** Options of a folder lock. */
export interface LockSettings {
  /** True if the user says that an owner that is not visible from here is gone; default false. */
  readonly takeOver?: boolean | undefined;
  /** Called before an owner is watched, which takes a while. @param owner who that is @param watchMs for how long */
  readonly onWatch?: ((owner: string, watchMs: number) => void) | undefined;
  /** Default 5000. */
  readonly beatMs?: number | undefined;
  readonly link?: Link | undefined;
}

/**
 * Locks the folder for this process. A killed owner leaves its lock file behind. A dead owner's file cannot be replaced
 * safely, because another process may have replaced it since it was read. The next owner therefore adds a file after it
 * (`run.lock.1`, …), and removes all of them, starting with the first, when it is done.
 *
 * An owner in this PID namespace is dead when its process is. For any other owner (another machine, another container)
 * nothing here shows whether it runs: its lock is taken over only with `takeOver`, and only if it did not change
 * meanwhile.
 * @throws RunFolderError if another process is, or may be, working in the folder
 */
export async function lockFolder(folder: string, settings: LockSettings = {}): Promise<FolderLock> {
  for (;;) {
    const taken = await takePlace(folder, settings);
    if (await isFirstAlive(folder, taken)) return new FolderLock(folder, taken, settings.beatMs ?? BEAT_MS);
    // An owner removed its files while we went through them.
    await remove(lockPath(folder, taken.place));
  }
}

/** A position in the series of a folder's lock files. */
interface Taken {
  readonly place: number;
  readonly record: LockRecord;
  /** The texts of the files before it, whose owners are gone. */
  readonly passed: readonly string[];
}

/** The name of a lock file in its folder. @param place in the series, from 0 */
export function lockName(place: number): string {
  return place === 0 ? LOCK_NAME : `${LOCK_NAME}.${place}`;
}

function lockPath(folder: string, place: number): string {
  return join(folder, lockName(place));
}

/** Takes the first free position after those of owners that are gone. */
async function takePlace(folder: string, settings: LockSettings): Promise<Taken> {
  const [owner, token] = [ownerOf(process.pid), randomUUID()];
  const passed: string[] = [];
  const tookOver: string[] = [];
  for (;;) {
    const place = passed.length;
    const path = lockPath(folder, place);
    const record = { owner, token, tookOver: [...tookOver] };
    const { isMade, nowMs } = await claim(path, record, settings.link);
    if (isMade) return { place, record, passed };
    const holder = await readWholeLock(path);
    // Released meanwhile: the position is free again.
    if (holder === undefined) continue;
    // A network file system may repeat our request after it has already succeeded, and reject the repeat.
    if (holder.record?.token === token) return { place, record, passed };
    const unseen = await passBy({ folder, path, holder, nowMs }, settings);
    if (unseen !== null) tookOver.push(unseen.token);
    passed.push(holder.text);
  }
}

interface Met {
  readonly folder: string;
  readonly path: string;
  readonly holder: SeenLock;
  /** By the clock of the folder. */
  readonly nowMs: number;
}

/** @returns the lock if it is taken over, null if its owner is dead. @throws RunFolderError for any other owner */
async function passBy({ folder, path, holder, nowMs }: Met, settings: LockSettings): Promise<LockRecord | null> {
  const { record, beatMs: lastMs } = holder;
  if (record === null) return null;
  const { owner } = record;
  const state = stateOf(owner);
  switch (state) {
    case 'dead':
      return null;
    case 'alive':
      throw inUse(folder, owner);
    case 'unseen': {
      if (settings.takeOver !== true) throw maybeInUse(folder, owner, nowMs - lastMs);
      const watchMs = (settings.beatMs ?? BEAT_MS) * WATCHED_BEATS;
      settings.onWatch?.(describePlace(owner), watchMs);
      if (await isChanging(path, holder, watchMs)) throw stillInUse(folder, owner, watchMs);
      return record;
    }
  }
}

/** Clocks of machines differ: only a change of the file proves that its owner works. False if it was released. */
async function isChanging(path: string, first: SeenLock, watchMs: number): Promise<boolean> {
  const deadlineMs = performance.now() + watchMs;
  while (performance.now() < deadlineMs) {
    await delay(watchMs / 15);
    const now = await readLock(path);
    if (now === undefined) return false;
    if (now.text !== first.text || now.beatMs !== first.beatMs) return true;
  }
  return false;
}

/** True if every earlier position is unchanged: no other process can have come in between. */
async function isFirstAlive(folder: string, { place, passed }: Taken): Promise<boolean> {
  for (const [before, text] of passed.entries()) {
    if ((await readLock(lockPath(folder, before)))?.text !== text) return false;
  }
  const next = await readLock(lockPath(folder, place + 1));
  if (next === undefined || next.record === null || next.record.tookOver.length === 0) return true;
  // The lock before it was taken over, but its owner was alive and has removed it.
  if (stateOf(next.record.owner) === 'dead') return true;
  await remove(lockPath(folder, place));
  throw inUse(folder, next.record.owner);
}

/** A folder that this process holds; sends heartbeats, and notices when the folder is lost. */
export class FolderLock implements Fence {
  readonly #folder: string;
  readonly #taken: Taken;
  readonly #beatMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: ((error: FolderLostError) => void)[] = [];
  #loss: FolderLostError | null = null;
  #beating: Promise<void> | null = null;
  /** By the wall clock, which continues while a machine sleeps. */
  #lastBeat = Date.now();

  constructor(folder: string, taken: Taken, beatMs: number) {
    this.#folder = folder;
    this.#taken = taken;
    this.#beatMs = beatMs;
    this.#timer = setInterval(() => void this.verify().catch(() => undefined), beatMs).unref();
  }

  /** Called once, when another process is found to hold the folder. */
  onLost(listener: (error: FolderLostError) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * After a pause (a stopped process, a sleeping machine) another process may hold the folder, so it is read before a
   * write.
   */
  check(): Promise<void> | null {
    const sinceMs = Date.now() - this.#lastBeat;
    const isFresh = this.#loss === null && sinceMs >= 0 && sinceMs < 2 * this.#beatMs;
    return isFresh ? null : this.verify();
  }

  /** Checks whether the folder is still ours. @throws FolderLostError if it is not */
  async verify(): Promise<void> {
    if (this.#loss === null) {
      this.#beating ??= this.#beat().finally(() => {
        this.#beating = null;
      });
      await this.#beating;
    }
    if (this.#loss !== null) throw this.#loss;
  }

  /** Releases the folder; a lost folder is left to its new owner. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    const isOurs = await this.verify().then(
      () => true,
      () => false,
    );
    if (!isOurs) return;
    // Our own file is removed last: until then no process can claim a position that we still have to remove.
    for (let each = 0; each <= this.#taken.place; each++) await remove(lockPath(this.#folder, each));
    this.#loss = lost(this.#folder, null);
  }

  async #beat(): Promise<void> {
    const { place, record } = this.#taken;
    const isOurs = await beat(lockPath(this.#folder, place), record);
    const heir = await this.#heir();
    if (!isOurs || heir !== null) {
      this.#loss = lost(this.#folder, heir);
      clearInterval(this.#timer);
      for (const listener of this.#listeners) listener(this.#loss);
    }
    this.#lastBeat = Date.now();
  }

  /** The process that has taken over this lock; null if none has. */
  async #heir(): Promise<Owner | null> {
    const { place, record } = this.#taken;
    for (let next = place + 1; ; next++) {
      const seen = await readLock(lockPath(this.#folder, next));
      if (seen === undefined) return null;
      if (seen.record?.tookOver.includes(record.token) === true) return seen.record.owner;
    }
  }
}

function lost(folder: string, heir: Owner | null): FolderLostError {
  const what =
    heir === null
      ? 'the lock of this run is gone or replaced'
      : `${describePlace(heir)}, process ${heir.pid}, has taken this folder over`;
  return new FolderLostError(`${folder}: ${what}`, { hint: LOST_HINT });
}
