import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Completion } from '../core/completion.ts';
import { UsageError } from '../core/errors.ts';
import type { Trial } from '../core/trial.ts';
import { lmdbEntries, lmdbFault } from '../io/lmdb-file.ts';
import { openPrivateFolder } from '../io/private-folder.ts';
import { sealOf } from '../io/sealed-line.ts';
import { isTemporary, removeAbandonedFiles } from '../io/temporary.ts';
import { isBrokenStore, openStore, type TextStore } from '../io/text-store.ts';
import type { AnswerStore } from './answer-store.ts';
import { CACHE_FILES, CACHE_FORMAT, markAsCache, prunedBefore } from './cache-folder.ts';
import { RequestKeys } from './request-key.ts';
import { readStoredAnswer, storedAnswer } from './stored-answer.ts';

const FILE_NAMES: ReadonlySet<string> = new Set(Object.values(CACHE_FILES));

/** Answers that arrive within this many milliseconds are stored together. */
const STORE_AFTER_MS = 100;

/** Number of answers of a broken file that are stored together. */
const SAVED_AT_ONCE = 500;

/**
 * Answers by request: an answer found here is not paid for again. Several processes may share the cache. If it fails in
 * the middle of a run, that is reported and the run continues without it. If it is emptied, later answers are stored.
 */
export class ResponseCache implements AnswerStore {
  readonly #folder: string;
  #store: TextStore;
  /** While its files are opened again. */
  #reopening: Promise<void> | null = null;
  #wasReplaced = false;
  readonly #onWarning: (text: string) => void;
  readonly #keys = new RequestKeys();
  #pending = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #damaged = 0;
  #isReadable = true;
  #isWritable = true;
  #isBroken = false;

  private constructor(folder: string, onWarning: (text: string) => void) {
    this.#folder = folder;
    this.#onWarning = onWarning;
    this.#store = this.#open();
  }

  /**
   * Opens the cache of a folder, and creates it if there is none. A broken one is moved aside.
   * @param onWarning called if that happened, and for later faults
   * @returns null if there is no disk space for one
   * @throws UsageError if the folder cannot be used
   */
  static open(folder: string, onWarning: (text: string) => void): ResponseCache | null {
    try {
      return new ResponseCache(folder, onWarning);
    } catch (cause) {
      if (!isWithoutRoom(cause)) throw cause instanceof UsageError ? cause : unusable(folder, reasonOf(cause));
      onWarning(`${folder}: the response cache cannot be written to (${reasonOf(cause)}); the run does without`);
      return null;
    }
  }

  /** The key of a request. @param endpoint the provider's identity */
  key(endpoint: string, trial: Trial): string {
    return this.#keys.of(endpoint, trial);
  }

  /** The stored answer; null if there is none. */
  get(key: string): Completion | null {
    const text = this.#pending.get(key) ?? this.#read(key);
    if (text === undefined) return null;
    const answer = readStoredAnswer(key, text);
    if (answer === null) this.#noteDamaged();
    return answer?.completion ?? null;
  }

