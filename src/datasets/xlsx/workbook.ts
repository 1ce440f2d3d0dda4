import type { UnpackLimits } from '../../io/unpack/index.ts';
import type { ZipArchive } from '../../io/zip-archive.ts';
import { WorkbookError } from './errors.ts';
import { unescapeText } from './escapes.ts';
import { attribute, isTrue, readXml } from './xml.ts';

/** A sheet with cells. */
export interface SheetInfo {
  readonly name: string;
  readonly isHidden: boolean;
  /** Its part in the archive. */
  readonly part: string;
}

/** The parts of a workbook. */
export interface Workbook {
  /** Sheets with cells, in their order. */
  readonly sheets: readonly SheetInfo[];
  /** True if days are counted from 1904. */
  readonly is1904: boolean;
  readonly hasMacros: boolean;
  /** Name of the part; null if there is none. */
  readonly sharedStrings: string | null;
  readonly styles: string | null;
}

/** XML of a sheet packs about fifteenfold, of empty cells a hundredfold. */
export const PART_LIMITS: UnpackLimits = { freeBytes: 256 * 1024 * 1024, ratio: 250 };

interface Relation {
  readonly id: string;
  /** The last part of its type: `worksheet`, `styles` and so on. */
  readonly type: string;
  readonly target: string;
}

interface NamedSheet {
  readonly name: string;
  readonly isHidden: boolean;
  readonly id: string;
}

/** Reads which sheets a workbook has and where. @throws WorkbookError if it is not one of Excel's */
export async function readWorkbookParts(archive: ZipArchive): Promise<Workbook> {
  const main = await findMain(archive);
  const relations = await readRelations(archive, main);
  const sheets: NamedSheet[] = [];
  let is1904 = false;
  await readXml(main, readPart(archive, main), {
    open: (name, attributes) => {
      if (name === 'workbookPr') is1904 = isTrue(attributes['date1904']);
      if (name !== 'sheet') return;
      const state = attributes['state'] ?? 'visible';
      sheets.push({
        name: unescapeText(attributes['name'] ?? ''),
        isHidden: state !== 'visible',
        id: attribute(attributes, 'id') ?? '',
      });
    },
    close: () => undefined,
    text: () => undefined,
  });
  const withCells = sheets.flatMap(({ id, ...sheet }) => {
    const relation = relations.find((one) => one.id === id && one.type === 'worksheet');
    return relation === undefined ? [] : [{ ...sheet, part: relation.target }];
  });
  return {
    sheets: withCells,
    is1904,
    hasMacros: archive.entries.some(({ name }) => /(?:^|\/)vbaProject\.bin$/i.test(name)),
    sharedStrings: targetOf(relations, 'sharedStrings'),
    styles: targetOf(relations, 'styles'),
  };
}

function targetOf(relations: readonly Relation[], type: string): string | null {
  return relations.find((relation) => relation.type === type)?.target ?? null;
}

/** The bytes of a part. @throws WorkbookError if the workbook lacks it */
export function readPart(archive: ZipArchive, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const entry = archive.find(name);
  if (entry === undefined) throw new WorkbookError(`the part ${name} is missing`);
  return archive.read(entry, PART_LIMITS);
}

async function findMain(archive: ZipArchive): Promise<string> {
  const { target } = (await readRelations(archive, '')).find(({ type }) => type === 'officeDocument') ?? { target: '' };
  const main = target === '' ? 'xl/workbook.xml' : target;
  if (/\.bin$/i.test(main)) {
    throw new NotXlsxError('the file is a binary workbook (.xlsb)');
  }
  if (archive.find(main) !== undefined && /workbook/i.test(main)) return main;
  if (archive.find('mimetype') !== undefined && archive.find('content.xml') !== undefined) {
    throw new NotXlsxError('the file is an OpenDocument file (.ods)');
  }
  if (archive.find('Index/Document.iwa') !== undefined) throw new NotXlsxError('the file is a Numbers document');
  if (archive.find('word/document.xml') !== undefined) throw new NotXlsxError('the file is a Word document');
  if (archive.find('ppt/presentation.xml') !== undefined)
    throw new NotXlsxError('the file is a PowerPoint presentation');
  if (target !== '') throw new NotXlsxError('the file is an Office document, but not a workbook');
  throw new NotXlsxError('the file is a ZIP archive, but not a workbook');
}

/** An archive that is not a workbook, or not one in this format. */
export class NotXlsxError extends Error {}

/** The relations of a part; of the archive itself for an empty name. */
async function readRelations(archive: ZipArchive, part: string): Promise<readonly Relation[]> {
  const slash = part.lastIndexOf('/') + 1;
  const folder = part.slice(0, slash);
  const name = `${folder}_rels/${part.slice(slash)}.rels`;
  const entry = archive.find(name);
  if (entry === undefined) return [];
  const relations: Relation[] = [];
  await readXml(name, archive.read(entry, PART_LIMITS), {
    open: (element, attributes) => {
      if (element !== 'Relationship') return;
      const { Id: id = '', Type: type = '', Target: target = '' } = attributes;
      relations.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: resolveTarget(folder, target) });
    },
    close: () => undefined,
    text: () => undefined,
  });
  return relations;
}

/** Targets are relative to the folder of their source, unless they begin with `/`. */
function resolveTarget(folder: string, target: string): string {
  const path = target.startsWith('/') ? target.slice(1) : `${folder}${target}`;
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
