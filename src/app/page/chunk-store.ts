import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { PageChunk, PageHead } from '../../core/page-data.ts';
import { SpoolFile } from '../../io/spool-file.ts';

const deflate = promisify(deflateRaw);

/** A value as a page carries it: JSON, compressed (RFC 1951), in base64. */
export async function packed(value: PageChunk | PageHead): Promise<string> {
  const bytes = await deflate(JSON.stringify(value));
  return bytes.toString('base64');
}

/** Packed text that is kept in memory before a file is begun, in characters. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Keeps the packed chunks of a page until its head is known: few in memory, more in a temporary file. */
export class ChunkStore {
  readonly #folder: string;
  #kept: string[] = [];
  #characters = 0;
  #spool: SpoolFile | null = null;
  #underWay: Promise<string> | null = null;

  /** @param folder for the temporary file */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes the next chunk. One is packed while the next one is filled. */
  async add(chunk: PageChunk): Promise<void> {
    await this.#settle();
    this.#underWay = packed(chunk);
    // Its error comes with the next chunk, or with `all`.
    this.#underWay.catch(() => undefined);
  }

  /** Every packed chunk, in order. */
  async *all(): AsyncGenerator<string> {
    await this.#settle();
    if (this.#spool !== null) yield* this.#spool.lines();
    yield* this.#kept;
  }

  /** Removes the temporary file. */
  async close(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
    await this.#spool?.remove();
  }

  async #settle(): Promise<void> {
    if (this.#underWay === null) return;
    const text = await this.#underWay;
    this.#underWay = null;
    this.#kept.push(text);
    this.#characters += text.length;
    if (this.#characters < MOST_CHARACTERS) return;
    this.#spool ??= await SpoolFile.open(join(this.#folder, 'rows'));
    for (const line of this.#kept) await this.#spool.write(line);
    this.#kept = [];
    this.#characters = 0;
  }
}
