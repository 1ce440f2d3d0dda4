import type { Row } from '../core/row.ts';
import type { BinaryDataset, BinaryFormat } from './format.ts';

/** Excel workbooks: one sheet, whose first row that is not empty names the columns. Macros are never run. */
export const xlsxFormat: BinaryFormat = {
  name: 'xlsx',
  isBinary: true,
  extensions: ['.xlsx', '.xlsm'],
  read: readXlsx,
};

async function* readXlsx(file: BinaryDataset): AsyncGenerator<Row, void, undefined> {
  const { readWorkbook } = await import('./xlsx/index.ts');
  yield* readWorkbook(file);
}
