import { type Owner, ownerOf } from '../io/process-owner.ts';
import { MINUTE_MS, RatePage } from './rate-page.ts';

/** Counts the calls of one account. */
export interface RateBook {
  /** This process among those counted there. */
  readonly me: BookUser;
  /** True if other processes may count there too. */
  readonly isShared: boolean;
  /** Reads and changes the page in one atomic step. */
  update<T>(change: (page: RatePage) => T): T;
}

/** A process that counts its calls. */
interface BookUser {
  readonly id: string;
  readonly owner: Owner;
}

let users = 0;

/** This process, with an id that no other participant has. */
export function newBookUser(): BookUser {
  const owner = ownerOf(process.pid);
  users += 1;
  // Containers on one machine may share the books, and their process ids can be equal.
  const space = /\d+/.exec(owner.pidNamespace ?? '')?.[0] ?? '';
  return { id: `${space}.${owner.pid}.${users}`, owner };
}

/** Counts in memory, for an account that no other process uses. */
export class OwnRateBook implements RateBook {
  readonly me = newBookUser();
  readonly isShared = false;
  readonly #page: RatePage;

  constructor(windowMs = MINUTE_MS) {
    this.#page = new RatePage(windowMs);
  }

  update<T>(change: (page: RatePage) => T): T {
    return change(this.#page);
  }
}

/** The books of a session's accounts. */
export interface RateBooks {
  /** The book of an account; always the same one for the same account. @param account a digest, never a key */
  of(account: string): RateBook;
  close(): Promise<void>;
}

/** Books in memory. */
export class OwnRateBooks implements RateBooks {
  readonly #windowMs: number;
  readonly #books = new Map<string, RateBook>();

  /** @param windowMs length of the windows that limits apply to */
  constructor(windowMs = MINUTE_MS) {
    this.#windowMs = windowMs;
  }

  of(account: string): RateBook {
    const known = this.#books.get(account);
    if (known !== undefined) return known;
    const book = new OwnRateBook(this.#windowMs);
    this.#books.set(account, book);
    return book;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
