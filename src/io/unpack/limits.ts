import { UnpackError } from './unpack-error.ts';

/** How much packed bytes may unpack to. */
export interface UnpackLimits {
  /** Unpacked bytes that are always allowed. */
  readonly freeBytes: number;
  /** Beyond those, the largest ratio of unpacked to packed bytes. */
  readonly ratio: number;
}

/** Bounds the unpacked size of an input, so that a few hostile bytes cannot take hours or fill the memory. */
export class UnpackMeter {
  readonly #limits: UnpackLimits;
  #packed = 0;
  #unpacked = 0;

  constructor(limits: UnpackLimits) {
    this.#limits = limits;
  }

  /** Bytes taken in so far. */
  get packed(): number {
    return this.#packed;
  }

  /** Bytes given out so far. */
  get unpacked(): number {
    return this.#unpacked;
  }

  takeIn(bytes: number): void {
    this.#packed += bytes;
  }

  /** @throws UnpackError if the input has unpacked to more than it may */
  giveOut(bytes: number): void {
    this.#unpacked += bytes;
    const { freeBytes, ratio } = this.#limits;
    if (this.#unpacked <= freeBytes || this.#unpacked <= ratio * this.#packed) return;
    throw new UnpackError('too-large', `it unpacks to more than ${ratio} times its size`);
  }
}
