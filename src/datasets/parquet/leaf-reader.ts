import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { JsonValue } from '../../core/json.ts';
import type { SyncBytes } from '../../io/random-bytes.ts';
import type { PageUnpacker } from './codecs.ts';
import { DamagedError, TooLargeError } from './errors.ts';
import { PackedPage } from './packed-page.ts';
import { Page, PageShape } from './page.ts';
import { openValues } from './stored-values.ts';

/** A column without children, of one row group. */
interface LeafChunk {
  readonly meta: ColumnMetaData;
  /** From the schema's root to the column. */
  readonly schemaPath: readonly SchemaTree[];
  readonly unpacker: PageUnpacker;
}

/** Largest page, packed or unpacked: most writers make pages of 1 MB, DuckDB one of a whole row group up to 100 MB. */
const LARGEST_PAGE_BYTES = 512 * 1024 * 1024;
/** Most values of a page: a page of only nulls has a few bytes. */
const MOST_PAGE_VALUES = 64 * 1024 * 1024;
const FIRST_READ_BYTES = 4 * 1024;
/** Statistics in the header may hold long texts. */
const LONGEST_HEADER_BYTES = 16 * 1024 * 1024;
/** Rows that are decoded at once. */
const MOST_ROWS = 1024;

/** Reads a column page by page, and a page some rows at a time. */
export class LeafReader {
  /** The path of the column, with dots. */
  readonly name: string;
  readonly #file: SyncBytes;
  readonly #shape: PageShape;
  #dictionary: readonly JsonValue[] | null = null;
  #page: Page | null = null;
  /** Decoded rows that were not taken. Nested columns have a list for each level. */
  #rows: unknown[] = [];
  #position: number;
  readonly #end: number;
  #values = 0;

  constructor(file: SyncBytes, { meta, schemaPath, unpacker }: LeafChunk) {
    this.#file = file;
    this.name = meta.path_in_schema.join('.');
    this.#shape = new PageShape(meta, schemaPath, unpacker);
    const dictionary = meta.dictionary_page_offset ?? 0n;
    const data = meta.data_page_offset;
    this.#position = Number(dictionary > 0n && dictionary < data ? dictionary : data);
    this.#end = this.#position + Number(meta.total_compressed_size);
    if (this.#position < 4 || this.#end > file.size) throw this.#damaged('its pages are not in the file');
  }

  /** Whole rows that can be taken. */
  get available(): number {
    // What follows may continue the last row.
    const mayContinue = this.#shape.maxRepetition > 0 && this.#page?.isAtRow !== true && !this.#isEnded;
    return mayContinue ? Math.max(0, this.#rows.length - 1) : this.#rows.length;
  }

  /** True if no value is left behind the decoded rows. */
  get #isEnded(): boolean {
    if (this.#page?.isEmpty === false) return false;
    return this.#position >= this.#end || this.#values >= Number(this.#shape.meta.num_values);
  }

  /** Decodes rows until one is available. @throws DamagedError if the column ends before */
  async fill(): Promise<void> {
    while (this.available === 0) {
      if (this.#isEnded) throw this.#damaged('it has fewer values than rows');
      if (this.#page?.isEmpty === false) this.#rows = this.#page.take(this.#rows, MOST_ROWS);
      else await this.#readPage();
    }
  }

  /** The next rows; `count` is at most `available`. */
  take(count: number): unknown[] {
    const taken = count === this.#rows.length ? this.#rows : this.#rows.slice(0, count);
    this.#rows = count === this.#rows.length ? [] : this.#rows.slice(count);
    return taken;
  }

  async #readPage(): Promise<void> {
    // Its memory is given back before the next page takes as much.
    this.#page = null;
    const { header, packed } = await this.#nextPage();
    if (header.type === 'DICTIONARY_PAGE') this.#dictionary = this.#readDictionary(header, packed);
    else if (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') {
      this.#page = new Page(this.#shape, header, packed, this.#dictionary);
      this.#values += valuesOf(header);
    }
  }

  async #nextPage(): Promise<{ readonly header: PageHeader; readonly packed: PackedPage }> {
    for (let length = FIRST_READ_BYTES; ; length *= 8) {
      const buffer = await this.#file.read(this.#position, Math.min(this.#end, this.#position + length));
      const reader = { view: new DataView(buffer.buffer, buffer.byteOffset, buffer.length), offset: 0 };
      const header = tryHeader(reader);
      if (header === null) {
        if (length < LONGEST_HEADER_BYTES && buffer.length === length) continue;
        throw this.#damaged('the header of a page cannot be read');
      }
      const start = this.#position + reader.offset;
      const end = start + this.#checkedSize(header, start);
      this.#position = end;
      return { header, packed: new PackedPage(this.#file, start, end) };
    }
  }

  /** @param start of the page in the file, behind its header @returns its bytes in the file */
  #checkedSize(header: PageHeader, start: number): number {
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    const values = valuesOf(header);
    if (!(packed >= 0) || !(unpacked >= 0) || !(values >= 0) || start + packed > this.#end) {
      throw this.#damaged('the header of a page is damaged');
    }
    if (packed <= LARGEST_PAGE_BYTES && unpacked <= LARGEST_PAGE_BYTES && values <= MOST_PAGE_VALUES) return packed;
    throw new TooLargeError(`${this.name}: a page has more than 512 MiB or 67,108,864 values`);
  }

  #readDictionary(header: PageHeader, packed: PackedPage): readonly JsonValue[] {
    const bytes = this.#shape.unpack(packed, header.uncompressed_page_size);
    const count = header.dictionary_page_header?.num_values ?? 0;
    if (count > bytes.left * 8) throw this.#damaged('its dictionary is damaged');
    const { typeLength, convert, meta } = this.#shape;
    const encoded = { bytes, encoding: 'PLAIN', type: meta.type, typeLength, count } as const;
    const values = openValues(encoded, convert, null);
    return Array.from({ length: count }, () => values.next());
  }

  #damaged(what: string): DamagedError {
    return new DamagedError(`${this.name}: ${what}`);
  }
}

function valuesOf(header: PageHeader): number {
  return header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
}

/** null if the header goes on after these bytes. */
function tryHeader(reader: Parameters<typeof parquetHeader>[0]): PageHeader | null {
  try {
    return parquetHeader(reader);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
