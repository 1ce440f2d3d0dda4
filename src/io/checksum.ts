import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** `crc32` detects accidental changes, and costs a tenth of `sha256`, for which nobody can make a second content. */
export type ChecksumAlgorithm = 'crc32' | 'sha256';

/** The checksum of bytes that arrive in blocks. */
export interface Checksum {
  /** Adds the next bytes. */
  update(block: Uint8Array): void;
  /** Of the bytes so far, more may follow: the algorithm, `:`, and 8 or 64 lower-case hexadecimal digits. */
  text(): string;
}

/** Begins the checksum of no bytes. */
export function openChecksum(algorithm: ChecksumAlgorithm): Checksum {
  return algorithm === 'crc32' ? new Crc32() : new Sha256();
}

/** The algorithm of a checksum; null if it is unknown. */
export function algorithmOf(checksum: string): ChecksumAlgorithm | null {
  const name = checksum.slice(0, checksum.indexOf(':'));
  return name === 'crc32' || name === 'sha256' ? name : null;
}

/** A SHA-256 in hexadecimal as a checksum's text. */
export function sha256Checksum(digits: string): string {
  return `sha256:${digits}`;
}

const CRC_DIGITS = 8;

class Crc32 implements Checksum {
  #value = 0;

  update(block: Uint8Array): void {
    this.#value = crc32(block, this.#value);
  }

  text(): string {
    return `crc32:${this.#value.toString(16).padStart(CRC_DIGITS, '0')}`;
  }
}

class Sha256 implements Checksum {
  readonly #hash = createHash('sha256');

  update(block: Uint8Array): void {
    this.#hash.update(block);
  }

  text(): string {
    return sha256Checksum(this.#hash.copy().digest('hex'));
  }
}
