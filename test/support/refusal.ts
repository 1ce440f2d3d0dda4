import { expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { CliOptions, Desk } from './cli.ts';

/** What the lines of an error say. */
export interface Refusal {
  readonly message: string;
  /** Those between message and hint; most errors have none. */
  readonly more?: readonly string[];
  readonly hint: string;
}

/** Runs what must be refused: status 2, message and hint, nobody called, nothing left in the folder. */
export async function refused(
  desk: Desk,
  gateway: Gateway,
  words: readonly string[],
  options: CliOptions = {},
): Promise<Refusal> {
  const before = await desk.list();
  // In the process of the test, what the command does in the background would go on after its end.
  const { status, stdout, stderr } = await desk.start(words, options).ended;
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
