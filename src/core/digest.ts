import { hash } from 'node:crypto';

/** SHA-256 of a text's UTF-8 bytes, in lower-case hexadecimal (64 digits). */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The first 20 hexadecimal digits (80 bits) of SHA-256: short enough to read, long enough to avoid collisions here. */
export function shortDigest(text: string): string {
  return sha256(text).slice(0, 20);
}
