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
  | 'tar'
  | 'pdf'
  | 'png'
  | 'jpeg'
  | 'gif'
  | 'webp'
  | 'tiff'
  | 'mp4'
  | 'sqlite'
  | 'arrow'
  | 'avro'
  | 'orc';

interface Signature {
  readonly kind: ContentKind;
  readonly bytes: readonly number[];
  /** Offset of the bytes; default 0. */
  readonly at?: number;
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
  { kind: 'png', bytes: [0x89, 0x50, 0x4e, 0x47] },
  { kind: 'jpeg', bytes: [0xff, 0xd8, 0xff] },
  { kind: 'gif', bytes: ascii('GIF87a') },
  { kind: 'gif', bytes: ascii('GIF89a') },
  { kind: 'webp', bytes: ascii('WEBPVP8'), at: 8 },
  { kind: 'tiff', bytes: [0x49, 0x49, 0x2a, 0x00] },
  { kind: 'tiff', bytes: [0x4d, 0x4d, 0x00, 0x2a] },
  // Photos of phones (HEIC, AVIF) too: a box whose length is a small number, then its name.
  { kind: 'mp4', bytes: [0x00, 0x00, 0x00] },
  { kind: 'sqlite', bytes: ascii('SQLite format 3\0') },
  { kind: 'arrow', bytes: ascii('ARROW1') },
  { kind: 'arrow', bytes: ascii('FEA1') },
  { kind: 'avro', bytes: [...ascii('Obj'), 0x01] },
  { kind: 'orc', bytes: ascii('ORC') },
  { kind: 'tar', bytes: ascii('ustar'), at: 257 },
];

/** Characters of the text's beginning that are looked at. */
const HEAD_UNITS = 4096;

/** Recognises content by its first bytes; `head` is the beginning of the file, at least 262 bytes if it has them. */
export function contentKind(head: Uint8Array): ContentKind {
  const found = SIGNATURES.find((signature) => stands(signature, head) && !isWord(signature, head));
  if (found !== undefined) return found.kind;
  const text = headText(head).trimStart().slice(0, HEAD_UNITS);
  if (/^<(?:!doctype\s+html|html)[\s>]/i.test(text)) return 'html';
  if (/^<\?xml[^>]*>/i.test(text) && text.includes('urn:schemas-microsoft-com:office:spreadsheet'))
    return 'xml-workbook';
  return 'text';
}

function stands({ kind, bytes, at = 0 }: Signature, head: Uint8Array): boolean {
  if (kind === 'mp4' && !ascii('ftyp').every((byte, index) => head[4 + index] === byte)) return false;
  return bytes.every((byte, index) => head[at + index] === byte);
}

/** Kinds whose signature is a word, with which a text may begin too. */
const WORDS: ReadonlySet<ContentKind> = new Set(['parquet', 'encrypted-parquet', 'gif', 'arrow', 'orc']);

/** A CSV may begin with a column of such a name: binary content continues with a control character or a digit. */
function isWord({ kind, bytes }: Signature, head: Uint8Array): boolean {
  const following = head[kind === 'bzip2' ? 3 : bytes.length] ?? 0;
  if (kind === 'bzip2') return following < 0x31 || following > 0x39;
  return WORDS.has(kind) && (isPrintable(following) || following === 0x0a || following === 0x0d || following === 0x09);
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
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
