import { createReadStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { plainLines } from '../../core/plain-text.ts';
import { writeOutput } from '../../store/output-path.ts';

/** A piece of a report. */
type Chunk = string | Uint8Array;

/** Writes a report to a file, atomically, or to a device or pipe. @throws as `writeOutput` */
export async function writeReport(path: string, chunks: Iterable<Chunk> | AsyncIterable<Chunk>): Promise<void> {
  await writeOutput(path, `--output ${path}`, async (file) => {
    for await (const chunk of chunks) await (typeof chunk === 'string' ? file.write(chunk) : file.writeBytes(chunk));
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
 * Writes what is made part by part to a stream that stays open, or to a file, atomically. @throws as
 * `writeOutput`
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
  await writeOutput(to, `--output ${to}`, (file) => make(async (part) => file.write(part)));
}

// Generators: a stream opens its file even if nobody reads it, and then nobody catches its error.

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

async function* textOf(path: string): AsyncGenerator<string> {
  yield* createReadStream(path, 'utf8');
}

function isTaken(to: Writable, chunk: Chunk): Promise<boolean> {
  return new Promise((resolve) => {
    to.write(chunk, (error) => resolve(error === null || error === undefined));
  });
}
