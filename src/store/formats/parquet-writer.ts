import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Cell } from '../../core/columns.ts';
import { StorageError } from '../../core/errors.ts';
import { isJsonArray } from '../../core/json.ts';
import { jsonText, parseWrittenJson } from '../../core/written-json.ts';
import type { FileDigest } from '../../io/file-digest.ts';
import { SpoolFile } from '../../io/spool-file.ts';
import { columnKind } from './column-kinds.ts';
import type { ResultWriter } from './format.ts';
import { DataTypes, type ParquetColumn, parquetColumn } from './parquet-columns.ts';
import { ResultFile } from './result-file.ts';

/** A row group is held in memory: it ends at so many rows, or at so many characters of JSON. */
const GROUP_ROWS = 20_000;
const GROUP_UNITS = 8 * 1024 * 1024;

/**
 * Writes Parquet in two steps: rows into a temporary file, until it is known what the values of each dataset column have
 * in common; then row groups, of which one is in memory.
 */
export class ParquetResultWriter implements ResultWriter {
  readonly #path: string;
  readonly #file: ResultFile;
  readonly #spool: SpoolFile;
  readonly #names: readonly string[];
  /** The dataset's columns, by their places. */
  readonly #dataColumns: readonly { readonly place: number; readonly types: DataTypes }[];
  #tooLarge = 0;

  private constructor(path: string, file: ResultFile, spool: SpoolFile, columns: readonly string[]) {
    this.#path = path;
    this.#file = file;
    this.#spool = spool;
    this.#names = columns;
    this.#dataColumns = columns.flatMap((name, place) =>
      columnKind(name) === 'data' ? [{ place, types: new DataTypes() }] : [],
    );
  }

  /** @throws StorageError */
  static async open(path: string, columns: readonly string[]): Promise<ParquetResultWriter> {
    const file = await ResultFile.open(path);
    try {
      return new ParquetResultWriter(path, file, await SpoolFile.open(path), columns);
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  write(cells: readonly Cell[]): void | Promise<void> {
    for (const { place, types } of this.#dataColumns) types.add(cells[place] ?? null);
    return this.#spool.write(jsonText(cells.slice(0, this.#names.length)));
  }

  async commit(): Promise<FileDigest> {
    try {
      await this.#writeGroups();
    } catch (cause) {
      await this.discard();
      throw cause instanceof StorageError ? cause : this.#failed(cause);
    }
    await this.#spool.remove();
    return this.#file.commit();
  }

  notes(): readonly string[] {
    if (this.#tooLarge === 0) return [];
    const costs = this.#tooLarge === 1 ? '1 cost' : `${this.#tooLarge} costs`;
    return [`${this.#path}: ${costs} of 1,000,000 or more left empty, which DECIMAL(18,12) cannot hold`];
  }

  async discard(): Promise<void> {
    await this.#spool.remove();
    await this.#file.discard();
  }

  async #writeGroups(): Promise<void> {
    const types = new Map(this.#dataColumns.map((column) => [column.place, column.types.type]));
    const columns = this.#names.map((name, place) => parquetColumn(name, types.get(place) ?? 'text'));
    const bytes = new ByteWriter();
    const schema = [{ name: 'schema', num_children: columns.length }, ...columns.flatMap(({ elements }) => elements)];
    const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'promptgrid' });
    let group = new RowGroup(columns, () => (this.#tooLarge += 1));
    for await (const line of this.#spool.lines()) {
      group.add(line);
      if (!group.isFull) continue;
      await this.#flush(group, writer, bytes);
      group = new RowGroup(columns, () => (this.#tooLarge += 1));
    }
    if (group.rows > 0) await this.#flush(group, writer, bytes);
    await writer.finish();
    await this.#file.writeBytes(bytes.getBytes());
  }

  async #flush(group: RowGroup, writer: ParquetWriter, bytes: ByteWriter): Promise<void> {
    await writer.write({ columnData: group.columns(), rowGroupSize: group.rows });
    await this.#file.writeBytes(bytes.getBytes());
    bytes.index = 0;
  }

  #failed(cause: unknown): StorageError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new StorageError(`${this.#path} cannot be written: ${reason}`, {
      hint: 'make room or allow writing there, then run the same command again: answers in the journal are kept',
      cause,
    });
  }
}

class RowGroup {
  readonly #columns: readonly ParquetColumn[];
  readonly #values: unknown[][];
  readonly #onTooLarge: () => void;
  #units = 0;
  rows = 0;

  constructor(columns: readonly ParquetColumn[], onTooLarge: () => void) {
    this.#columns = columns;
    this.#values = columns.map(() => []);
    this.#onTooLarge = onTooLarge;
  }

  get isFull(): boolean {
    return this.rows >= GROUP_ROWS || this.#units >= GROUP_UNITS;
  }

  add(line: string): void {
    const cells = parseWrittenJson(line);
    if (cells === undefined || !isJsonArray(cells)) throw new TypeError('the temporary file was changed');
    for (const [place, column] of this.#columns.entries()) {
      const value = column.valueOf(cells[place] ?? null);
      if (value === undefined) this.#onTooLarge();
      this.#values[place]?.push(value ?? null);
    }
    this.rows += 1;
    this.#units += line.length;
  }

  columns(): { readonly name: string; readonly data: unknown[] }[] {
    return this.#columns.map(({ name }, place) => ({ name, data: this.#values[place] ?? [] }));
  }
}
