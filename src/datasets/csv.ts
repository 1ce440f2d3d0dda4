import type { Row } from '../core/row.ts';
import { SepDirective } from './csv-oddities.ts';
import { CsvRecords } from './csv-records.ts';
import { chooseDelimiter, headerLine } from './csv-scan.ts';
import type { DatasetFile, DatasetFormat } from './format.ts';
import { emptyFileError, noRowsError } from './format-errors.ts';

/** CSV as in RFC 4180, with `,`, `;` or tab between cells. Cells are texts, verbatim. */
export const csvFormat: DatasetFormat = { name: 'csv', extensions: ['.csv', '.tsv', '.tab'], read: readCsv };

async function* readCsv(file: DatasetFile): AsyncGenerator<Row, void, undefined> {
  let records: CsvRecords | null = null;
  let rows = 0;
  try {
    const sep = new SepDirective();
    for await (const text of endMarked(headerWhole(sep.strip(file.text)))) {
      records ??= new CsvRecords(
        file,
        sep.delimiter ?? chooseDelimiter(headerLine(text ?? '') ?? text ?? '', file.delimiter),
      );
      const failure = await records.parse(text);
      for (const row of records.takeRows()) {
        rows++;
        yield row;
      }
      if (failure !== null) throw failure;
    }
    records?.finish();
    if (sep.delimiter !== null) file.onNotice?.(`${file.path}: the line sep=${sep.delimiter} sets the delimiter`);
    if (rows === 0) throw records?.hasHeader === true ? noRowsError(file.path) : emptyFileError(file.path);
  } finally {
    records?.close();
  }
}

/** The same text, with the first piece long enough to hold the whole header line. */
async function* headerWhole(text: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let head: string | null = '';
  for await (const piece of text) {
    if (head === null) {
      yield piece;
      continue;
    }
    head += piece;
    if (headerLine(head) === null) continue;
    yield head;
    head = null;
  }
  if (head !== null) yield head;
}

/** The same text with null at its end. */
async function* endMarked(text: AsyncIterable<string>): AsyncGenerator<string | null, void, undefined> {
  for await (const piece of text) yield piece;
  yield null;
}
