import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Completion } from '../core/completion.ts';
import { shortDigest } from '../core/digest.ts';
import { UsageError } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
import type { Trial } from '../core/trial.ts';
import type { Variant } from '../core/variant.ts';
import { lmdbFault } from '../io/lmdb-file.ts';
import { CACHE_FILES, CACHE_FORMAT } from './cache-folder.ts';
import { readStoredAnswer, storedAnswer } from './completion-record.ts';
import { isBrokenStore, openStore, type TextStore } from './text-store.ts';

/** Answers that come within so many milliseconds are stored together. */
const STORE_AFTER_MS = 100;

/**
 * Answers kept by what was asked: an answer that is here is not paid for again. Several processes may share it.
 * A cache that fails in the middle of a run is told of and left alone; the run does without.
 */
export class ResponseCache {
  readonly #folder: string;
  readonly #store: TextStore;
  readonly #onWarning: (text: string) => void;
  readonly #requestKeys = new WeakMap<Variant, string>();
  #pending = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #isReadable = true;
  #isWritable = true;
  #isBroken = false;

  private constructor(folder: string, onWarning: (text: string) => void) {
    this.#folder = folder;
    this.#onWarning = onWarning;
    this.#store = openStore(folder);
  }

  /**
   * Opens the cache of a folder, and makes it where there is none. A broken one is moved aside.
   * @param onWarning told where that was done, and of faults later on
   * @returns null where there is no room for one
   * @throws UsageError where the folder cannot be used
   */
  static open(folder: string, onWarning: (text: string) => void): ResponseCache | null {
    try {
      prepareFolder(folder);
      moveBrokenAside(folder, onWarning);
      return new ResponseCache(folder, onWarning);
    } catch (cause) {
      if (!isWithoutRoom(cause)) throw cause instanceof UsageError ? cause : unusable(folder, reasonOf(cause));
      onWarning(`${folder}: the response cache cannot be written to (${reasonOf(cause)}); the run does without`);
      return null;
    }
  }

  /**
   * The key of a request: endpoint, model, temperature, parameters, messages and which repeat it is.
   * @param endpoint the provider's identity
   */
  key(endpoint: string, { variant, messagesDigest, repeat }: Trial): string {
    let request = this.#requestKeys.get(variant);
    if (request === undefined) {
      const { model, temperature, params } = variant;
      request = shortDigest(canonicalJson({ endpoint, model: model.model, temperature, params }));
      this.#requestKeys.set(variant, request);
    }
    return `${request}${messagesDigest}${repeat}`;
  }

  /** The stored answer; null where there is none. */
  get(key: string): Completion | null {
    const text = this.#pending.get(key) ?? this.#read(key);
    return text === undefined ? null : (readStoredAnswer(text)?.completion ?? null);
  }

  /** Stores an answer a little later: losing one to a crash costs a call, not a result. */
  put(key: string, completion: Completion, at: string): void {
    if (!this.#isWritable) return;
    this.#pending.set(key, storedAnswer(completion, at));
    this.#timer ??= setTimeout(() => this.#write(), STORE_AFTER_MS);
  }

  /** Writes what is pending and closes. A broken cache is moved aside. */
  async close(): Promise<void> {
    this.#write();
    try {
      await this.#store.close();
      if (this.#isBroken) moveAside(this.#folder);
    } catch (cause) {
      this.#warn(`could not be closed: ${reasonOf(cause)}`);
    }
  }

  #read(key: string): string | undefined {
    if (!this.#isReadable) return undefined;
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
    this.#pending = new Map();
    if (entries.size === 0) return;
    try {
      this.#store.put(entries);
    } catch (cause) {
      this.#failed('cannot be written to', cause);
    }
  }

  /** What is broken must not be written to either. */
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

function prepareFolder(folder: string): void {
  const marker = join(folder, CACHE_FILES.format);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(marker) && !existsSync(join(folder, CACHE_FILES.data))) {
    // Another process may look at any moment: it must find all of the text or no file.
    const draft = `${marker}.${process.pid}.tmp`;
    writeFileSync(draft, CACHE_FORMAT);
    renameSync(draft, marker);
  }
  if (!existsSync(marker)) throw unusable(folder, `its ${CACHE_FILES.data} is no cache of ours`);
  if (readFileSync(marker, 'utf8') !== CACHE_FORMAT) throw unusable(folder, 'it has another format');
}

/** True where the disk, a quota or a limit of the process leaves no room. */
function isWithoutRoom(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}

function unusable(folder: string, reason: string): UsageError {
  return new UsageError(`${folder}: cannot be used as a response cache: ${reason}`, {
    hint: 'name another folder with --cache, empty it with promptgrid cache clear, or go without: --no-cache',
  });
}

function moveBrokenAside(folder: string, onWarning: (text: string) => void): void {
  const path = join(folder, CACHE_FILES.data);
  const fault = lmdbFault(path);
  if (fault === null) return;
  const aside = moveAside(folder);
  onWarning(`${path}: the response cache is broken (${fault}); it was moved to ${aside}, and a new one is begun`);
}

/** The lock file goes too, for it speaks of the file that was moved. @returns where that is now */
function moveAside(folder: string): string {
  const aside = join(folder, CACHE_FILES.broken);
  renameSync(join(folder, CACHE_FILES.data), aside);
  rmSync(join(folder, CACHE_FILES.lock), { force: true });
  return aside;
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
