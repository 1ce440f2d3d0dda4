import { readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { shortDigest } from '../core/digest.ts';
import type { Clock } from '../io/clock.ts';
import { lmdbFault } from '../io/lmdb-file.ts';
import { openPrivateFolder } from '../io/private-folder.ts';
import { stateOf } from '../io/process-owner.ts';
import { BOOT_ID } from '../io/processes.ts';
import { removeAbandonedFiles } from '../io/temporary.ts';
import { openStore, type TextStore } from '../io/text-store.ts';
import { newBookUser, OwnRateBooks, type RateBook, type RateBooks } from './rate-book.ts';
import { MINUTE_MS, RatePage, readRatePage } from './rate-page.ts';

/** Where processes of this machine keep their shared counts. */
interface SharedRateSettings {
  /** Folder accessible to this user only; created if missing. */
  readonly folder: string;
  /** Its `elapsedMs` must be the same for all processes of the machine. */
  readonly clock: Clock;
  /** Called with a message if the folder fails: from then on this process counts by itself. */
  readonly onWarning: (text: string) => void;
  /** Length of the windows that limits apply to; default a minute. */
  readonly windowMs?: number;
}

const DATA_FILE = 'data.mdb';
const PREFIX = 'rates-';
const DAY_MS = 86_400_000;
/** Interval in milliseconds for checking whether another process still runs. */
const LOOK_AFTER_MS = 500;

/** Opens the books that all processes of this user on this machine share. Never fails: see `onWarning`. */
export function openSharedRateBooks(settings: SharedRateSettings): RateBooks {
  const { folder, clock, onWarning, windowMs = MINUTE_MS } = settings;
  const own = join(folder, `${PREFIX}${machineId()}`);
  const onFault = (cause: unknown): void => onWarning(describeFault(own, cause));
  try {
    for (const place of [folder, own]) {
      const notice = openPrivateFolder(place, () => true);
      if (notice !== null) onWarning(notice);
    }
    removeAbandonedFiles(own);
    removeOld(folder, own, clock.date().getTime());
    const fault = lmdbFault(join(own, DATA_FILE));
    if (fault !== null) throw new Error(`${DATA_FILE}: ${fault}`);
    const store = openStore(own, { isDurable: BOOT_ID === null });
    return new SharedRateBooks({ store, clock, windowMs, onFault });
  } catch (cause) {
    onFault(cause);
    return new OwnRateBooks(windowMs);
  }
}

interface OpenSettings {
  readonly store: TextStore;
  readonly clock: Clock;
  readonly windowMs: number;
  readonly onFault: (cause: unknown) => void;
}

class SharedRateBooks implements RateBooks {
  readonly #settings: OpenSettings;
  readonly #books = new Map<string, SharedRateBook>();

  constructor(settings: OpenSettings) {
    const { onFault } = settings;
    let hasFailed = false;
    // A failure for one account affects all: it is reported once.
    const onFirstFault = (cause: unknown): void => {
      if (!hasFailed) onFault(cause);
      hasFailed = true;
    };
    this.#settings = { ...settings, onFault: onFirstFault };
    this.#removeEmpty();
  }

  of(account: string): RateBook {
    const known = this.#books.get(account);
    if (known !== undefined) return known;
    const book = new SharedRateBook(account, this.#settings);
    this.#books.set(account, book);
    return book;
  }

  async close(): Promise<void> {
    for (const book of this.#books.values()) book.close();
    const { store, onFault } = this.#settings;
    await store.close().catch(onFault);
  }

  #removeEmpty(): void {
    const { store, clock, windowMs } = this.#settings;
    for (const key of [...store.entries()].map((entry) => entry.key)) {
      store.update(key, (text) => {
        const page = text === undefined ? null : readRatePage(text, windowMs);
        page?.settle(clock.elapsedMs());
        return page?.isEmpty === true ? undefined : text;
      });
    }
  }
}

class SharedRateBook implements RateBook {
  readonly me = newBookUser();
  readonly #account: string;
  readonly #settings: OpenSettings;
  /** As last seen. */
  #page: RatePage;
  #hasFailed = false;
  /** When processes were last seen alive, by id. */
  readonly #seenMs = new Map<string, number>();

  constructor(account: string, settings: OpenSettings) {
    this.#account = account;
    this.#settings = settings;
    this.#page = new RatePage(settings.windowMs);
    // An earlier process that is gone may have had this process id, and so this id.
    this.close();
  }

  get isShared(): boolean {
    return !this.#hasFailed;
  }

  update<T>(change: (page: RatePage) => T): T {
    const changed: { readonly value: T }[] = [];
    if (!this.#hasFailed) {
      try {
        this.#settings.store.update(this.#account, (text) => {
          this.#page = this.#read(text);
          this.#abandonDead();
          changed.push({ value: change(this.#page) });
          return this.#page.text();
        });
      } catch (cause) {
        this.#goAlone(cause);
      }
    }
    const [first = { value: change(this.#page) }] = changed;
    return first.value;
  }

  /** This process has nothing in flight any more; earlier calls are lost. */
  close(): void {
    this.update((page) => page.abandon(this.me.id, this.#settings.clock.elapsedMs()));
  }

  #read(text: string | undefined): RatePage {
    const { windowMs } = this.#settings;
    const page = text === undefined ? new RatePage(windowMs) : readRatePage(text, windowMs);
    if (page === null) throw new Error('what is counted there is damaged, or of another version');
    return page;
  }

  /** A killed process cannot report how its calls ended. */
  #abandonDead(): void {
    const nowMs = this.#settings.clock.elapsedMs();
    for (const { id, owner, untilMs } of this.#page.users()) {
      const seenMs = this.#seenMs.get(id) ?? Number.NEGATIVE_INFINITY;
      if (id === this.me.id || nowMs - seenMs < LOOK_AFTER_MS) continue;
      // For a reused process id, and for a process of another container, only time decides.
      if (stateOf(owner) !== 'dead' && nowMs < untilMs + this.#settings.windowMs) this.#seenMs.set(id, nowMs);
      else this.#page.abandon(id, nowMs);
    }
  }

  /** What others did until now still counts; what they do from now on is invisible. */
  #goAlone(cause: unknown): void {
    this.#hasFailed = true;
    const nowMs = this.#settings.clock.elapsedMs();
    for (const { id } of this.#page.users()) {
      if (id !== this.me.id) this.#page.abandon(id, nowMs);
    }
    this.#settings.onFault(cause);
  }
}

/** Several machines may share a home folder; each counts separately. Clocks restart when the system boots. */
function machineId(): string {
  return shortDigest(`${hostname()} ${BOOT_ID ?? ''}`);
}

/** Files from earlier boots and from machines that are gone. */
function removeOld(folder: string, own: string, now: number): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(PREFIX) || path === own) continue;
    try {
      if (now - statSync(join(path, DATA_FILE)).mtimeMs > DAY_MS) rmSync(path, { recursive: true });
    } catch {
      // It does no harm.
    }
  }
}

function describeFault(folder: string, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return `${folder}: runs cannot count their requests together (${reason}): --rpm and --tpm hold for this run alone`;
}
