import { createReadStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { PromptgridError, StorageError } from '../../core/errors.ts';
import { plainLines } from '../../core/plain-text.ts';
import { openNamedFile } from '../../io/atomic-file.ts';
import { checkOutputPath } from '../../store/output-path.ts';

/** A piece of a report. */
type Chunk = string | Uint8Array;

/** Writes a report to a file, atomically, or to a device or pipe. @throws StorageError if that fails */
export async function writeReport(path: string, chunks: Iterable<Chunk> | AsyncIterable<Chunk>): Promise<void> {
  checkOutputPath(path);
  try {
    const file = await openNamedFile(path);
    try {
      for await (const chunk of chunks) await (typeof chunk === 'string' ? file.write(chunk) : file.writeBytes(chunk));
    } catch (error) {
      await file.discard();
      throw error;
    }
    await file.commit();
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

function notWritten(path: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`--output ${path}: cannot be written: ${reason}`, {
    hint: 'name a file in a folder that is there and that you may write to',
    cause,
  });
}

/**
 * Copies a file unchanged to a stream that stays open, or to a file; terminal control sequences are removed for a
 * terminal. If the stream stops accepting data, copying ends, and its `error` event informs the owner. @throws if the
 * file cannot be read
 */
export async function copyFile(from: string, to: Writable | string): Promise<void> {
  await copyChunks(isTerminal(to) ? textOf(from) : bytesOf(from), to);
}

/** Writes chunks as `copyFile` does. */
export async function copyChunks(chunks: AsyncIterable<Chunk>, to: Writable | string): Promise<void> {
  if (typeof to === 'string') return writeReport(to, chunks);
  for await (const chunk of chunks) {
    if (!(await isTaken(to, typeof chunk === 'string' ? plainLines(chunk) : chunk))) return;
  }
}

function isTerminal(to: Writable | string): boolean {
  return typeof to !== 'string' && 'isTTY' in to && to.isTTY === true;
}

/**
 * Writes what is made part by part to a stream that stays open, or to a file, atomically. @throws StorageError if the file
 * cannot be written
 */
export async function writeParts(
  to: Writable | string,
  make: (take: (part: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (typeof to !== 'string') {
    let isOpen = true;
    await make(async (part) => {
      isOpen = isOpen && (await isTaken(to, part));
    });
    return;
  }
  checkOutputPath(to);
  const file = await openNamedFile(to).catch((cause: unknown) => {
    throw notWritten(to, cause);
  });
  try {
    await make(async (part) => file.write(part));
    await file.commit();
  } catch (cause) {
    await file.discard();
    throw cause instanceof PromptgridError ? cause : notWritten(to, cause);
  }
}

function bytesOf(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path);
}

function textOf(path: string): AsyncIterable<string> {
  return createReadStream(path, 'utf8');
}

function isTaken(to: Writable, chunk: Chunk): Promise<boolean> {
  return new Promise((resolve) => {
    to.write(chunk, (error) => resolve(error === null || error === undefined));
  });
}
