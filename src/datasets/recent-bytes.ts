interface Block {
  /** Offset of the first byte in the whole input. */
  readonly start: number;
  readonly bytes: Buffer;
}

/** The last part of a UTF-8 input, kept as long as it is needed. Offsets are bytes in the whole input, from 0. */
export class RecentBytes {
  #blocks: Block[] = [];
  #end = 0;

  /** Appends the input's next bytes. */
  push(bytes: Buffer): void {
    this.#blocks.push({ start: this.#end, bytes });
    this.#end += bytes.length;
  }

  /** Drops blocks that lie entirely before `offset`. */
  dropBefore(offset: number): void {
    this.#blocks = this.#blocks.filter(({ start, bytes }) => start + bytes.length > offset);
  }

  /** The text from `start` up to `end` or the end of the input; empty if that was dropped. */
  text(start: number, end: number): string {
    const pieces = this.#blocks.map((block) =>
      block.bytes.subarray(Math.max(0, start - block.start), Math.max(0, end - block.start)),
    );
    return Buffer.concat(pieces).toString('utf8');
  }
}
