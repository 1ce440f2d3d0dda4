import { DatasetError, UsageError } from '../../core/errors.ts';
import type { Row } from '../../core/row.ts';
import { UnpackError } from '../../io/unpack/index.ts';
import { ZipArchive } from '../../io/zip-archive.ts';
import { isBlankFile } from '../blank.ts';
import type { BinaryDataset } from '../format.ts';
import { emptyFileError } from '../format-errors.ts';
import { CellReader, NoValueError } from './cell-value.ts';
import { WorkbookError } from './errors.ts';
import { SharedStrings } from './shared-strings.ts';
import { readSheet, SheetParser, type SheetRow } from './sheet.ts';
import { readStyles } from './styles.ts';
import { SheetTable, sheetError } from './table.ts';
import { NotXlsxError, readPart, readWorkbookParts, type SheetInfo, type Workbook } from './workbook.ts';

/** The rows of a sheet of a workbook; a row's line is its number in the sheet. @throws DatasetError if it cannot be read */
export async function* readWorkbook(file: BinaryDataset): AsyncGenerator<Row, void, undefined> {
  if (await isBlankFile(file.bytes)) throw emptyFileError(file.path);
  let sheet: SheetInfo | null = null;
  let strings: SharedStrings | null = null;
  try {
    const archive = await ZipArchive.open(file.bytes);
    const workbook = await readWorkbookParts(archive);
    sheet = chooseSheet(workbook, file);
    const styles = await readStyles(archive, workbook.styles);
    strings = await SharedStrings.read(archive, workbook.sharedStrings);
    const cells = new CellReader({ strings, styles, is1904: workbook.is1904 });
    const parser = new SheetParser(cells);
    const rows = readSheet(sheet.part, readPart(archive, sheet.part), parser);
    const notes = new SheetNotes();
    yield* tableRows(rows, { file: file.path, sheet: sheet.name }, notes, file);
    for (const note of notes.all(parser, cells)) file.onNotice?.(`${file.path}: sheet "${sheet.name}": ${note}`);
  } catch (error) {
    throw explain(error, file.path, sheet);
  } finally {
    strings?.close();
  }
}

async function* tableRows(
  rows: AsyncIterable<SheetRow>,
  place: { readonly file: string; readonly sheet: string },
  notes: SheetNotes,
  { onNotice, ignoresIds = false }: BinaryDataset,
): AsyncGenerator<Row, void, undefined> {
  let table: SheetTable | null = null;
  let count = 0;
  for await (const row of rows) {
    if (row.cells.every(({ value }) => String(value).trim() === '')) continue;
    notes.add(row);
    if (table !== null) {
      count++;
      yield table.row(row);
      continue;
    }
    table = new SheetTable(place, row, ignoresIds);
    if (table.trimmed.length > 0) {
      onNotice?.(`${place.file}: blanks around column names are ignored: "${table.trimmed.slice(0, 5).join('", "')}"`);
    }
  }
  if (table === null)
    throw new DatasetError({ file: place.file }, `sheet "${place.sheet}" is empty`, { hint: OTHER_SHEET });
  if (count === 0) {
    const message = `sheet "${place.sheet}" has a header but no rows`;
    throw new DatasetError({ file: place.file }, message, {
      hint: `add at least one row below the header; or ${OTHER_SHEET}`,
    });
  }
}

const OTHER_SHEET = 'name another sheet with --sheet';

/** What users should know about a sheet that was read. */
class SheetNotes {
  #last = 0;
  #empty = 0;
  #firstEmpty = 0;
  #hidden = 0;

  /** @param row that is not empty */
  add({ number, isHidden }: SheetRow): void {
    const gap = this.#last === 0 ? 0 : number - this.#last - 1;
    if (gap > 0 && this.#empty === 0) this.#firstEmpty = this.#last + 1;
    this.#empty += gap;
    if (isHidden) this.#hidden++;
    this.#last = number;
  }

  /** In one line each. */
  all({ merged }: SheetParser, { errors }: CellReader): readonly string[] {
    return [
      ...(this.#empty === 0
        ? []
        : [`${counted(this.#empty, 'empty row')} skipped, the first is row ${this.#firstEmpty}`]),
      ...(this.#hidden === 0 ? [] : [`${counted(this.#hidden, 'hidden row')} read like the others`]),
      ...(merged.count === 0 ? [] : [`only the first cell of merged cells has their value (${merged.first})`]),
      ...(errors.count === 0 ? [] : [`${counted(errors.count, 'cell')} showing an error: ${errors.first}`]),
    ];
  }
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun} is` : `${count} ${noun}s are`;
}

function chooseSheet({ sheets, hasMacros }: Workbook, { path, sheet, onNotice }: BinaryDataset): SheetInfo {
  if (hasMacros) onNotice?.(`${path}: the workbook has macros, which are not run; cells have their stored values`);
  const visible = sheets.filter(({ isHidden }) => !isHidden);
  const [first] = visible.length > 0 ? visible : sheets;
  if (first === undefined)
    throw new DatasetError({ file: path }, 'the workbook has no sheet with cells', { hint: 'add one' });
  if (sheet === null) {
    if (visible.length > 1) {
      const others = `the first of ${visible.length}; --sheet names another`;
      onNotice?.(`${path}: reading the sheet "${first.name}", ${others}`);
    }
    return first;
  }
  const found =
    sheets.find(({ name }) => name === sheet) ??
    sheets.find(({ name }) => name.toLowerCase() === sheet.toLowerCase()) ??
    (/^[1-9]\d*$/.test(sheet) ? sheets[Number(sheet) - 1] : undefined);
  if (found !== undefined) return found;
  const names = sheets.slice(0, 20).map(({ name }, index) => `${index + 1} "${name}"`);
  throw new UsageError(`${path} has no sheet "${sheet}"`, { hint: `name one of its sheets: ${names.join(', ')}` });
}

const SAVE_AS = 'open it in Excel or LibreOffice and save it as .xlsx or .csv';

function explain(error: unknown, file: string, sheet: SheetInfo | null): unknown {
  if (error instanceof NoValueError && sheet !== null) {
    const what = `cell ${error.cell}: the formula has no stored result`;
    return sheetError(
      { file, sheet: sheet.name },
      what,
      'open the workbook in Excel or LibreOffice and save it, which stores results',
    );
  }
  if (error instanceof NotXlsxError) return new DatasetError({ file }, error.message, { hint: SAVE_AS, cause: error });
  if (error instanceof WorkbookError) {
    const place = sheet === null ? '' : ` (sheet "${sheet.name}")`;
    return new DatasetError({ file }, `the workbook is damaged${place}: ${error.message}`, {
      hint: SAVE_AS,
      cause: error,
    });
  }
  if (!(error instanceof UnpackError)) return error;
  const what = error.fault === 'cut-off' ? 'is cut off' : error.fault === 'too-large' ? 'is refused' : 'is damaged';
  const hint = error.fault === 'too-large' ? `if it can be trusted, ${SAVE_AS}` : 'download it or save it again';
  return new DatasetError({ file }, `the workbook ${what}: ${error.message}`, { hint, cause: error });
}
