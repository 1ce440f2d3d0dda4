import type { ColumnMetaData, PageHeader, SchemaTree } from 'hyparquet';
import { assembleLists } from 'hyparquet/src/assemble.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from 'hyparquet/src/schema.js';
import type { JsonValue } from '../../core/json.ts';
import type { PageUnpacker } from './codecs.ts';
import { DamagedError } from './errors.ts';
import { HybridNumbers } from './hybrid.ts';
import type { PackedPage } from './packed-page.ts';
import { type PageBytes, uint32, WholeBytes } from './page-bytes.ts';
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
  unpack(packed: PackedPage, size: number): PageBytes {
    return this.#unpacker.unpack(packed, size, this.meta.codec);
  }
}

/** A page's levels and values. */
interface PageContent {
  readonly count: number;
  /** null if no value is absent. */
  readonly definitions: HybridNumbers | null;
  /** null if the column is not repeated. */
  readonly repetitions: HybridNumbers | null;
  readonly values: StoredValues;
  readonly bytes: PageBytes;
}

/** The rows of a page, a few at a time. */
export class Page {
  readonly #shape: PageShape;
  readonly #content: PageContent;
  #left: number;
  /** The repetition level of the next value: 0 begins a row. */
  #level = 0;

  /** @param dictionary of the column; null if there was none */
  constructor(shape: PageShape, header: PageHeader, packed: PackedPage, dictionary: readonly JsonValue[] | null) {
    this.#shape = shape;
    this.#content =
      header.data_page_header === undefined
        ? openSecond(shape, header, packed, dictionary)
        : openFirst(shape, header, packed, dictionary);
    this.#left = this.#content.count;
    this.#nextLevel();
  }

  get isEmpty(): boolean {
    return this.#left === 0;
  }

  /** True if a new row begins next. */
  get isAtRow(): boolean {
    return !this.isEmpty && this.#level === 0;
  }

  /**
   * Some more rows behind those that were taken.
   * @param rows the last may be continued by this page, and then is changed
   * @param most new rows
   */
  take(rows: unknown[], most: number): unknown[] {
    const { definitions, repetitions, values } = this.#content;
    const repeated = this.#takeLevels(most);
    const levels = definitions === null ? undefined : repeated.map(() => definitions.next());
    const present = levels === undefined ? repeated.length : countOf(levels, this.#shape.maxDefinition);
    const taken: JsonValue[] = [];
    for (let index = 0; index < present; index++) taken.push(values.next());
    if (this.isEmpty) this.#content.bytes.end();
    const isFlat = this.#shape.schemaPath.length === 2 && repetitions === null;
    if (isFlat && present === repeated.length) return rows.length === 0 ? taken : [...rows, ...taken];
    const assembled: ArrayLike<unknown> = assembleLists(
      rows,
      present === repeated.length ? undefined : levels,
      repetitions === null ? [] : repeated,
      taken,
      this.#shape.schemaPath,
    );
    return Array.from(assembled);
  }

  /** The repetition levels of the next values, of at most so many new rows. */
  #takeLevels(most: number): number[] {
    const taken: number[] = [];
    for (let rows = 0; this.#left > 0; ) {
      if (this.#level === 0 && ++rows > most) break;
      taken.push(this.#level);
      this.#left--;
      this.#nextLevel();
    }
    return taken;
  }

  #nextLevel(): void {
    if (this.#left > 0) this.#level = this.#content.repetitions?.next() ?? 0;
  }
}

function countOf(levels: readonly number[], level: number): number {
  let count = 0;
  for (const one of levels) if (one === level) count++;
  return count;
}

function levelsOf(bytes: Uint8Array, most: number): HybridNumbers {
  return new HybridNumbers(bytes, 32 - Math.clz32(most));
}

/** Definition levels, and how many values are present. */
function definitionsOf(
  bytes: Uint8Array | null,
  most: number,
  count: number,
): { readonly definitions: HybridNumbers | null; readonly present: number } {
  if (bytes === null) return { definitions: null, present: count };
  const levels = levelsOf(bytes, most);
  let present = 0;
  for (let index = 0; index < count; index++) if (levels.next() === most) present++;
  return { definitions: present === count ? null : levelsOf(bytes, most), present };
}

function openFirst(
  shape: PageShape,
  header: PageHeader,
  packed: PackedPage,
  dictionary: readonly JsonValue[] | null,
): PageContent {
  const { num_values: count = 0, encoding = 'PLAIN' } = header.data_page_header ?? {};
  const bytes = shape.unpack(packed, header.uncompressed_page_size);
  // What was taken before stays only until the next call.
  const taken = (most: number): Uint8Array | null => (most === 0 ? null : bytes.take(uint32(bytes.take(4))).slice());
  const repetitions = taken(shape.maxRepetition);
  const { definitions, present } = definitionsOf(taken(shape.maxDefinition), shape.maxDefinition, count);
  const { meta, typeLength } = shape;
  const encoded = { bytes, encoding, type: meta.type, typeLength, count: present };
  return {
    count,
    definitions,
    repetitions: repetitions === null ? null : levelsOf(repetitions, shape.maxRepetition),
    values: openValues(encoded, shape.convert, dictionary),
    bytes,
  };
}

function openSecond(
  shape: PageShape,
  header: PageHeader,
  packed: PackedPage,
  dictionary: readonly JsonValue[] | null,
): PageContent {
  const second = header.data_page_header_v2;
  if (second === undefined) throw new DamagedError('a page has no header');
  const { num_values: count, encoding, is_compressed: isPacked } = second;
  const repetitionBytes = second.repetition_levels_byte_length;
  const levelBytes = repetitionBytes + second.definition_levels_byte_length;
  const repetitions = shape.maxRepetition === 0 ? null : packed.part(0, repetitionBytes).whole();
  const levels = shape.maxDefinition === 0 ? null : packed.part(repetitionBytes, levelBytes).whole();
  const { definitions, present } = definitionsOf(levels, shape.maxDefinition, count);
  const rest = packed.part(levelBytes);
  const size = header.uncompressed_page_size - levelBytes;
  // A page of only nulls may have no bytes, which no codec would take.
  const bytes = isPacked === false || size === 0 ? new WholeBytes(rest.whole()) : shape.unpack(rest, size);
  const { meta, typeLength } = shape;
  const encoded = { bytes, encoding, type: meta.type, typeLength, count: present };
  return {
    count,
    definitions,
    repetitions: repetitions === null ? null : levelsOf(repetitions, shape.maxRepetition),
    values: openValues(encoded, shape.convert, dictionary),
    bytes,
  };
}
