import { DatasetError } from '../core/errors.ts';
import { looksLikeText } from '../io/likely-encoding.ts';
import { type ContentKind, headText } from './content.ts';
import type { AnyFormat } from './format.ts';

/** The beginning of a file, and what it shows. */
export interface FoundContent {
  readonly kind: ContentKind;
  readonly head: Uint8Array;
}

/** Whose content it is. */
interface CheckedFile {
  /** As messages name it. */
  readonly name: string;
  /** False if no flag says how the file is read; default true. */
  readonly hasFlags?: boolean | undefined;
}

interface Fault {
  readonly what: string;
  readonly hint: string;
}

const SAVE_AS = 'open it in Excel or LibreOffice and save it as .xlsx or .csv';
const UNPACK = 'unpack it and give the unpacked file; only .gz and .zst are unpacked while reading';

const SAVE_TABLE = 'give its table as .xlsx or .csv';
const UNPACK_ALL = 'unpack it and give the file in it';
const WRITE_AS = 'write the table as .parquet, .csv or .jsonl';
const MEDIA_HINT = 'give a table of rows; pictures go with them by --image-column, a column with their paths';

function picture(name: string): Fault {
  return { what: `the file is a picture (${name})`, hint: MEDIA_HINT };
}

/** Content that no format reads, whatever the file is named. */
const UNREADABLE: Readonly<Partial<Record<ContentKind, Fault>>> = {
  'encrypted-parquet': {
    what: 'the Parquet file is encrypted',
    hint: 'write it again without encryption',
  },
  bzip2: { what: 'the file is compressed with bzip2', hint: UNPACK },
  xz: { what: 'the file is compressed with xz', hint: UNPACK },
  '7z': { what: 'the file is a 7z archive', hint: UNPACK },
  rar: { what: 'the file is a RAR archive', hint: UNPACK },
  pdf: { what: 'the file is a PDF', hint: 'give the table as .xlsx or .csv' },
  html: {
    what: 'the file is a web page (HTML)',
    hint: `if it was downloaded, check that it is not a sign-in page; if it holds a table, ${SAVE_AS}`,
  },
  tar: { what: 'the file is a tar archive', hint: UNPACK_ALL },
  png: picture('PNG'),
  jpeg: picture('JPEG'),
  gif: picture('GIF'),
  webp: picture('WebP'),
  tiff: picture('TIFF'),
  mp4: { what: 'the file is a photo or a video (MP4, MOV, HEIC, AVIF)', hint: MEDIA_HINT },
  sqlite: { what: 'the file is an SQLite database', hint: 'export the table from it as CSV' },
  arrow: { what: 'the file is Arrow (Feather)', hint: WRITE_AS },
  avro: { what: 'the file is Avro', hint: WRITE_AS },
  orc: { what: 'the file is ORC', hint: WRITE_AS },
  'xml-workbook': { what: 'the file is a workbook in the format XML Spreadsheet 2003', hint: SAVE_AS },
};

/**
 * The error for content that is not in the format that a file's ending or the user names; null if it may be.
 * @param format undefined if neither names one
 */
export function contentError(
  { name: file, hasFlags = true }: CheckedFile,
  format: AnyFormat | undefined,
  content: FoundContent,
): DatasetError | null {
  const fault = UNREADABLE[content.kind] ?? (format === undefined ? null : mismatch(format, content));
  if (fault === null) return null;
  const hint = hasFlags || format === undefined ? fault.hint : `give a .${format.name} file`;
  return new DatasetError({ file }, fault.what, { hint });
}

function mismatch({ name }: AnyFormat, { kind, head }: FoundContent): Fault | null {
  switch (kind) {
    case 'zip':
      return name === 'xlsx' ? null : zipFault(head);
    case 'parquet':
      if (name === 'parquet') return null;
      return { what: 'the file is Parquet', hint: 'rename it to end in .parquet, or give --input-format parquet' };
    case 'gzip':
    case 'zstd':
      return { what: 'the file is compressed', hint: 'only text is read compressed: unpack it' };
    default:
      return textFault(name, headText(head));
  }
}

/** What is inside of ZIP archives of office programs: names of parts, and what the file then is. */
const ZIP_CONTENT: readonly (readonly [RegExp, Fault])[] = [
  [/(?:^|[^a-z])word\//, { what: 'the file is a Word document', hint: SAVE_TABLE }],
  [/(?:^|[^a-z])ppt\//, { what: 'the file is a PowerPoint presentation', hint: SAVE_TABLE }],
  [/opendocument\.spreadsheet/, { what: 'the file is an OpenDocument file (.ods)', hint: SAVE_AS }],
  [/opendocument\./, { what: 'the file is an OpenDocument file, but not a sheet', hint: SAVE_TABLE }],
  [
    /\[Content_Types\]\.xml|xl\/|_rels\/\.rels/,
    { what: 'the file is an Excel workbook', hint: 'rename it to end in .xlsx, or give --input-format xlsx' },
  ],
];

function zipFault(head: Uint8Array): Fault {
  const names = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  const found = ZIP_CONTENT.find(([part]) => part.test(names));
  return found?.[1] ?? { what: 'the file is a ZIP archive', hint: UNPACK_ALL };
}

/** The beginning of a JSON object, or of an array of them; no cell of CSV begins like that. */
const JSON_OBJECT = /^\s*(?:\[\s*)?\{\s*"(?:[^"\\]|\\.)*"\s*:/;

/** A first line of names with a delimiter between them. */
const LIKE_A_HEADER = /^\s*[\p{L}_][^{}[\]\r\n]*[,;\t]/u;

function textFault(name: AnyFormat['name'], text: string): Fault | null {
  if (text.trim() === '') return null;
  if (name === 'parquet') {
    if (text.startsWith('PAR1')) {
      return {
        what: 'the file begins as Parquet does, but is cut off or damaged',
        hint: 'download it or write it again',
      };
    }
    return { what: 'the file is not Parquet, which begins with PAR1', hint: 'check how it was written' };
  }
  if (name === 'xlsx') {
    if (!looksLikeText(Buffer.from(text))) return { what: 'the file is not an Excel workbook', hint: SAVE_AS };
    const hint = `name its format, such as --input-format ${/^\s*[[{]/.test(text) ? 'json' : 'csv'}, or save it as .xlsx`;
    return { what: 'the file is not an Excel workbook but probably text', hint };
  }
  if (name === 'csv' && JSON_OBJECT.test(text)) {
    return {
      what: 'the file is JSON, not CSV',
      hint: `rename it to end in .${text.trimStart().startsWith('[') ? 'json' : 'jsonl'}, or name its format with --input-format`,
    };
  }
  if (name !== 'csv' && LIKE_A_HEADER.test(text)) {
    return {
      what: 'the file is not JSON but probably CSV',
      hint: 'rename it to end in .csv, or give --input-format csv',
    };
  }
  if (name === 'jsonl' && /^\s*\[\s*(?:\{|$)/.test(text)) {
    return {
      what: 'the file is one JSON array, not JSON Lines',
      hint: 'rename it to end in .json, or give --input-format json',
    };
  }
  return null;
}
