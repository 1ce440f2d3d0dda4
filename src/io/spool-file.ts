import { type FileHandle, open, rm } from 'node:fs/promises';
import { readByteLines } from './byte-lines.ts';
import { readBlocks } from './bytes.ts';
import { temporaryPath } from './temporary.ts';

/** Lines are written once they have this many UTF-16 code units together. */
const FLUSH_UNITS = 64 * 1024;

/** A temporary file of lines that is written whole and then read once; next to the file that is made from it. */
export class SpoolFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #batch: string[] = [];
  #units = 0;
  #work: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** @param beside path of the file that is made from it. @throws the file system's error */
  static async open(beside: string): Promise<SpoolFile> {
    const path = temporaryPath(beside);
    return new SpoolFile(path, await open(path, 'w', 0o600));
  }

  /** Appends a line without line feeds. A failed write fails all that follow, and `lines`. */
  write(line: string): void | Promise<void> {
    this.#batch.push(line, '\n');
    this.#units += line.length;
    if (this.#units >= FLUSH_UNITS) return this.#flush();
  }

  /** The lines in their order; nothing may be written after. @throws the file system's error */
  async *lines(): AsyncGenerator<string> {
    await this.#flush();
    for await (const { bytes } of readByteLines(readBlocks(this.#path))) yield bytes.toString('utf8');
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    await this.#work.catch(() => undefined);
    await this.#handle.close();
    await rm(this.#path, { force: true });
  }

  #flush(): Promise<void> {
    const text = this.#batch.join('');
    this.#batch = [];
    this.#units = 0;
    this.#work = this.#work.then(() => this.#handle.writeFile(text));
    // A caller that does not await this write gets its error from the next.
    this.#work.catch(() => undefined);
    return this.#work;
  }
}
