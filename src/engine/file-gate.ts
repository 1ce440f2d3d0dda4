import { attachedFile } from '../core/attached.ts';
import { isJsonArray } from '../core/json.ts';
import type { Message } from '../core/prompt.ts';

/**
 * Bytes of files that may be on their way at a time. A request with files takes some five times their size in memory
 * until it is answered: as bytes, in base64, and in the text of the request.
 */
const MOST_BYTES = 64 * 1024 * 1024;

/** Lets requests with files in, as many as memory has room for, in the order in which they come. */
export class FileGate {
  readonly #most: number;
  #bytes = 0;
  #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];

  /** @param mostBytes a request that is larger enters alone */
  constructor(mostBytes = MOST_BYTES) {
    this.#most = mostBytes;
  }

  /** @returns a promise only if there is no room yet */
  enter(bytes: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#hasRoom(bytes)) {
      this.#bytes += bytes;
      return undefined;
    }
    return new Promise((enter) => this.#waiting.push({ bytes, enter }));
  }

  /** Gives back what a request took. */
  leave(bytes: number): void {
    this.#bytes -= bytes;
    for (let [next] = this.#waiting; next !== undefined && this.#hasRoom(next.bytes); [next] = this.#waiting) {
      this.#waiting = this.#waiting.slice(1);
      this.#bytes += next.bytes;
      next.enter();
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#most;
  }
}

/** Bytes of the files that go with messages. */
export function fileBytesOf(messages: readonly Message[]): number {
  let bytes = 0;
  for (const { content } of messages) {
    if (!isJsonArray(content)) continue;
    for (const part of content) bytes += attachedFile(part)?.bytes ?? 0;
  }
  return bytes;
}
