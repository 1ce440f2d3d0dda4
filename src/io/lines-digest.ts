import { createHash, type Hash } from 'node:crypto';

const LINE_FEED = 10;

/** SHA-256 of the whole lines of a byte stream: bytes behind the last line feed do not count until the line ends. */
export class LinesDigest {
  readonly #hash: Hash = createHash('sha256');
  /** The unfinished line so far. */
  #open: Uint8Array[] = [];

  /** Adds the next bytes. */
  update(block: Uint8Array): void {
    const end = block.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      for (const part of this.#open) this.#hash.update(part);
      this.#open = [];
      this.#hash.update(end === block.length ? block : block.subarray(0, end));
    }
    if (end < block.length) this.#open.push(Uint8Array.from(block.subarray(end)));
  }

  /** Forgets an unfinished line, which was cut off. */
  dropOpen(): void {
    this.#open = [];
  }

  /** The digest of the lines so far, in lower-case hexadecimal; more may follow. */
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
