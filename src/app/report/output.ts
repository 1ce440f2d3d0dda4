import { createReadStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { StorageError } from '../../core/errors.ts';
import { plainLines } from '../../core/plain-text.ts';
import { openNamedFile } from '../../io/atomic-file.ts';

/** Writes a report to a file, atomically, or to a device or pipe. @throws StorageError if that fails */
export async function writeReport(path: string, chunks: Iterable<string> | AsyncIterable<string>): Promise<void> {
  try {
    const file = await openNamedFile(path);
    try {
      for await (const chunk of chunks) await file.write(chunk);
    } catch (error) {
      await file.discard();
      throw error;
    }
    await file.commit();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError(`--output ${path}: cannot be written: ${reason}`, {
      hint: 'name a file in a folder that is there and that you may write to',
      cause,
    });
  }
}

/**
 * Copies a file unchanged to a stream that stays open, or to a file; terminal control sequences are removed for a
 * terminal. If the stream stops accepting data, copying ends, and its `error` event informs the owner. @throws if the
 * file cannot be read
 */
export async function copyFile(from: string, to: Writable | string): Promise<void> {
  const source = createReadStream(from, 'utf8');
  if (typeof to === 'string') return writeReport(to, source);
  const chunks: AsyncIterable<string> = source;
  const isTerminal = 'isTTY' in to && to.isTTY === true;
  for await (const chunk of chunks) {
    if (!(await isTaken(to, isTerminal ? plainLines(chunk) : chunk))) return;
  }
}

function isTaken(to: Writable, chunk: string): Promise<boolean> {
  return new Promise((resolve) => {
    to.write(chunk, (error) => resolve(error === null || error === undefined));
  });
}
