import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../core/errors.ts';
import type { DatasetConfig } from '../config/run-config.ts';

/** The path that stands for standard input. */
export const STDIN_PATH = '-';

/**
 * Keeps a dataset that comes over standard input as `dataset.csv` or `dataset.jsonl` in a folder, since it is read
 * more than once. A text that begins with `{` is taken for JSONL where no format is named.
 * @returns the dataset's configuration with the file's path
 */
export async function spoolStdin(dataset: DatasetConfig, input: Readable, folder: string): Promise<DatasetConfig> {
  const draft = `${folder}/.dataset.${process.pid}.tmp`;
  let firstCharacter = '';
  try {
    await pipeline(
      input,
      async function* (blocks: AsyncIterable<Buffer>) {
        for await (const block of blocks) {
          firstCharacter ||= block
            .toString('latin1')
            .replace(/^\u00ef\u00bb\u00bf/, '')
            .trimStart()
            .slice(0, 1);
          yield block;
        }
      },
      createWriteStream(draft),
    );
    if (firstCharacter === '') {
      throw new UsageError('standard input is empty', { hint: 'pipe a CSV or JSONL text into promptgrid run -' });
    }
    const format = dataset.format ?? (firstCharacter === '{' ? 'jsonl' : 'csv');
    const path = `${folder}/dataset.${format}`;
    await rename(draft, path);
    return { ...dataset, path, format };
  } finally {
    await rm(draft, { force: true });
  }
}
