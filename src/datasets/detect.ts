import { readBytes } from '../io/bytes.ts';
import { peek } from '../io/peek.ts';
import { unpack } from '../io/unpack/index.ts';
import { contentKind, headText } from './content.ts';
import type { AnyFormat } from './format.ts';
import { explainReadError } from './read-errors.ts';

/** Its first block is enough. */
const NO_LIMITS = { freeBytes: Number.POSITIVE_INFINITY, ratio: 1 };

/**
 * The format of a file without an ending, by its first bytes; CSV for any text that is not JSON.
 * @param name the file's name in messages
 * @throws DatasetError if a compressed file cannot be unpacked
 */
export async function detectFormat(path: string, name: string): Promise<AnyFormat['name']> {
  try {
    const head = await firstBlock(readBytes(path));
    const kind = contentKind(head);
    if (kind !== 'gzip' && kind !== 'zstd') return formatOf(head);
    return formatOf(await firstBlock(unpack(readBytes(path), kind, NO_LIMITS)));
  } catch (error) {
    throw explainReadError(error, { name, encoding: null });
  }
}

async function firstBlock(blocks: AsyncGenerator<Uint8Array, void, undefined>): Promise<Uint8Array> {
  const { first = new Uint8Array(0), all } = await peek(blocks);
  await all.return();
  return first;
}

function formatOf(head: Uint8Array): AnyFormat['name'] {
  const kind = contentKind(head);
  if (kind === 'parquet') return 'parquet';
  if (kind === 'zip' || kind === 'ole') return 'xlsx';
  const text = headText(head).trimStart();
  if (text.startsWith('[')) return 'json';
  if (!text.startsWith('{')) return 'csv';
  const [line = ''] = text.split('\n');
  // An object over several lines is not JSON Lines.
  return line.length < text.length && !line.trimEnd().endsWith('}') ? 'json' : 'jsonl';
}
