import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { assembleLists } from 'hyparquet/src/assemble.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import type { JsonValue } from '../../core/json.ts';
import type { PageUnpacker } from './codecs.ts';
import { DamagedError } from './errors.ts';
import { openValues, type StoredValues } from './stored-values.ts';
import { type Converter, converterOf } from './values.ts';

/** What the pages of a column have in common. */
export class PageShape {
  /** From the schema's root to the column. */
  readonly schemaPath: SchemaTree[];
  readonly meta: ColumnMetaData;
  readonly convert: Converter;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  readonly typeLength: number | undefined;
  readonly #unpacker: PageUnpacker;

  constructor(meta: ColumnMetaData, schemaPath: readonly SchemaTree[], unpacker: PageUnpacker) {
    const element = schemaPath.at(-1)?.element;
    if (element === undefined) throw new DamagedError('it has no place in the schema');
    this.#unpacker = unpacker;
    this.meta = meta;
    this.schemaPath = [...schemaPath];
    this.convert = converterOf(element);
    this.maxDefinition = getMaxDefinitionLevel(this.schemaPath);
    this.maxRepetition = getMaxRepetitionLevel(this.schemaPath);
    this.typeLength = element.type_length;
  }

  /** The unpacked bytes of a page, until the next one is unpacked. */
  unpack(packed: Uint8Array, size: number): Uint8Array {
    return this.#unpacker.unpack(packed, size, this.meta.codec);
  }
}

/** A page's levels and values. */
interface PageContent {
  readonly count: number;
  /** null if no value is absent. */
  readonly definitions: Uint8Array | null;
  /** null if the column is not repeated. */
  readonly repetitions: Uint8Array | null;
  readonly values: StoredValues;
}

/** The rows of a page, a few at a time. */
export class Page {
  readonly #shape: PageShape;
  readonly #content: PageContent;
  #at = 0;

  /** @param dictionary of the column; null if there was none */
  constructor(shape: PageShape, header: PageHeader, bytes: Uint8Array, dictionary: readonly JsonValue[] | null) {
    this.#shape = shape;
    this.#content =
      header.data_page_header === undefined
        ? openSecond(shape, header, bytes, dictionary)
        : openFirst(shape, header, bytes, dictionary);
  }

  get isEmpty(): boolean {
    return this.#at >= this.#content.count;
  }

  /** True if a new row begins next. */
  get isAtRow(): boolean {
    return !this.isEmpty && (this.#content.repetitions?.[this.#at] ?? 0) === 0;
  }

  /**
   * Some more rows behind those that were taken.
   * @param rows the last may be continued by this page, and then is changed
   * @param most new rows
   */
  take(rows: unknown[], most: number): unknown[] {
    const { definitions, repetitions, values } = this.#content;
    const start = this.#at;
    const end = this.#endOf(most);
    this.#at = end;
    const levels = definitions === null ? null : definitions.subarray(start, end);
    const present = levels === null ? end - start : countOf(levels, this.#shape.maxDefinition);
    const taken: JsonValue[] = [];
    for (let index = 0; index < present; index++) taken.push(values.next());
    const isFlat = this.#shape.schemaPath.length === 2 && repetitions === null;
    if (isFlat && present === end - start) return rows.length === 0 ? taken : [...rows, ...taken];
    const isWhole = levels === null || present === end - start;
    const repeated = repetitions === null ? [] : Array.from(repetitions.subarray(start, end));
    const assembled: ArrayLike<unknown> = assembleLists(
      rows,
      isWhole ? undefined : Array.from(levels),
      repeated,
      taken,
      this.#shape.schemaPath,
    );
    return Array.from(assembled);
  }

  /** The position after at most so many new rows. */
  #endOf(most: number): number {
    const { count, repetitions } = this.#content;
    if (repetitions === null) return Math.min(count, this.#at + most);
    let rows = 0;
    for (let at = this.#at; at < count; at++) {
      if (repetitions[at] === 0 && ++rows > most) return at;
    }
    return count;
  }
}

function countOf(levels: Uint8Array, level: number): number {
  let count = 0;
  for (const one of levels) if (one === level) count++;
  return count;
}

function widthOf(level: number): number {
  return 32 - Math.clz32(level);
}

function openFirst(
  shape: PageShape,
  header: PageHeader,
  packed: Uint8Array,
  dictionary: readonly JsonValue[] | null,
): PageContent {
  const { num_values: count = 0, encoding = 'PLAIN' } = header.data_page_header ?? {};
  const bytes = shape.unpack(packed, header.uncompressed_page_size);
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const levels = (most: number): Uint8Array | null => {
    if (most === 0) return null;
    const read = new Uint8Array(count);
    readRleBitPackedHybrid(reader, widthOf(most), read);
    return read;
  };
  const repetitions = levels(shape.maxRepetition);
  const definitions = levels(shape.maxDefinition);
  const present = definitions === null ? count : countOf(definitions, shape.maxDefinition);
  const encoded = {
    bytes: bytes.subarray(reader.offset),
    encoding,
    type: shape.meta.type,
    typeLength: shape.typeLength,
    count: present,
    hasLength: true,
  };
  return { count, definitions, repetitions, values: openValues(encoded, shape.convert, dictionary) };
}

function openSecond(
  shape: PageShape,
  header: PageHeader,
  packed: Uint8Array,
  dictionary: readonly JsonValue[] | null,
): PageContent {
  const second = header.data_page_header_v2;
  if (second === undefined) throw new DamagedError('a page has no header');
  const { num_values: count, encoding, is_compressed: isPacked } = second;
  const repetitionBytes = second.repetition_levels_byte_length;
  const levelBytes = repetitionBytes + second.definition_levels_byte_length;
  const reader = { view: new DataView(packed.buffer, packed.byteOffset, packed.byteLength), offset: 0 };
  const levels = (most: number, start: number, end: number): Uint8Array | null => {
    if (most === 0) return null;
    const read = new Uint8Array(count);
    reader.offset = start;
    readRleBitPackedHybrid(reader, widthOf(most), read, end - start);
    return read;
  };
  const repetitions = levels(shape.maxRepetition, 0, repetitionBytes);
  const definitions = levels(shape.maxDefinition, repetitionBytes, levelBytes);
  const rest = packed.subarray(levelBytes);
  const size = header.uncompressed_page_size - levelBytes;
  // A page of only nulls may have no bytes, which no codec would take.
  const bytes = isPacked === false || size === 0 ? rest : shape.unpack(rest, size);
  const present = definitions === null ? count : countOf(definitions, shape.maxDefinition);
  const { type } = shape.meta;
  const encoded = { bytes, encoding, type, typeLength: shape.typeLength, count: present, hasLength: false };
  return { count, definitions, repetitions, values: openValues(encoded, shape.convert, dictionary) };
}
