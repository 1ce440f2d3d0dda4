import type { Cell } from '../../core/columns.ts';
import type { FileDigest } from '../../io/atomic-file.ts';
import type { Sink, SinkDefinition, SinkOptions } from './format.ts';
import { ResultFile } from './result-file.ts';

/** JSON Lines: an object per result with the columns and its sparse keys as keys, in order; values verbatim. */
export const jsonlSink: SinkDefinition = {
  name: 'jsonl',
  fileName: 'results.jsonl',
  open: async (path, options) => new JsonlSink(await ResultFile.open(path), options),
};

/** Lines are handed on when they have this many UTF-16 code units together. */
const BATCH_UNITS = 16 * 1024;

class JsonlSink implements Sink {
  readonly #file: ResultFile;
  #batch: string[] = [];
  #batchUnits = 0;
  /** `{"name":`, then `,"name":` and so on, put together here because an object would move keys such as `1` to its front. */
  readonly #keys: readonly string[];
  /** `,"name":` of each sparse key. */
  readonly #sparseKeys: readonly string[];

  constructor(file: ResultFile, { columns, sparse }: SinkOptions) {
    this.#file = file;
    this.#sparseKeys = sparse.map((name) => `,${JSON.stringify(name)}:`);
    this.#keys = columns.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    let line = '';
    for (const [index, key] of this.#keys.entries()) line += key + JSON.stringify(cells[index] ?? null);
    if (cells.length > this.#keys.length) line += this.#sparseFields(cells);
    line += '}\n';
    this.#batch.push(line);
    this.#batchUnits += line.length;
    if (this.#batchUnits >= BATCH_UNITS) return this.#flush();
  }

  #sparseFields(cells: readonly Cell[]): string {
    let fields = '';
    for (const [index, key] of this.#sparseKeys.entries()) {
      const cell = cells[this.#keys.length + index] ?? null;
      if (cell !== null) fields += key + JSON.stringify(cell);
    }
    return fields;
  }

  async commit(): Promise<FileDigest> {
    await this.#flush();
    return this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }

  #flush(): Promise<void> {
    const text = this.#batch.join('');
    this.#batch = [];
    this.#batchUnits = 0;
    return this.#file.write(text);
  }
}
