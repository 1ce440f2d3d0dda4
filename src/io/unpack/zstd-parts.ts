import { UnpackError } from './unpack-error.ts';

const FRAME_MAGIC = 0xfd2fb528;
/** Frames of any content, which decoders skip: sixteen numbers from here. */
const SKIPPABLE_MAGIC = 0x184d2a50;
/** What the format's documents recommend decoders to support at most, and `zstd --ultra` writes without `--long`. */
const LARGEST_WINDOW_BYTES = 128 * 1024 * 1024;
/** Bytes of a frame's header: magic number, descriptor, window, dictionary and content size. */
const MOST_HEADER_BYTES = 18;

/** What comes next, and how many bytes it has. */
type State =
  | { readonly what: 'frame' }
  | { readonly what: 'block'; readonly hasChecksum: boolean }
  | { readonly what: 'checksum' }
  | { readonly what: 'skipped'; readonly bytes: number };

interface Part {
  readonly bytes: number;
  readonly next: State;
}

/** A part of a frame. */
export interface ZstdPart {
  readonly what: 'frame' | 'block' | 'checksum';
  readonly bytes: Uint8Array;
  /** True if the frame ends with it. */
  readonly isLast: boolean;
}

/**
 * Splits Zstandard bytes into headers, blocks and checksums (RFC 8878, section 3.1). A decoder that gets them one by one
 * gives at most one block at a time; and where the input ends, or what follows it, can be told exactly.
 */
export class ZstdParts {
  /** What a piece ends with that is no whole part, in memory that is used again. */
  #pending: Uint8Array = new Uint8Array(0);
  #memory = new Uint8Array(0);
  #state: State = { what: 'frame' };
  #frames = 0;

  /**
   * Whole parts of the input so far; each stays as it is until the next is asked for.
   * @throws UnpackError for what no Zstandard file has
   */
  *split(piece: Uint8Array): Generator<ZstdPart, void, undefined> {
    let bytes = this.#pending.length === 0 ? piece : this.#kept(this.#pending, piece);
    while (bytes.length > 0) {
      const part = this.#part(bytes);
      if (part === null || part.bytes > bytes.length) break;
      const { what } = this.#state;
      this.#state = part.next;
      // In front of a frame that is skipped is nothing.
      if (what !== 'skipped' && part.bytes > 0) {
        yield { what, bytes: bytes.subarray(0, part.bytes), isLast: part.next.what === 'frame' };
      }
      bytes = bytes.subarray(part.bytes);
    }
    this.#pending = bytes.length === 0 ? bytes : this.#kept(bytes);
  }

  #kept(...parts: readonly Uint8Array[]): Uint8Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (this.#memory.length < length) this.#memory = new Uint8Array(2 * length);
    let filled = 0;
    for (const part of parts) {
      // The first may be in this memory already, further behind.
      this.#memory.set(part, filled);
      filled += part.length;
    }
    return this.#memory.subarray(0, length);
  }

  /** @throws UnpackError if the input ended inside a frame */
  end(): void {
    if (this.#state.what === 'frame' && this.#pending.length === 0) return;
    throw this.#state.what === 'frame' && this.#frames > 0
      ? new UnpackError('trailing', 'other bytes follow its end')
      : new UnpackError('cut-off', 'it ends too early');
  }

  /** The part at the beginning of these bytes; null if they are too few to tell. */
  #part(bytes: Uint8Array): Part | null {
    const state = this.#state;
    switch (state.what) {
      case 'frame':
        return this.#header(bytes);
      case 'block':
        return blockPart(bytes, state.hasChecksum);
      case 'checksum':
        return { bytes: 4, next: { what: 'frame' } };
      case 'skipped': {
        const taken = Math.min(bytes.length, state.bytes);
        const rest = state.bytes - taken;
        return { bytes: taken, next: rest === 0 ? { what: 'frame' } : { what: 'skipped', bytes: rest } };
      }
    }
  }

  #header(bytes: Uint8Array): Part | null {
    if (bytes.length < 5) return null;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const magic = view.getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      if (bytes.length < 8) return null;
      const size = view.getUint32(4, true) + 8;
      return { bytes: 0, next: { what: 'skipped', bytes: size } };
    }
    if (magic !== FRAME_MAGIC) {
      throw this.#frames > 0
        ? new UnpackError('trailing', 'other bytes follow its end')
        : new UnpackError('damaged', 'it does not begin as a Zstandard file');
    }
    const frame = frameHeader(view);
    if (bytes.length < Math.min(MOST_HEADER_BYTES, frame.bytes)) return null;
    if (frame.windowBytes() > LARGEST_WINDOW_BYTES) {
      throw new UnpackError('window', 'it needs more than 128 MiB of memory to unpack (zstd --long)');
    }
    this.#frames += 1;
    return { bytes: frame.bytes, next: { what: 'block', hasChecksum: frame.hasChecksum } };
  }
}

interface FrameHeader {
  readonly bytes: number;
  readonly hasChecksum: boolean;
  /** Only if the header is complete. */
  readonly windowBytes: () => number;
}

function frameHeader(view: DataView): FrameHeader {
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingleSegment ? 1 : 0) : 2 ** sizeFlag;
  const windowBytes = isSingleSegment ? 0 : 1;
  const sizeAt = 5 + windowBytes + dictionaryBytes;
  return {
    bytes: sizeAt + sizeBytes,
    hasChecksum: (descriptor & 4) !== 0,
    windowBytes: () => (isSingleSegment ? contentBytes(view, sizeAt, sizeBytes) : windowOf(view.getUint8(5))),
  };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentBytes(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

function blockPart(bytes: Uint8Array, hasChecksum: boolean): Part | null {
  const [first, second, third] = bytes;
  if (first === undefined || second === undefined || third === undefined) return null;
  const header = first | (second << 8) | (third << 16);
  const isRepeated = ((header >> 1) & 3) === 1;
  const next: State =
    (header & 1) === 0 ? { what: 'block', hasChecksum } : hasChecksum ? { what: 'checksum' } : { what: 'frame' };
  return { bytes: 3 + (isRepeated ? 1 : header >> 3), next };
}
