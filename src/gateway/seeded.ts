import { sha256 } from '../core/digest.ts';

/** A number from 0 up to, but without, 1 that depends on nothing but the text; evenly spread over texts. */
export function unitInterval(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 13), 16) / 2 ** 52;
}
