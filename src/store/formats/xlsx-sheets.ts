import { SaxesParser } from 'saxes';
import { RandomFile } from '../../io/random-bytes.ts';
import { UnpackError, type UnpackLimits } from '../../io/unpack/index.ts';
import { ZipArchive } from '../../io/zip-archive.ts';
import { columnPlace, SUMMARY_SHEET, unescapedText } from './xlsx-cells.ts';

/** None: where answers repeat, results may unpack to a thousand times their size. */
const LIMITS: UnpackLimits = { freeBytes: Number.POSITIVE_INFINITY, ratio: 1 };

/** A cell as it is stored; dates are numbers. */
export interface SheetCell {
  readonly type: 'text' | 'number' | 'truth';
  readonly text: string;
  /** True if it may come from a CSV file that a spreadsheet saved as a workbook: its text is shared, and there is no summary. */
  readonly mayHaveGuard?: boolean;
}

/** A row that has cells; those that are missing are undefined. */
export interface SheetRow {
  /** From 1. */
  readonly number: number;
  readonly cells: readonly (SheetCell | undefined)[];
}

/**
 * The rows of some worksheets of a workbook, one after the other, read on demand; texts that cells share are held.
 * @param isWanted chooses worksheets by name; the first one is read if it chooses none
 * @throws UnpackError if the file is no workbook, or the file system's error
 */
export async function* readSheets(path: string, isWanted: (name: string) => boolean): AsyncGenerator<SheetRow> {
  const file = await RandomFile.open(path);
  try {
    const zip = await ZipArchive.open(file);
    const sheets = await sheetPaths(zip);
    const named = sheets.filter(({ name }) => isWanted(name));
    const texts = await sharedTexts(zip);
    // Spreadsheets keep it when they save a workbook of ours, whose cells have no guards.
    const mayHaveGuards = sheets.every(({ name }) => name !== SUMMARY_SHEET);
    for (const sheet of named.length > 0 ? named : sheets.slice(0, 1))
      yield* rowsOf(zip, sheet.path, { texts, mayHaveGuards });
  } finally {
    await file.close();
  }
}

