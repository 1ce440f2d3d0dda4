import { CALL_ERROR_KINDS } from '../../core/call-error.ts';
import { type ErrorCount, OTHER_REASONS } from '../../core/error-tally.ts';
import type { Words } from '../words/en.ts';

/** The code of most errors, with how many have it, whatever their reasons; null without errors. */
export function commonestCode(errors: readonly ErrorCount[]): readonly [count: number, code: string] | null {
  const counts = new Map<string, number>();
  for (const { code, count } of errors) counts.set(code, (counts.get(code) ?? 0) + count);
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  return most === undefined ? null : [most[1], most[0]];
}

/** What a code means, where it does not say so itself; empty for an unknown one. */
export function codeText({ errorKinds }: Words, code: string): string {
  const kind = CALL_ERROR_KINDS.find((known) => known === code);
  return (kind === undefined ? undefined : errorKinds[kind]) ?? '';
}

/** A reason as it was stored, which may be the server's; our word for several of them is in the page's language. */
export function reasonText({ otherReasons }: Words, reason: string): string {
  return reason === OTHER_REASONS ? otherReasons : reason;
}
