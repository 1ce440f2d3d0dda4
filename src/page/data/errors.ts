import type { ErrorCount } from '../../core/error-tally.ts';

/** The code of most errors, with how many have it, whatever their reasons; null without errors. */
export function commonestCode(errors: readonly ErrorCount[]): readonly [count: number, code: string] | null {
  const counts = new Map<string, number>();
  for (const { code, count } of errors) counts.set(code, (counts.get(code) ?? 0) + count);
  const [most] = [...counts].toSorted(([, one], [, other]) => other - one);
  return most === undefined ? null : [most[1], most[0]];
}
