import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../../src/core/row.ts';
import { type ReadRowsOptions, readRows } from '../../src/datasets/index.ts';

/** A temporary folder with datasets. */
export class DatasetFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<DatasetFolder> {
    return new DatasetFolder(await mkdtemp(join(tmpdir(), 'promptgrid-datasets-')));
  }

  /** Writes a dataset; returns its path. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, content);
    return path;
  }

  /** Writes a dataset and reads its rows. */
  async rows(
    name: string,
    content: string | Uint8Array,
    options: Partial<ReadRowsOptions> = {},
  ): Promise<readonly Row[]> {
    return readAll(await this.write(name, content), options);
  }

  /** Writes a dataset that cannot be read; returns its error with the folder's path taken out of the message. */
  async failure(name: string, content: string | Uint8Array, options: Partial<ReadRowsOptions> = {}): Promise<Failure> {
    return failureOf(readAll(await this.write(name, content), options), this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}

/** What tests look at in an error. */
interface Failure {
  readonly name: string;
  readonly message: string;
  readonly hint: unknown;
}

/** Every row of a dataset. */
export async function readAll(path: string, options: Partial<ReadRowsOptions> = {}): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const all = { path, format: null, encoding: null, delimiter: null, ...options };
  for await (const row of readRows(all)) rows.push(row);
  return rows;
}

/** The error of a promise that must fail. */
export async function failureOf(reading: Promise<unknown>, folder: string): Promise<Failure> {
  try {
    await reading;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const hint = 'hint' in error ? error.hint : undefined;
    return { name: error.name, message: error.message.replace(`${folder}/`, ''), hint };
  }
  throw new Error('nothing went wrong');
}
