import { createReadStream } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Texts are written to disk once they have this many UTF-16 code units together. */
const MOST_UNITS = 4 * 1024 * 1024;

/** Texts of several suites, which come mixed and are read suite by suite; memory stays bounded. */
export class SuiteSpool {
  readonly #folder: string;
  readonly #texts = new Map<number, string[]>();
  readonly #written = new Set<number>();
  #units = 0;

  /** @param folder temporary, and of this spool alone */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Appends a text to a suite. */
  async add(suite: number, text: string): Promise<void> {
    const own = this.#texts.get(suite);
    if (own === undefined) this.#texts.set(suite, [text]);
    else own.push(text);
    this.#units += text.length;
    if (this.#units >= MOST_UNITS) await this.#flush();
  }

  /** The texts of a suite, in their order. */
  async *read(suite: number): AsyncGenerator<string | Uint8Array> {
    if (this.#written.has(suite)) yield* createReadStream(this.#path(suite));
    yield* this.#texts.get(suite) ?? [];
  }

  async #flush(): Promise<void> {
    for (const [suite, texts] of this.#texts) {
      await appendFile(this.#path(suite), texts.join(''));
      this.#written.add(suite);
    }
    this.#texts.clear();
    this.#units = 0;
  }

  #path(suite: number): string {
    return join(this.#folder, String(suite));
  }
}
