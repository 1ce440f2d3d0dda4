import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { isPageChunk, isPageHead, type PageChunk, type PageHead } from '../../src/core/page-data.ts';
import { type RowView, rowsOf } from '../../src/page/data/row-view.ts';

/** A report page as its script reads it. */
export interface ReadPage {
  readonly head: PageHead;
  readonly chunks: readonly PageChunk[];
  readonly rows: readonly RowView[];
}

/** Reads the data of a page. */
export function readReportPage(html: string): ReadPage {
  const head = unpacked(/<div id="head" hidden>([^<]*)<\/div>/.exec(html)?.[1] ?? '');
  if (!isPageHead(head)) throw new TypeError('the page has no head');
  const chunks = [...html.matchAll(/<div class="rows-data" hidden>([^<]*)<\/div>/g)].map(([, data = '']) => {
    const chunk = unpacked(data);
    if (!isPageChunk(chunk)) throw new TypeError('not a chunk');
    return chunk;
  });
  return { head, chunks, rows: rowViews(chunks) };
}

/** The rows of chunks. */
export function rowViews(chunks: readonly PageChunk[]): readonly RowView[] {
  const rows: RowView[] = [];
  for (const chunk of chunks) rows.push(...rowsOf(chunk, rows.length));
  return rows;
}

function unpacked(base64: string): unknown {
  return JSON.parse(inflateRawSync(Buffer.from(base64, 'base64')).toString('utf8'));
}

/** The Chromium of this machine; null if it has none. */
export function findChromium(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}
