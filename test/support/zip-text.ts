import { RandomFile } from '../../src/io/random-bytes.ts';
import { ZipArchive } from '../../src/io/zip-archive.ts';

/** The text of a file in a zip archive; null if there is none of that name. */
export async function zipText(path: string, name: string): Promise<string | null> {
  const file = await RandomFile.open(path);
  try {
    const zip = await ZipArchive.open(file);
    const entry = zip.find(name);
    if (entry === undefined) return null;
    const blocks: Uint8Array[] = [];
    for await (const block of zip.read(entry, { freeBytes: Number.POSITIVE_INFINITY, ratio: 1 })) blocks.push(block);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(blocks));
  } finally {
    await file.close();
  }
}
