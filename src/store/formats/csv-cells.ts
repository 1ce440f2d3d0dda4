import type { Cell } from '../../core/columns.ts';
import { withoutFormula } from '../../core/formula.ts';
import { withPoint } from '../../core/money.ts';
import { jsonText } from '../../core/written-json.ts';
import { columnKind } from './column-kinds.ts';
import type { DecimalSign } from './format.ts';

/** The text of a cell in a CSV file. */
type CellText = (cell: Cell) => string;

/**
 * How the cells of a column are written. Scores always have a decimal sign, as costs do: a program that looks only at
 * the first rows must not take a column for whole numbers.
 */
export function cellTextOf(column: string, decimal: DecimalSign): CellText {
  const signed = decimal === '.' ? (text: string) => text : (text: string) => text.replace('.', decimal);
  switch (columnKind(column)) {
    case 'score':
      return (cell) => (typeof cell === 'number' ? signed(withPoint(String(cell))) : plainText(cell));
    case 'number':
      return (cell) => (typeof cell === 'number' ? signed(String(cell)) : plainText(cell));
    case 'cost':
      return (cell) => (typeof cell === 'string' ? signed(withPoint(cell)) : plainText(cell));
    case 'text':
    case 'data':
    case 'small':
    case 'count':
    case 'truth':
      return plainText;
  }
}

function plainText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'string' ? withoutFormula(cell) : jsonText(cell);
}
