import { expect } from 'vitest';
import type { Gateway } from '../../src/gateway/index.ts';
import type { CliOptions, Desk } from './cli.ts';

/** What the two lines of an error say. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/** Runs what must be refused: status 2, two lines, nobody called, nothing left in the folder. */
export async function refused(
  desk: Desk,
  gateway: Gateway,
  words: readonly string[],
  options: CliOptions = {},
): Promise<Refusal> {
  const before = await desk.list();
  const { status, stdout, stderr } = await desk.run(words, options);
  expect({ status, stdout, stderr }).toMatchObject({ status: 2, stdout: '' });
  const lines = stderr.split('\n');
  expect(lines).toEqual([expect.stringMatching(/^error \S/), expect.stringMatching(/^hint {2}\S/), '']);
  expect(gateway.stats().calls).toBe(0);
  expect(await desk.list()).toEqual(before);
  const [message = '', hint = ''] = lines;
  return { message: message.slice('error '.length), hint: hint.slice('hint  '.length) };
}
