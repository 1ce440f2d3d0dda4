import { expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { CliOptions, Desk, Ended } from './cli.ts';

/** What the lines of an error say. */
export interface Refusal {
  readonly message: string;
  /** Those between message and hint; most errors have none. */
  readonly more?: readonly string[];
  readonly hint: string;
}

/**
 * Runs what must be refused: status 2, message and hint, nobody called, nothing left in the folder. In the process of the
 * test, what a command has begun when it is refused would continue after its end: such a one needs `refusedByProcess`.
 */
export function refused(
  desk: Desk,
  gateway: Gateway,
  words: readonly string[],
  options: CliOptions = {},
): Promise<Refusal> {
  return refusedBy(() => desk.run(words, options), desk, gateway);
}

/** The same of a process, with which everything ends. */
export function refusedByProcess(desk: Desk, gateway: Gateway, words: readonly string[]): Promise<Refusal> {
  return refusedBy(() => desk.start(words).ended, desk, gateway);
}

async function refusedBy(run: () => Promise<Ended>, desk: Desk, gateway: Gateway): Promise<Refusal> {
  const before = await desk.list();
  const { status, stdout, stderr } = await run();
  expect({ status, stdout, stderr }).toMatchObject({ status: 2, stdout: '' });
  const lines = stderr.split('\n');
  const more = lines.slice(1, -2).map(() => expect.stringMatching(/^ {2}\S/));
  expect(lines).toEqual([expect.stringMatching(/^error \S/), ...more, expect.stringMatching(/^hint {2}\S/), '']);
  expect(gateway.stats().calls).toBe(0);
  expect(await desk.list()).toEqual(before);
  const [message = '', hint = ''] = [lines[0], lines.at(-2)];
  const told = { message: message.slice('error '.length), hint: hint.slice('hint  '.length) };
  return more.length === 0 ? told : { ...told, more: lines.slice(1, -2) };
}
