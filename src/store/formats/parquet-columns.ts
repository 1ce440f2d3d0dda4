import type { ParquetWriter } from 'hyparquet-writer';
import type { Cell } from '../../core/columns.ts';
import { isJsonArray } from '../../core/json.ts';
import { parseDecimal } from '../../core/money.ts';
import { jsonText } from '../../core/written-json.ts';
import { type ColumnKind, columnKind } from './column-kinds.ts';

/** An element of a file's schema. */
type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

/** Decimal places of costs: picounits, which are exact. */
export const COST_SCALE = 12;
/** Digits of costs that 64 bits hold: amounts below 1,000,000 of the currency's unit. */
const COST_PRECISION = 18;
const COST_LIMIT = 10n ** BigInt(COST_PRECISION);

/** What the values of a dataset's column have in common; those that have nothing in common are JSON. */
export type DataType = 'text' | 'truth' | 'whole' | 'number' | 'texts' | 'json';

/** Finds what the values of a dataset's column have in common. */
export class DataTypes {
  #type: DataType | null = null;

  add(cell: Cell): void {
    if (cell === null || this.#type === 'json') return;
    const own = typeOf(cell);
    if (this.#type === null || this.#type === own) this.#type = own;
    else this.#type = isNumeric(own) && isNumeric(this.#type) ? 'number' : 'json';
  }

  /** A column without values holds texts. */
  get type(): DataType {
    return this.#type ?? 'text';
  }
}

function isNumeric(type: DataType): boolean {
  return type === 'whole' || type === 'number';
}

function typeOf(cell: Cell): DataType {
  switch (typeof cell) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'truth';
    case 'number':
      return Number.isSafeInteger(cell) ? 'whole' : 'number';
    default:
      return isJsonArray(cell) && cell.every((item) => typeof item === 'string') ? 'texts' : 'json';
  }
}

/** A value as the writer of Parquet takes it. */
type ParquetValue = bigint | Cell;

/** How a column is written. */
export interface ParquetColumn {
  readonly name: string;
  /** Its part of the schema, outer elements first. */
  readonly elements: readonly SchemaElement[];
  /** A value; undefined for one that the column cannot hold. */
  readonly valueOf: (cell: Cell) => ParquetValue | undefined;
}

/** How a column is written. @param data what the values of a dataset's column have in common */
export function parquetColumn(name: string, data: DataType): ParquetColumn {
  return { name, ...columnOf(name, columnKind(name), data) };
}

function columnOf(name: string, kind: ColumnKind, data: DataType): Omit<ParquetColumn, 'name'> {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  switch (kind) {
    case 'small':
      return { elements: [{ ...optional, type: 'INT32' }], valueOf: numberCell };
    case 'count':
      return { elements: [{ ...optional, type: 'INT64' }], valueOf: wholeCell };
    case 'number':
    case 'score':
      return { elements: [{ ...optional, type: 'DOUBLE' }], valueOf: numberCell };
    case 'truth':
      return {
        elements: [{ ...optional, type: 'BOOLEAN' }],
        valueOf: (cell) => (typeof cell === 'boolean' ? cell : null),
      };
    case 'cost':
      return { elements: [{ ...optional, ...COST_TYPE }], valueOf: costCell };
    case 'text':
      return { elements: [{ ...optional, ...TEXT_TYPE }], valueOf: textCell };
    case 'data':
      return dataColumn(name, data);
  }
}

const TEXT_TYPE = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;

const COST_TYPE = {
  type: 'INT64',
  converted_type: 'DECIMAL',
  precision: COST_PRECISION,
  scale: COST_SCALE,
  logical_type: { type: 'DECIMAL', precision: COST_PRECISION, scale: COST_SCALE },
} as const;

function dataColumn(name: string, data: DataType): Omit<ParquetColumn, 'name'> {
  const optional = { name, repetition_type: 'OPTIONAL' } as const;
  switch (data) {
    case 'text':
      return { elements: [{ ...optional, ...TEXT_TYPE }], valueOf: textCell };
    case 'truth':
      return columnOf(name, 'truth', data);
    case 'whole':
      return columnOf(name, 'count', data);
    case 'number':
      return columnOf(name, 'number', data);
    case 'texts':
      return { elements: listElements(name), valueOf: (cell) => cell };
    case 'json':
      return {
        elements: [{ ...optional, type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } }],
        valueOf: (cell) => cell,
      };
  }
}

/** The three levels of a list. Source: Apache Parquet, LogicalTypes.md, "Lists". */
function listElements(name: string): readonly SchemaElement[] {
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST', logical_type: { type: 'LIST' } },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', repetition_type: 'OPTIONAL', ...TEXT_TYPE },
  ];
}

function textCell(cell: Cell): ParquetValue {
  return cell === null || typeof cell === 'string' ? cell : jsonText(cell);
}

function numberCell(cell: Cell): ParquetValue {
  return typeof cell === 'number' ? cell : null;
}

function wholeCell(cell: Cell): ParquetValue {
  return typeof cell === 'number' ? BigInt(Math.round(cell)) : null;
}

function costCell(cell: Cell): ParquetValue | undefined {
  const amount = typeof cell === 'string' ? parseDecimal(cell) : null;
  if (amount === null) return null;
  return amount < COST_LIMIT && amount > -COST_LIMIT ? amount : undefined;
}
