/** Halves of the algorithm's five prime numbers, upper first. Source: xxHash fast digest algorithm, "XXH64". */
const [P1H, P1L] = [0x9e3779b1, 0x85ebca87];
const [P2H, P2L] = [0xc2b2ae3d, 0x27d4eb4f];
const [P3H, P3L] = [0x165667b1, 0x9e3779f9];
const [P4H, P4L] = [0x85ebca77, 0xc2b2ae63];
const [P5H, P5L] = [0x27d4eb2f, 0x165667c5];

const STRIPE_BYTES = 32;

/**
 * The digest XXH64 with the seed 0, of bytes that come in pieces. Numbers of 64 bits are two halves: `bigint` is twenty
 * times slower.
 */
export class Xxh64 {
  /** Four sums, the upper half of each first. */
  readonly #sums: Int32Array;
  readonly #rest = new Uint8Array(STRIPE_BYTES);
  readonly #restView = new DataView(this.#rest.buffer);
  #restBytes = 0;
  #bytes = 0;

  constructor() {
    const first = new Wide(P1H, P1L).plus(P2H, P2L);
    const minus = new Wide(~P1H, ~P1L).plus(0, 1);
    this.#sums = Int32Array.of(first.high, first.low, P2H, P2L, 0, 0, minus.high, minus.low);
  }

  update(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    let at = 0;
    if (this.#restBytes > 0) {
      at = Math.min(bytes.length, STRIPE_BYTES - this.#restBytes);
      this.#rest.set(bytes.subarray(0, at), this.#restBytes);
      this.#restBytes += at;
      if (this.#restBytes < STRIPE_BYTES) return;
      this.#stripes(this.#restView, 0, STRIPE_BYTES);
      this.#restBytes = 0;
    }
    const end = at + Math.floor((bytes.length - at) / STRIPE_BYTES) * STRIPE_BYTES;
    this.#stripes(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at, end);
    this.#rest.set(bytes.subarray(end));
    this.#restBytes = bytes.length - end;
  }

  /** The lower 32 bits of the digest, from 0 to 2^32 - 1. */
  lowerBits(): number {
    const sum = this.#converged();
    sum.plus(Math.floor(this.#bytes / 2 ** 32), this.#bytes);
    this.#addRest(sum);
    sum.shiftXor(33).times(P2H, P2L).shiftXor(29).times(P3H, P3L).shiftXor(32);
    return sum.low >>> 0;
  }

  #stripes(view: DataView, from: number, to: number): void {
    const sums = this.#sums;
    for (let lane = 0; lane < 4; lane++) {
      const sum = new Wide(sums[2 * lane] ?? 0, sums[2 * lane + 1] ?? 0);
      for (let at = from + 8 * lane; at < to; at += STRIPE_BYTES) {
        addRound(sum, view.getInt32(at + 4, true), view.getInt32(at, true));
      }
      sums[2 * lane] = sum.high;
      sums[2 * lane + 1] = sum.low;
    }
  }

  #converged(): Wide {
    if (this.#bytes < STRIPE_BYTES) return new Wide(P5H, P5L);
    const lanes = [0, 1, 2, 3].map((lane) => new Wide(this.#sums[2 * lane] ?? 0, this.#sums[2 * lane + 1] ?? 0));
    const sum = new Wide(0, 0);
    for (const [lane, { high, low }] of lanes.entries()) {
      const turned = new Wide(high, low).rotate([1, 7, 12, 18][lane] ?? 0);
      sum.plus(turned.high, turned.low);
    }
    for (const { high, low } of lanes) {
      const round = addRound(new Wide(0, 0), high, low);
      sum.xor(round.high, round.low).times(P1H, P1L).plus(P4H, P4L);
    }
    return sum;
  }

  #addRest(sum: Wide): void {
    let at = 0;
    for (; at + 8 <= this.#restBytes; at += 8) {
      const round = addRound(new Wide(0, 0), this.#restView.getInt32(at + 4, true), this.#restView.getInt32(at, true));
      sum.xor(round.high, round.low).rotate(27).times(P1H, P1L).plus(P4H, P4L);
    }
    if (at + 4 <= this.#restBytes) {
      const product = new Wide(0, this.#restView.getInt32(at, true)).times(P1H, P1L);
      sum.xor(product.high, product.low).rotate(23).times(P2H, P2L).plus(P3H, P3L);
      at += 4;
    }
    for (; at < this.#restBytes; at++) {
      const product = new Wide(0, this.#rest[at] ?? 0).times(P5H, P5L);
      sum.xor(product.high, product.low).rotate(11).times(P1H, P1L);
    }
  }
}

function addRound(sum: Wide, high: number, low: number): Wide {
  const product = new Wide(high, low).times(P2H, P2L);
  return sum.plus(product.high, product.low).rotate(31).times(P1H, P1L);
}

/** A number of 64 bits that is changed in place; its halves are signed. */
class Wide {
  high: number;
  low: number;

  constructor(high: number, low: number) {
    this.high = high | 0;
    this.low = low | 0;
  }

  plus(high: number, low: number): this {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
    this.low = sum | 0;
    return this;
  }

  times(high: number, low: number): this {
    const [a0, a1, b0, b1] = [this.low & 0xffff, this.low >>> 16, low & 0xffff, low >>> 16];
    const first = a0 * b0;
    const [one, other] = [a0 * b1, a1 * b0];
    const middle = (first >>> 16) + (one & 0xffff) + (other & 0xffff);
    const carried = a1 * b1 + (one >>> 16) + (other >>> 16) + (middle >>> 16);
    this.high = (carried + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0;
    this.low = (middle << 16) | (first & 0xffff);
    return this;
  }

  xor(high: number, low: number): this {
    this.high ^= high;
    this.low ^= low;
    return this;
  }

  /** @param bits from 1 to 31 */
  rotate(bits: number): this {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
    return this;
  }

  /** Exclusive or with itself, shifted to the right. @param bits from 1 to 63 */
  shiftXor(bits: number): this {
    const { high, low } = this;
    if (bits < 32) return this.xor(high >>> bits, (high << (32 - bits)) | (low >>> bits));
    return this.xor(0, high >>> (bits - 32));
  }
}
