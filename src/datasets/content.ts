/** What a file's first bytes show it to be. */
export type ContentKind =
  | 'text'
  | 'html'
  | 'xml-workbook'
  | 'gzip'
  | 'zstd'
  | 'zip'
  | 'parquet'
  | 'encrypted-parquet'
  | 'ole'
  | 'bzip2'
  | 'xz'
  | '7z'
  | 'rar'
  | 'pdf';

interface Signature {
  readonly kind: ContentKind;
  readonly bytes: readonly number[];
}

const SIGNATURES: readonly Signature[] = [
  { kind: 'gzip', bytes: [0x1f, 0x8b, 0x08] },
  { kind: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'zip', bytes: [0x50, 0x4b, 0x03, 0x04] },
  // An archive without entries.
  { kind: 'zip', bytes: [0x50, 0x4b, 0x05, 0x06] },
  { kind: 'parquet', bytes: ascii('PAR1') },
  { kind: 'encrypted-parquet', bytes: ascii('PARE') },
  { kind: 'ole', bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1] },
  { kind: 'bzip2', bytes: ascii('BZh') },
  { kind: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { kind: '7z', bytes: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { kind: 'rar', bytes: ascii('Rar!') },
  { kind: 'pdf', bytes: ascii('%PDF-') },
];

/** Characters of the text's beginning that are looked at. */
const HEAD_UNITS = 4096;

/** Recognises content by its first bytes; `head` is the beginning of the file, at least 8 bytes if it has them. */
export function contentKind(head: Uint8Array): ContentKind {
  const found = SIGNATURES.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (found !== undefined && !isWord(found, head)) return found.kind;
  const text = headText(head).trimStart().slice(0, HEAD_UNITS);
  if (/^<(?:!doctype\s+html|html)[\s>]/i.test(text)) return 'html';
  if (/^<\?xml[^>]*>/i.test(text) && text.includes('urn:schemas-microsoft-com:office:spreadsheet'))
    return 'xml-workbook';
  return 'text';
}

/** A CSV may begin with a column of such a name: binary content continues with a control character or a digit. */
function isWord({ kind }: Signature, head: Uint8Array): boolean {
  if (kind !== 'bzip2' && kind !== 'parquet' && kind !== 'encrypted-parquet') return false;
  const following = head[kind === 'bzip2' ? 3 : 4] ?? 0;
  return kind === 'bzip2' ? following < 0x31 || following > 0x39 : following >= 0x20 && following < 0x7f;
}

/** The beginning of a text, decoded as well as it can be told from its first bytes, without a byte order mark. */
export function headText(head: Uint8Array): string {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (head[0] === 0xff && head[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (head[0] === 0xfe && head[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function ascii(text: string): readonly number[] {
  return [...Buffer.from(text, 'latin1')];
}
