import { fileURLToPath } from 'node:url';

/** How long loading a module may take. */
const LOAD_MS = 60_000;

/** Where our own code is. */
const OWN = new URL('.', import.meta.url).href;

/** Someone who waits for a promise of a module. */
interface Waiting {
  readonly url: string;
  readonly fail: (error: unknown) => void;
}

/**
 * Modules of the user that run in this process and not in a thread of their own. What they break outside of their
 * promises reaches the process alone: this knows whose fault it is.
 */
class UserCode {
  /** Names for people, by address. */
  readonly #names = new Map<string, string>();
  readonly #loading = new Set<string>();
  readonly #waiting = new Set<Waiting>();

  /** Names of all that was loaded, or was begun to be. */
  get names(): readonly string[] {
    return [...this.#names.values()];
  }

  /** A module that is being loaded; null if there is none. */
  get loading(): string | null {
    const [name] = this.#loading;
    return name ?? null;
  }

  /** Loads a module. @param name for people */
  async load(name: string, url: string): Promise<unknown> {
    this.#names.set(url, name);
    this.#loading.add(name);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`loading it took longer than ${LOAD_MS / 1000} s`);
      // A process with nothing else to do notices by itself that this never ends.
      timer = setTimeout(() => reject(error), LOAD_MS).unref();
    });
    try {
      const loaded: unknown = await Promise.race([import(url), late]);
      return loaded;
    } finally {
      clearTimeout(timer);
      this.#loading.delete(name);
    }
  }

  /** A module's promise, which also fails by an error that the module lets go meanwhile. */
  settled(url: string, promise: PromiseLike<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { url, fail: reject };
      this.#waiting.add(waiting);
      const end = Promise.resolve(promise).finally(() => this.#waiting.delete(waiting));
      end.then(resolve, reject);
    });
  }

  /**
   * Finds the module that let an error go which nothing caught, and fails what waits for it.
   * @returns its name, or the first one's if the error has no trace of ours or theirs; null if it is ours
   */
  blame(error: unknown): string | null {
    const [first] = this.#names.keys();
    if (first === undefined) return null;
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const culprit = [...this.#names.keys()].find((url) => [url, fileURLToPath(url)].some((one) => stack.includes(one)));
    if (culprit === undefined && stack.includes(OWN)) return null;
    for (const { url, fail } of this.#waiting) if (culprit === undefined || url === culprit) fail(error);
    return this.#names.get(culprit ?? first) ?? null;
  }
}

/** Those of this process. */
export const userCode = new UserCode();
