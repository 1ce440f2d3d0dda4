import { strToU8, zipSync } from 'fflate';

/** A cell: a text (shared), a number, a boolean, nothing, or XML of its own with `{ref}` for its name. */
export type SheetCell = string | number | boolean | null | { readonly xml: string };

/** A sheet for a test. */
export interface TestSheet {
  readonly name: string;
  readonly rows?: readonly (readonly SheetCell[])[];
  /** XML in place of rows: what `<sheetData>` holds. */
  readonly data?: string;
  readonly state?: string;
  /** XML behind `<sheetData>`. */
  readonly after?: string;
}

/** Parts beyond the sheets. */
interface WorkbookParts {
  /** Codes of number formats; styles 1, 2, … have them, style 0 has none. */
  readonly formats?: readonly string[];
  readonly is1904?: boolean;
  /** More files of the archive, or others in place of its own. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Shared texts as XML, in front of those of the rows. */
  readonly strings?: readonly string[];
}

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** The XML of a text, with what XML cannot hold as spreadsheets escape it. */
export function xmlText(text: string): string {
  return text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(
      /[^\t\n\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu,
      (char) => `_x${char.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}_`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** `AB` of column 27. */
function letters(column: number): string {
  return column < 26 ? String.fromCharCode(65 + column) : letters(Math.floor(column / 26) - 1) + letters(column % 26);
}

/** A workbook as a spreadsheet program would write it. */
export function workbook(sheets: readonly TestSheet[], parts: WorkbookParts = {}): Uint8Array {
  const strings: string[] = [...(parts.strings ?? [])];
  const files: Record<string, string | Uint8Array> = {
    '[Content_Types].xml': `${HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    '_rels/.rels': relations([`officeDocument" Target="xl/workbook.xml`]),
    'xl/workbook.xml': `${HEAD}<workbook ${MAIN} xmlns:r="${RELATIONS}"><workbookPr${parts.is1904 === true ? ' date1904="1"' : ''}/><sheets>${sheets
      .map(({ name, state }, index) => {
        const hidden = state === undefined ? '' : ` state="${state}"`;
        return `<sheet name="${xmlText(name)}" sheetId="${index + 1}"${hidden} r:id="rId${index + 1}"/>`;
      })
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...sheets.map((_, index) => `worksheet" Target="worksheets/sheet${index + 1}.xml`),
      'styles" Target="styles.xml',
      'sharedStrings" Target="/xl/sharedStrings.xml',
    ]),
    'xl/styles.xml': styles(parts.formats ?? []),
  };
  for (const [index, sheet] of sheets.entries()) {
    const data = sheet.data ?? (sheet.rows ?? []).map((cells, row) => rowXml(cells, row + 1, strings)).join('');
    files[`xl/worksheets/sheet${index + 1}.xml`] =
      `${HEAD}<worksheet ${MAIN}><sheetData>${data}</sheetData>${sheet.after ?? ''}</worksheet>`;
  }
  files['xl/sharedStrings.xml'] = `${HEAD}<sst ${MAIN}>${strings.map((xml) => `<si>${xml}</si>`).join('')}</sst>`;
  const all = Object.entries({ ...files, ...parts.files });
  return zipSync(
    Object.fromEntries(all.map(([name, text]) => [name, typeof text === 'string' ? strToU8(text) : text])),
  );
}

function relations(targets: readonly string[]): string {
  const lines = targets.map((target, index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${target}"/>`);
  return `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${lines.join('')}</Relationships>`;
}

function styles(formats: readonly string[]): string {
  const codes = formats.map(
    (code, index) => `<numFmt numFmtId="${164 + index}" formatCode="${xmlText(code).replaceAll('"', '&quot;')}"/>`,
  );
  const uses = formats.map((_, index) => `<xf numFmtId="${164 + index}" applyNumberFormat="1"/>`);
  return `${HEAD}<styleSheet ${MAIN}><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${uses.join('')}</cellXfs></styleSheet>`;
}

function rowXml(cells: readonly SheetCell[], row: number, strings: string[]): string {
  const xml = cells.map((cell, column) => cellXml(cell, `${letters(column)}${row}`, strings)).join('');
  return `<row r="${row}">${xml}</row>`;
}

function cellXml(cell: SheetCell, ref: string, strings: string[]): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return cell.xml.replace('{ref}', ref);
  if (typeof cell === 'number') return `<c r="${ref}"><v>${cell}</v></c>`;
  if (typeof cell === 'boolean') return `<c r="${ref}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  strings.push(`<t xml:space="preserve">${xmlText(cell)}</t>`);
  return `<c r="${ref}" t="s"><v>${strings.length - 1}</v></c>`;
}

/** A number cell with the style of that index. */
export function styled(style: number, value: number | string): SheetCell {
  return { xml: `<c r="{ref}" s="${style}"><v>${value}</v></c>` };
}
