import { expect, it } from 'vitest';
import { FileGate } from '../../src/engine/file-gate.ts';

/** Enters, and notes when it did. */
function entering(gate: FileGate, bytes: number, name: string, entered: string[]): void {
  const waiting = gate.enter(bytes);
  if (waiting === undefined) entered.push(name);
  else void waiting.then(() => entered.push(name));
}

it('lets requests in while their files have room, in their order', async () => {
  const [gate, entered] = [new FileGate(100), Array.of<string>()];
  for (const [name, bytes] of [
    ['a', 60],
    ['b', 50],
    ['c', 10],
    ['d', 0],
  ] as const)
    entering(gate, bytes, name, entered);
  expect(entered).toEqual(['a']);
  gate.leave(60);
  await Promise.resolve();
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});

it('lets a request that is larger than all room in alone', async () => {
  const [gate, entered] = [new FileGate(100), Array.of<string>()];
  for (const [name, bytes] of [
    ['a', 500],
    ['b', 1],
    ['c', 101],
    ['d', 1],
  ] as const)
    entering(gate, bytes, name, entered);
  expect(entered).toEqual(['a']);
  gate.leave(500);
  await Promise.resolve();
  expect(entered).toEqual(['a', 'b']);
  gate.leave(1);
  await Promise.resolve();
  expect(entered).toEqual(['a', 'b', 'c']);
  gate.leave(101);
  await Promise.resolve();
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});
