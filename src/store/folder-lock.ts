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

/** How often the owner shows that it works, in milliseconds. */
const BEAT_MS = 5000;
/** An owner that cannot be seen is watched for so many of its beats before its lock is taken over. */
const WATCHED_BEATS = 3;

/** How a folder is locked. */
export interface LockSettings {
  /** True where the user says that an owner which cannot be seen from here is gone; default false. */
  readonly takeOver?: boolean | undefined;
  /** Called before an owner is watched, which takes a while. @param owner who that is @param watchMs for how long */
  readonly onWatch?: ((owner: string, watchMs: number) => void) | undefined;
  /** Default 5000. */
  readonly beatMs?: number | undefined;
  readonly link?: Link | undefined;
}

/**
 * Takes the folder for this process alone. A killed owner leaves its lock file behind, and a dead owner's file cannot be
 * replaced safely: another process may have replaced it since it was read. The next owner therefore adds a file
 * behind it (`run.lock.1`, …) and removes them all, from the first on, when it is done.
 *
 * An owner in this PID namespace is dead when its process is. Of any other (another machine, another container) nothing
 * here tells whether it runs: its lock is taken over only with `takeOver`, and only where it did not change meanwhile.
 * @throws RunFolderError where another process is, or may be, working in the folder
 */
export async function lockFolder(folder: string, settings: LockSettings = {}): Promise<FolderLock> {
  for (;;) {
    const taken = await takePlace(folder, settings);
    if (await isFirstAlive(folder, taken)) return new FolderLock(folder, taken, settings.beatMs ?? BEAT_MS);
    // An owner removed its files while we walked along them.
    await remove(lockPath(folder, taken.place));
  }
}

/** A place in the row of a folder's lock files. */
interface Taken {
  readonly place: number;
  readonly record: LockRecord;
  /** The texts of the files before it, whose owners are gone. */
  readonly passed: readonly string[];
}

function lockPath(folder: string, place: number): string {
  return join(folder, place === 0 ? LOCK_NAME : `${LOCK_NAME}.${place}`);
}

/** Takes the first place that is free behind those of owners that are gone. */
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
    // Released since: the place is free again.
    if (holder === undefined) continue;
    // A network file system may repeat a request of ours that it had carried out already, and refuse it.
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

/** @returns the lock where it is taken over, null where its owner is dead. @throws RunFolderError for any other */
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

/** Clocks of machines differ: only a change of the file proves that its owner works. False where it was released. */
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

/** True where every place before this one is as it was: nobody else can have come in between. */
async function isFirstAlive(folder: string, { place, passed }: Taken): Promise<boolean> {
  for (const [before, text] of passed.entries()) {
    if ((await readLock(lockPath(folder, before)))?.text !== text) return false;
  }
  const next = await readLock(lockPath(folder, place + 1));
  if (next === undefined || next.record === null || next.record.tookOver.length === 0) return true;
  // The lock in front of it was taken over, and its owner, not gone at all, has removed it.
  if (stateOf(next.record.owner) === 'dead') return true;
  await remove(lockPath(folder, place));
  throw inUse(folder, next.record.owner);
}

/** A folder that this process holds; shows at intervals that it does, and finds out when that is no longer so. */
export class FolderLock implements Fence {
  readonly #folder: string;
  readonly #taken: Taken;
  readonly #beatMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: ((error: FolderLostError) => void)[] = [];
  #loss: FolderLostError | null = null;
  #beating: Promise<void> | null = null;
  /** By the wall clock, which goes on while a machine sleeps. */
  #lastBeat = Date.now();

  constructor(folder: string, taken: Taken, beatMs: number) {
    this.#folder = folder;
    this.#taken = taken;
    this.#beatMs = beatMs;
    this.#timer = setInterval(() => void this.verify().catch(() => undefined), beatMs).unref();
  }

  /** Called once, when the folder is found to be another process's. */
  onLost(listener: (error: FolderLostError) => void): void {
    this.#listeners.push(listener);
  }

  /** After a pause (a stopped process, a sleeping machine) others may hold the folder: then it is read before a write. */
  check(): Promise<void> | null {
    const sinceMs = Date.now() - this.#lastBeat;
    const isFresh = this.#loss === null && sinceMs >= 0 && sinceMs < 2 * this.#beatMs;
    return isFresh ? null : this.verify();
  }

  /** Reads whether the folder is still ours. @throws FolderLostError where it is not */
  async verify(): Promise<void> {
    if (this.#loss === null) {
      this.#beating ??= this.#beat().finally(() => {
        this.#beating = null;
      });
      await this.#beating;
    }
    if (this.#loss !== null) throw this.#loss;
  }

  /** Gives the folder free; a folder that is lost is left to its new owner. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    const isOurs = await this.verify().then(
      () => true,
      () => false,
    );
    if (!isOurs) return;
    // Our own file is the last to go: until then nobody can claim a place that we are still to remove.
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

  /** Who has taken this lock over; null while nobody has. */
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
