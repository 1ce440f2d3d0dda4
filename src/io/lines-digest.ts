import { openChecksum } from './checksum.ts';

const LINE_FEED = 10;

/** CRC-32 of the whole lines of a byte stream: bytes behind the last line feed do not count until the line ends. */
export class LinesDigest {
  readonly #checksum = openChecksum('crc32');
  /** The unfinished line so far. */
  #open: Uint8Array[] = [];

  /** Adds the next bytes. */
  update(block: Uint8Array): void {
    const end = block.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      for (const part of this.#open) this.#checksum.update(part);
      this.#open = [];
      this.#checksum.update(end === block.length ? block : block.subarray(0, end));
    }
    if (end < block.length) this.#open.push(Uint8Array.from(block.subarray(end)));
  }

  /** Forgets an unfinished line, which was cut off. */
  dropOpen(): void {
    this.#open = [];
  }

  /** The checksum of the lines so far, as `Checksum` has it; more may follow. */
  text(): string {
    return this.#checksum.text();
  }
}
