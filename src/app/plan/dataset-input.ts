import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InterruptedError, PromptgridError, StorageError, UsageError } from '../../core/errors.ts';
import { detectFormat } from '../../datasets/index.ts';
import { temporaryPath } from '../../io/temporary.ts';
import type { DatasetConfig } from '../config/run-config.ts';

/** The path that stands for standard input. */
export const STDIN_PATH = '-';

/** Its name in messages and files. */
const STDIN_NAME = 'standard input';

/** A dataset that can be read more than once. */
export interface DatasetInput {
  readonly dataset: DatasetConfig;
  /** Stores it permanently. @returns the dataset under its permanent path */
  accept(): Promise<DatasetConfig>;
  /** Removes all traces of it. */
  discard(): Promise<void>;
}

/** Where a dataset is read from and stored. */
interface InputPlace {
  /** The input if the dataset is `-`. */
  readonly stdin: Readable;
  /** Folder that stores the dataset from standard input. */
  readonly folder: string;
  /** Stops reading standard input. */
  readonly signal: AbortSignal;
}

/**
 * Makes the dataset readable more than once. Standard input is saved in the folder, and becomes its `dataset.csv`,
 * `dataset.jsonl` and so on when accepted.
 * @throws UsageError if standard input is empty, InterruptedError if the signal aborts
 */
export async function openDatasetInput(dataset: DatasetConfig, place: InputPlace): Promise<DatasetInput> {
  if (dataset.path === STDIN_PATH) return spoolStdin(dataset, place);
  return { dataset, accept: async () => dataset, discard: async () => undefined };
}

async function spoolStdin(dataset: DatasetConfig, { stdin, folder, signal }: InputPlace): Promise<DatasetInput> {
  const path = temporaryPath(join(folder, 'dataset'));
  const discard = (): Promise<void> => rm(path, { force: true });
  try {
    if (!(await copy(stdin, path, signal))) {
      throw new UsageError('standard input is empty', {
        hint: 'pipe a CSV, JSONL or another dataset into promptgrid run -',
      });
    }
    const format = dataset.format ?? (await detectFormat(path, STDIN_NAME));
    const spooled = { ...dataset, path, format, name: STDIN_NAME };
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

/** @returns true if there is anything but white space */
async function copy(input: Readable, path: string, signal: AbortSignal): Promise<boolean> {
  let hasContent = false;
  const observe = async function* (blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const block of blocks) {
      // trimStart treats a byte order mark as white space.
      hasContent ||= block.toString('utf8').trimStart() !== '';
      yield block;
    }
  };
  await pipeline(input, observe, createWriteStream(path), { signal });
  return hasContent;
}
