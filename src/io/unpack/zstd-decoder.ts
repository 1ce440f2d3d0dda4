import { Decompress } from 'fzstd';
import { UnpackError } from './unpack-error.ts';
import { Xxh64 } from './xxh64.ts';
import { type ZstdPart, ZstdParts } from './zstd-parts.ts';

/** Of the descriptor in a frame's header: a checksum of the content follows the last block. */
const CHECKSUM_FLAG = 4;

const SHORT_BYTES = 32;

/** Unpacks Zstandard bytes that come in pieces, in blocks of at most 128 KiB, and compares the checksums of frames. */
export class ZstdDecoder {
  readonly #parts = new ZstdParts();
  readonly #onBlock: (bytes: number) => void;
  #frame: Decompress | null = null;
  /** Of the frame's content so far; null if it has no checksum. */
  #digest: Xxh64 | null = null;
  #unpacked: Uint8Array[] = [];

  /** @param onBlock called with the size of each block before it is given */
  constructor(onBlock: (bytes: number) => void = () => {}) {
    this.#onBlock = onBlock;
  }

  /** The blocks that end in this piece of the input. @throws UnpackError if they are damaged */
  *push(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    // A part unpacks to at most one block, however small it is.
    for (const part of this.#parts.split(piece)) {
      this.#decode(part);
      yield* this.#unpacked;
      this.#unpacked = [];
    }
  }

  /** @throws UnpackError if the input ended inside a frame */
  end(): void {
    this.#parts.end();
  }

  #decode({ what, bytes, isLast }: ZstdPart): void {
    if (what === 'frame') this.#digest = ((bytes[4] ?? 0) & CHECKSUM_FLAG) === 0 ? null : new Xxh64();
    this.#frame ??= new Decompress((block) => this.#take(block));
    try {
      // It keeps a header until it has 18 bytes.
      this.#frame.push(bytes.length < SHORT_BYTES ? bytes.slice() : bytes, isLast);
    } catch (error) {
      if (error instanceof UnpackError) throw error;
      throw new UnpackError('damaged', error instanceof Error ? error.message : String(error), error);
    }
    if (isLast) this.#frame = null;
    if (what !== 'checksum') return;
    const stored = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
    if (this.#digest?.lowerBits() !== stored) throw new UnpackError('damaged', 'its checksum does not match');
  }

  #take(block: Uint8Array): void {
    if (block.length === 0) return;
    this.#onBlock(block.length);
    this.#digest?.update(block);
    this.#unpacked.push(block);
  }
}
