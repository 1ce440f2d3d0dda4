import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InterruptedError, PromptgridError, StorageError, UsageError } from '../../core/errors.ts';
import { temporaryPath } from '../../io/temporary.ts';
import type { DatasetConfig } from '../config/run-config.ts';

/** The path that stands for standard input. */
export const STDIN_PATH = '-';

/** A dataset that can be read more than once. */
export interface DatasetInput {
  readonly dataset: DatasetConfig;
  /** Keeps it for good. @returns the dataset under the path that it has from then on */
  accept(): Promise<DatasetConfig>;
  /** Leaves no trace of it. */
  discard(): Promise<void>;
}

/** Where a dataset is taken from and kept. */
interface InputPlace {
  /** Read where the dataset is `-`. */
  readonly stdin: Readable;
  /** Folder that keeps what came over standard input. */
  readonly folder: string;
  /** Ends the reading of standard input. */
  readonly signal: AbortSignal;
}

/**
 * Makes the dataset readable more than once: what comes over standard input is put aside in the folder, and becomes
 * its `dataset.csv` or `dataset.jsonl` when it is accepted.
 * @throws UsageError if standard input is empty, InterruptedError where the signal aborts
 */
export async function openDatasetInput(dataset: DatasetConfig, place: InputPlace): Promise<DatasetInput> {
  if (dataset.path === STDIN_PATH) return spoolStdin(dataset, place);
  return { dataset, accept: async () => dataset, discard: async () => undefined };
}

async function spoolStdin(dataset: DatasetConfig, { stdin, folder, signal }: InputPlace): Promise<DatasetInput> {
  const path = temporaryPath(join(folder, 'dataset'));
  const discard = (): Promise<void> => rm(path, { force: true });
  try {
    const firstCharacter = await copy(stdin, path, signal);
    if (firstCharacter === '') {
      throw new UsageError('standard input is empty', { hint: 'pipe a CSV or JSONL text into promptgrid run -' });
    }
    const format = dataset.format ?? (firstCharacter === '{' ? 'jsonl' : 'csv');
    const spooled = { ...dataset, path, format, name: 'standard input' };
    const accept = async (): Promise<DatasetConfig> => {
      const kept = join(folder, `dataset.${format}`);
      await rename(path, kept);
      return { ...spooled, path: kept };
    };
    return { dataset: spooled, accept, discard };
  } catch (error) {
    await discard();
    if (signal.aborted) throw new InterruptedError();
    throw error instanceof PromptgridError ? error : notPutAside(folder, error);
  }
}

function notPutAside(folder: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageError(`${folder}: standard input could not be put aside: ${reason}`, {
    hint: 'make room, or give the dataset as a file; nothing was paid',
    cause,
  });
}

/** @returns the first character that is no white space; an empty text where there is none */
async function copy(input: Readable, path: string, signal: AbortSignal): Promise<string> {
  let first = '';
  const observe = async function* (blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const block of blocks) {
      // trimStart takes a byte order mark for white space.
      first ||= block.toString('utf8').trimStart().slice(0, 1);
      yield block;
    }
  };
  await pipeline(input, observe, createWriteStream(path), { signal });
  return first;
}
