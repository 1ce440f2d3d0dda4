import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatasetFolder } from './dataset-folder.ts';

let folder: DatasetFolder;
beforeAll(async () => {
  folder = await DatasetFolder.make();
});
afterAll(() => folder.remove());

const NOISE = randomBytes(4096);
const begins = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat([...parts.map((part) => Buffer.from(typeof part === 'string' ? strToU8(part, true) : part)), NOISE]);
const zip = (...names: readonly string[]): Uint8Array =>
  zipSync(Object.fromEntries(names.map((name) => [name, strToU8('x')])));
const tar = Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0'), Buffer.alloc(1000)]);
const officeTypes = ['[Content_Types].xml', '_rels/.rels'];
const RELS = '<Relationships><Relationship Type="x/officeDocument" Target="word/document.xml" Id="r"/></Relationships>';

describe('content of another kind than the name says is named', () => {
  it.each([
    ['PNG', begins([0x89], 'PNG\r\n', [0x1a, 0x0a]), 'the file is a picture (PNG)'],
    ['JPEG', begins([0xff, 0xd8, 0xff, 0xe0]), 'the file is a picture (JPEG)'],
    ['GIF', begins('GIF89a', [0x01, 0x00]), 'the file is a picture (GIF)'],
    ['WebP', begins('RIFF', [9, 9, 0, 0], 'WEBPVP8 '), 'the file is a picture (WebP)'],
    ['TIFF', begins('II*', [0]), 'the file is a picture (TIFF)'],
    ['a photo of a phone', begins([0, 0, 0, 0x18], 'ftypheic'), /^the file is a photo or a video/],
    ['SQLite', begins('SQLite format 3', [0]), 'the file is an SQLite database'],
    ['Feather', begins('ARROW1', [0, 0]), 'the file is Arrow (Feather)'],
    ['Avro', begins('Obj', [1]), 'the file is Avro'],
    ['ORC', begins('ORC', [0x0a, 0x03]).fill(1, 3, 4), 'the file is ORC'],
    ['tar', tar, 'the file is a tar archive'],
    ['tar in gzip', gzipSync(tar), 'the file is a tar archive'],
    ['PDF', begins('%PDF-1.7'), 'the file is a PDF'],
    ['Word', zip(...officeTypes, 'word/document.xml'), 'the file is a Word document'],
    ['PowerPoint', zip(...officeTypes, 'ppt/presentation.xml'), 'the file is a PowerPoint presentation'],
    ['a workbook', zip(...officeTypes, 'xl/workbook.xml'), 'the file is an Excel workbook'],
    [
      'OpenDocument',
      zipSync({ mimetype: [strToU8('application/vnd.oasis.opendocument.spreadsheet'), { level: 0 }] }),
      'the file is an OpenDocument file (.ods)',
    ],
    ['an archive', zip('a.txt'), 'the file is a ZIP archive'],
    [
      'bytes of no known kind',
      NOISE.map((byte) => byte | 0x80).fill(1, 0, 200),
      'the file is not text in any encoding',
    ],
  ] as const)('%s', async (_, content, what) => {
    for (const request of [{}, { encoding: 'windows-1251' }]) {
      if (what === 'the file is not text in any encoding' && 'encoding' in request) continue;
      const error = await folder.failure('rows.csv', content, request);
      const message = error.message.slice('rows.csv: '.length);
      if (typeof what === 'string') expect(message).toBe(what);
      else expect(message).toMatch(what);
      expect(error.hint).not.toContain('--encoding');
    }
    if (Buffer.from(content).subarray(0, 2).toString() === 'PK') return;
    expect((await folder.failure('rows.xlsx', content)).message).not.toContain('probably text');
  });

  it('in a workbook too', async () => {
    const word = zipSync({ '_rels/.rels': strToU8(RELS), 'word/document.xml': strToU8('x') });
    expect((await folder.failure('rows.xlsx', word)).message).toBe('rows.xlsx: the file is a Word document');
  });

  it('Parquet that is cut or damaged is not denied to be Parquet', async () => {
    expect(await folder.failure('bad.parquet', 'PAR1xxxx')).toMatchObject({
      message: 'bad.parquet: the file begins as Parquet does, but is cut off or damaged',
    });
  });

  it.each(['ORC,b\n1,2\n', 'GIF89a,b\n1,2\n', 'ARROW1\n1\n', 'PAR1\n1\n', 'FEA1;b\n1;2\n'])(
    'a CSV that begins with such a word is read: %j',
    async (text) => {
      expect(await folder.rows('rows.csv', text)).toHaveLength(1);
    },
  );

  it('a text in another encoding is told which', async () => {
    const error = await folder.failure('rows.csv', Buffer.from([0x61, 0x0a, 0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x0a]));
    expect(error.hint).toContain('--encoding windows-1251');
  });
});
