import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Completion } from '../core/completion.ts';
import { shortDigest } from '../core/digest.ts';
import { UsageError } from '../core/errors.ts';
import { canonicalJson } from '../core/json.ts';
import type { Trial } from '../core/trial.ts';
import type { Variant } from '../core/variant.ts';
import { lmdbFault } from '../io/lmdb-file.ts';
import { CACHE_FILES, CACHE_FORMAT } from './cache-folder.ts';
import { type CacheStore, openStore } from './cache-store.ts';
import { readStoredAnswer, storedAnswer } from './completion-record.ts';

/** Answers kept by what was asked: an answer that is here is not paid for again. Several processes may share it. */
export class ResponseCache {
  readonly #store: CacheStore;
  readonly #requestKeys = new WeakMap<Variant, string>();

  private constructor(store: CacheStore) {
    this.#store = store;
  }

  /**
   * Opens the cache of a folder, and makes it where there is none. A broken one is moved aside.
   * @param onWarning told where that was done
   * @throws UsageError where the folder holds something else
   */
  static open(folder: string, onWarning: (text: string) => void): ResponseCache {
    prepareFolder(folder);
    moveBrokenAside(folder, onWarning);
    return new ResponseCache(openStore(folder));
  }

  /** The key of a request: endpoint, model, temperature, parameters, messages and which repeat it is. */
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
    const text = this.#store.get(key);
    return text === undefined ? null : (readStoredAnswer(text)?.completion ?? null);
  }

  /** Stores an answer. Returns at once: losing one to a crash costs a call, not a result. */
  put(key: string, completion: Completion, at: string): void {
    this.#store.put(key, storedAnswer(completion, at));
  }

  /** Writes what is pending and closes. */
  async close(): Promise<void> {
    await this.#store.close();
  }
}

function prepareFolder(folder: string): void {
  const marker = join(folder, CACHE_FILES.format);
  try {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(marker) && !existsSync(join(folder, CACHE_FILES.data))) writeFileSync(marker, CACHE_FORMAT);
    if (readFileSync(marker, 'utf8') === CACHE_FORMAT) return;
  } catch (cause) {
    throw unusable(folder, cause instanceof Error ? cause.message : String(cause));
  }
  throw unusable(folder, 'it has another format');
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
  const aside = join(folder, CACHE_FILES.broken);
  renameSync(path, aside);
  onWarning(`${path}: the response cache is broken (${fault}); it was moved to ${aside}, and a new one is begun`);
}
