import { sha256 } from '../core/digest.ts';

/** A number from 0 to 1, excluding 1, that depends only on the text; evenly distributed over texts. */
export function unitInterval(text: string): number {
  return Number.parseInt(sha256(text).slice(0, 13), 16) / 2 ** 52;
}
