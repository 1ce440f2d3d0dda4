import { UsageError } from '../core/errors.ts';
import type { Row } from '../core/row.ts';
import { readBytes } from '../io/bytes.ts';
import { decodeText } from '../io/decode.ts';
import { peek } from '../io/peek.ts';
import { RandomFile } from '../io/random-bytes.ts';
import { type UnpackLimits, unpack } from '../io/unpack/index.ts';
import { type ContentKind, contentKind } from './content.ts';
import { contentError } from './content-errors.ts';
import { type AnyFormat, type BinaryFormat, type DatasetFormat, isBinaryFormat } from './format.ts';
import { oleError } from './ole.ts';
import { formatForPath, formatNamed, unknownFormatError } from './registry.ts';

/** One file to read, and how. */
export interface FileRequest {
  readonly path: string;
  /** The file name used in messages. */
  readonly name: string;
  /** Name of a format; null uses the file's extension, and without one its content. */
  readonly format: string | null;
  /** WHATWG label of the text's encoding; null is UTF-8. A byte order mark in the file takes precedence. */
  readonly encoding: string | null;
  /** CSV delimiter to prefer; null detects it. */
  readonly delimiter: string | null;
  /** Name or number of a workbook's sheet; null is the first. */
  readonly sheet: string | null;
  /** Column or path that names the rows in place of `id`; null or absent if none. */
  readonly idColumn?: string | null | undefined;
  /** False for a file of a command without flags for how it is read: no hint names one; default true. */
  readonly hasFlags?: boolean | undefined;
  /** Receives every block of the file as it is read, in order, to compute a digest. */
  readonly onBytes?: ((block: Uint8Array) => void) | undefined;
  /** Called with each note for the user, one line each. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Corrects the text of a text format before it is read. */
  readonly mapText?: ((text: AsyncIterable<string>) => AsyncIterable<string>) | undefined;
}

/** Far beyond what rows compress to, unless all repeat one long text. */
const TEXT_LIMITS: UnpackLimits = { freeBytes: 1024 ** 3, ratio: 1000 };

type Blocks = AsyncGenerator<Uint8Array, void, undefined>;

/** The rows of one file. Errors of the file system, of decoding and of unpacking are thrown as they are. */
export async function* readFileRows(request: FileRequest): AsyncGenerator<Row, void, undefined> {
  const { path, name } = request;
  const named = request.format === null ? formatForPath(path) : formatNamed(request.format);
  const { first: head = new Uint8Array(0), all } = await peek(readBytes(path));
  try {
    const kind = contentKind(head);
    if (kind === 'ole') throw await withFile(path, (file) => oleError(name, file));
    const format = named ?? formatOf(kind);
    if ((kind === 'gzip' || kind === 'zstd') && format !== undefined && !isBinaryFormat(format)) {
      checkSheet(request, format);
      yield* packedRows(request, format, unpack(observed(all, request), kind, TEXT_LIMITS));
      return;
    }
    const error = contentError(request, format, { kind, head });
    if (error !== null) throw error;
    if (format === undefined) throw unknownFormatError(name);
    checkSheet(request, format);
    if (isBinaryFormat(format)) yield* binaryRows(request, format, all);
    else yield* textRows(request, format, observed(all, request));
  } finally {
    await all.return();
  }
}

/** The format that content shows by itself; undefined for text. */
function formatOf(kind: ContentKind): AnyFormat | undefined {
  if (kind === 'parquet') return formatNamed('parquet');
  return kind === 'zip' ? formatNamed('xlsx') : undefined;
}

function checkSheet({ name, sheet }: FileRequest, format: AnyFormat): void {
  if (sheet === null || format.name === 'xlsx') return;
  throw new UsageError(`--sheet names a sheet, but ${name} is not a workbook`, {
    hint: 'remove --sheet, or give an .xlsx file',
  });
}

async function* packedRows(request: FileRequest, format: DatasetFormat, unpacked: Blocks): AsyncGenerator<Row, void> {
  const { first: head = new Uint8Array(0), all } = await peek(unpacked);
  try {
    const error = contentError(request, format, { kind: contentKind(head), head });
    if (error !== null) throw error;
    yield* textRows(request, format, all);
  } finally {
    await all.return();
  }
}

function textRows(request: FileRequest, format: DatasetFormat, blocks: Blocks): AsyncIterable<Row> {
  const { name, encoding, delimiter, onNotice, mapText = (text) => text } = request;
  const text = mapText(decodeText(blocks, encoding));
  return format.read({ path: name, delimiter, text, onNotice, ignoresIds: ignoresIds(request) });
}

function ignoresIds({ idColumn }: FileRequest): boolean {
  return idColumn !== undefined && idColumn !== null;
}

async function* binaryRows(request: FileRequest, format: BinaryFormat, blocks: Blocks): AsyncGenerator<Row, void> {
  const { path, name, sheet, onBytes, onNotice } = request;
  // The digest is of the bytes in their order, which such a format does not read them in.
  if (onBytes !== undefined) for await (const block of blocks) onBytes(block);
  else await blocks.return();
  const bytes = await RandomFile.open(path);
  try {
    yield* format.read({ path: name, bytes, sheet, onNotice, ignoresIds: ignoresIds(request) });
  } finally {
    await bytes.close();
  }
}

async function withFile<T>(path: string, work: (file: RandomFile) => Promise<T>): Promise<T> {
  const file = await RandomFile.open(path);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function* observed(blocks: Blocks, { onBytes }: FileRequest): Blocks {
  for await (const block of blocks) {
    onBytes?.(block);
    yield block;
  }
}
