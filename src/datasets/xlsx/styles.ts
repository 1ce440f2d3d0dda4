import type { ZipArchive } from '../../io/zip-archive.ts';
import { type NumberFormat, numberFormat } from './number-format.ts';
import { readPart } from './workbook.ts';
import { readXml } from './xml.ts';

/** The number format of each cell style, by its index. @param part null if the workbook has no styles */
export async function readStyles(archive: ZipArchive, part: string | null): Promise<readonly NumberFormat[]> {
  if (part === null || archive.find(part) === undefined) return [];
  const custom = new Map<number, string>();
  const ids: number[] = [];
  let isInCells = false;
  await readXml(part, readPart(archive, part), {
    open: (name, attributes) => {
      if (name === 'numFmt') custom.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') isInCells = true;
      else if (name === 'xf' && isInCells) ids.push(Number(attributes['numFmtId'] ?? 0));
    },
    close: (name) => {
      if (name === 'cellXfs') isInCells = false;
    },
    text: () => undefined,
  });
  const formats = new Map<number, NumberFormat>();
  return ids.map((id) => {
    const format = formats.get(id) ?? numberFormat(id, custom);
    formats.set(id, format);
    return format;
  });
}