async function sheetPaths(zip: ZipArchive): Promise<readonly { readonly name: string; readonly path: string }[]> {
  const targets = new Map<string, string>();
  for await (const { name, attributes } of elements(zip, 'xl/_rels/workbook.xml.rels')) {
    if (name !== 'Relationship') continue;
    const target = attributes['Target'] ?? '';
    targets.set(attributes['Id'] ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  const sheets: { readonly name: string; readonly path: string }[] = [];
  for await (const { name, attributes } of elements(zip, 'xl/workbook.xml')) {
    if (name !== 'sheet') continue;
    const id = Object.entries(attributes).find(([key]) => localName(key) === 'id' && key !== 'id')?.[1];
    sheets.push({ name: attributes['name'] ?? '', path: targets.get(id ?? '') ?? '' });
  }
  return sheets;
}

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Writers may put any prefix before the names of elements. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The elements of a file, as they begin. */
async function* elements(zip: ZipArchive, path: string): AsyncGenerator<Element> {
  const found: Element[] = [];
  const parser = newParser();
  parser.on('opentag', ({ name, attributes }) => found.push({ name: localName(name), attributes }));
  for await (const _ of parsed(zip, path, parser)) yield* found.splice(0);
  yield* found.splice(0);
}

function newParser(): SaxesParser {
  return new SaxesParser();
}

/** Feeds a file to a parser, piece by piece. @throws UnpackError if it is missing or no XML */
async function* parsed(zip: ZipArchive, path: string, parser: SaxesParser): AsyncGenerator<void> {
  // The parser continues behind errors unless the listener throws.
  parser.on('error', (cause) => {
    throw damaged(path, cause);
  });
  const entry = zip.find(path);
  if (entry === undefined) throw new UnpackError('damaged', `it has no ${path}`);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const block of zip.read(entry, LIMITS)) {
    parser.write(decoded(path, () => decoder.decode(block, { stream: true })));
    yield;
  }
  parser.write(decoded(path, () => decoder.decode()));
  parser.close();
}

function decoded(path: string, decode: () => string): string {
  try {
    return decode();
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause: unknown): UnpackError {
  return new UnpackError('damaged', `${path} in it is damaged`, cause);
}

/** Collects the text of `t` elements, without phonetic hints, which repeat it in another script. */
class TextCollector {
  text = '';
  #depth = 0;
  #isText = false;

  open(name: string): void {
    if (name === 'rPh') this.#depth += 1;
    this.#isText = name === 't' && this.#depth === 0;
  }

  add(text: string): void {
    if (this.#isText) this.text += text;
  }

  close(name: string): void {
    if (name === 'rPh') this.#depth -= 1;
    this.#isText = false;
  }
}

async function sharedTexts(zip: ZipArchive): Promise<readonly string[]> {
  const path = 'xl/sharedStrings.xml';
  if (zip.find(path) === undefined) return [];
  const texts: string[] = [];
  const parser = newParser();
  const collector = new TextCollector();
  parser.on('opentag', (tag) => {
    const name = localName(tag.name);
    if (name === 'si') collector.text = '';
    collector.open(name);
  });
  parser.on('text', (text) => collector.add(text));
  parser.on('closetag', (tag) => {
    const name = localName(tag.name);
    collector.close(name);
    if (name === 'si') texts.push(unescapedText(collector.text));
  });
  for await (const _ of parsed(zip, path, parser));
  return texts;
}

/** The texts that cells share. */
interface SharedTexts {
  readonly texts: readonly string[];
  readonly mayHaveGuards: boolean;
}

/** Builds rows from the elements of a worksheet. */
class RowBuilder {
  readonly rows: SheetRow[] = [];
  readonly #shared: SharedTexts;
  readonly #collector = new TextCollector();
  #cells: (SheetCell | undefined)[] = [];
  #number = 0;
  #place = 0;
  #type = 'n';
  #value = '';
  #isValue = false;

  constructor(shared: SharedTexts) {
    this.#shared = shared;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#collector.open(name);
    this.#isValue = name === 'v';
    if (name === 'row') this.#beginRow(attributes['r']);
    if (name === 'c') this.#beginCell(attributes['r'], attributes['t']);
  }

  #beginRow(number: string | undefined): void {
    this.#number = number === undefined ? this.#number + 1 : Number(number);
    this.#cells = [];
    this.#place = -1;
  }

  #beginCell(name: string | undefined, type: string | undefined): void {
    this.#place = (name === undefined ? null : columnPlace(name)) ?? this.#place + 1;
    this.#type = type ?? 'n';
    this.#value = '';
    this.#collector.text = '';
  }

  text(text: string): void {
    if (this.#isValue) this.#value += text;
    this.#collector.add(text);
  }

  close(name: string): void {
    this.#collector.close(name);
    this.#isValue = false;
    if (name === 'c') this.#cells[this.#place] = this.#cell();
    if (name === 'row' && this.#cells.length > 0) this.rows.push({ number: this.#number, cells: this.#cells });
  }

  #cell(): SheetCell | undefined {
    switch (this.#type) {
      case 'inlineStr':
        return { type: 'text', text: unescapedText(this.#collector.text) };
      case 's':
        return {
          type: 'text',
          text: this.#shared.texts[Number(this.#value)] ?? '',
          mayHaveGuard: this.#shared.mayHaveGuards,
        };
      case 'b':
        return { type: 'truth', text: this.#value };
      case 'n':
        return this.#value === '' ? undefined : { type: 'number', text: this.#value };
      default:
        // Texts of formulas, dates as texts, errors such as #DIV/0!.
        return { type: 'text', text: unescapedText(this.#value) };
    }
  }
}

async function* rowsOf(zip: ZipArchive, path: string, shared: SharedTexts): AsyncGenerator<SheetRow> {
  const builder = new RowBuilder(shared);
  const parser = newParser();
  parser.on('opentag', ({ name, attributes }) => builder.open(localName(name), attributes));
  parser.on('text', (text) => builder.text(text));
  parser.on('closetag', ({ name }) => builder.close(localName(name)));
  for await (const _ of parsed(zip, path, parser)) yield* builder.rows.splice(0);
  yield* builder.rows.splice(0);
}