  /** Stores an answer a little later: losing one in a crash costs a call, not a result. */
  put(key: string, completion: Completion, at: string): void {
    if (!this.#isWritable) return;
    this.#pending.set(key, storedAnswer(key, completion, at));
    this.#timer ??= setTimeout(() => this.#write(), STORE_AFTER_MS);
  }

  /** Writes pending answers and closes. A broken cache is moved aside. */
  async close(): Promise<void> {
    this.#write();
    while (this.#reopening !== null) await this.#reopening;
    if (this.#damaged > 1) this.#warn(`had ${this.#damaged} damaged answers; they are requested again`);
    try {
      // Another process may have moved it already, and begun a new one.
      const isOurs = this.#store.isInPlace();
      await this.#store.close();
      if (this.#isBroken && isOurs) moveAside(this.#folder);
    } catch (cause) {
      this.#warn(`could not be closed: ${reasonOf(cause)}`);
    }
  }

  /** The first fault is reported at once, all of them together at the end. */
  #noteDamaged(): void {
    this.#damaged += 1;
    if (this.#damaged === 1) this.#warn('has a damaged answer, which is not used: its request is made again');
  }

  #open(): TextStore {
    prepareFolder(this.#folder, this.#onWarning);
    const broken = moveBrokenAside(this.#folder);
    const store = openStore(this.#folder);
    if (broken !== null) {
      this.#onWarning(`${broken.what}, and ${this.#save(store, broken.path)} answers were saved from it`);
    }
    return store;
  }

  /** Stores the sound entries of a broken file. @returns how many answers the cache then has */
  #save(store: TextStore, path: string): number {
    const keys = new Set<string>();
    for (const batch of savedAnswers(path, prunedBefore(this.#folder))) {
      store.put(batch);
      for (const key of batch.keys()) keys.add(key);
    }
    return keys.size;
  }

  #read(key: string): string | undefined {
    if (!this.#isReadable || this.#reopening !== null) return undefined;
    try {
      return this.#store.get(key);
    } catch (cause) {
      this.#isReadable = false;
      this.#failed('cannot be read', cause);
      return undefined;
    }
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const entries = this.#pending;
    if (entries.size === 0 || this.#reopening !== null) return;
    try {
      // Written to files that were removed, they would be lost without a word.
      const isStored = this.#store.isInPlace() && this.#putAll(entries);
      if (isStored) this.#pending = new Map();
      else this.#reopening = this.#reopen();
    } catch (cause) {
      this.#pending = new Map();
      this.#failed('cannot be written to', cause);
    }
  }

  /** @returns false if the files were removed meanwhile */
  #putAll(entries: ReadonlyMap<string, string>): boolean {
    this.#store.put(entries);
    return this.#store.isInPlace();
  }

  async #reopen(): Promise<void> {
    if (!this.#wasReplaced) this.#warn('was emptied or replaced during this run; only later answers are stored in it');
    this.#wasReplaced = true;
    try {
      await this.#store.close();
      this.#store = this.#open();
    } catch (cause) {
      this.#isReadable = false;
      this.#pending = new Map();
      this.#failed('cannot be opened again', cause);
    } finally {
      this.#reopening = null;
    }
    this.#write();
  }

  /** A broken cache must not be written to either. */
  #failed(what: string, cause: unknown): void {
    this.#isWritable = false;
    this.#isBroken ||= isBrokenStore(cause);
    const then = this.#isBroken ? `it is moved to ${CACHE_FILES.broken} when the run ends` : 'the run does without';
    this.#warn(`${what} (${reasonOf(cause)}); ${then}`);
  }

  #warn(text: string): void {
    this.#onWarning(`${this.#folder}: the response cache ${text}`);
  }
}

function prepareFolder(folder: string, onWarning: (text: string) => void): void {
  const marker = join(folder, CACHE_FILES.format);
  const notice = openPrivateFolder(folder, (name) => isTemporary(name) || FILE_NAMES.has(name));
  if (notice !== null) onWarning(notice);
  removeAbandonedFiles(folder);
  if (!existsSync(marker) && !existsSync(join(folder, CACHE_FILES.data))) {
    markAsCache(folder);
  }
  if (!existsSync(marker)) throw unusable(folder, `its ${CACHE_FILES.data} is not a promptgrid cache`);
  if (readFileSync(marker, 'utf8') !== CACHE_FORMAT) throw unusable(folder, 'it has another format');
}

/** True if the disk, a quota or a process limit leaves no space. */
function isWithoutRoom(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}

function unusable(folder: string, reason: string): UsageError {
  return new UsageError(`${folder}: cannot be used as a response cache: ${reason}`, {
    hint: 'name another folder with --cache, empty it with promptgrid cache clear, or go without: --no-cache',
  });
}

interface Broken {
  /** Its current path. */
  readonly path: string;
  /** The message about it. */
  readonly what: string;
}

/** @returns null if the cache is sound */
function moveBrokenAside(folder: string): Broken | null {
  const path = join(folder, CACHE_FILES.data);
  const fault = lmdbFault(path);
  if (fault === null) return null;
  const aside = moveAside(folder);
  return { path: aside, what: `${path}: the response cache is broken (${fault}); it was moved to ${aside}` };
}

/**
 * Answers of a broken file with valid checksums, some at a time. Pages that are not used any more are read as well: of
 * several answers to a request the newest counts, and none from before a time.
 * @param since ISO 8601; empty if none were removed
 */
function* savedAnswers(path: string, since: string): Generator<ReadonlyMap<string, string>> {
  const newest = new Map<string, string>();
  let batch = new Map<string, string>();
  for (const { key, value } of lmdbEntries(path)) {
    const at = sealOf(value, key) === 'sound' ? readStoredAnswer(key, value)?.at : undefined;
    if (at === undefined || at < since || at < (newest.get(key) ?? '')) continue;
    newest.set(key, at);
    batch.set(key, value);
    if (batch.size < SAVED_AT_ONCE) continue;
    yield batch;
    batch = new Map();
  }
  yield batch;
}

/** The lock file is moved too, because it belongs to the moved file. @returns the current path */
function moveAside(folder: string): string {
  const aside = join(folder, CACHE_FILES.broken);
  renameSync(join(folder, CACHE_FILES.data), aside);
  rmSync(join(folder, CACHE_FILES.lock), { force: true });
  return aside;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
