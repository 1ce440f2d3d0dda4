import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OffsetLineReader } from '../../src/io/offset-reader.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptgrid-offsets-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('OffsetLineReader', () => {
  it('returns every line in any order, across and beyond blocks', async () => {
    const piece = fc.constantFrom('', 'a', 'é€😀', '\r', 'x'.repeat(21_845), '€'.repeat(21_845), '😀'.repeat(40_000));
    const line = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    const lines = fc.array(line, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(lines, fc.infiniteStream(fc.nat()), fc.boolean(), async (texts, order, endsWithNewline) => {
        fc.pre(endsWithNewline || texts.at(-1) !== '');
        const { reader, offsets } = await opened(texts, endsWithNewline);
        try {
          for (const pick of order.take(12)) {
            const index = pick % texts.length;
            const same = reader.read(offsets[index] ?? -1).toString() === texts[index];
            expect(same).toBe(true);
          }
        } finally {
          await reader.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds every line when their order is nearly ascending, in more blocks than it keeps', async () => {
    const texts = Array.from({ length: 6_000 }, (_, index) => `${index} `.padEnd(700, 'x'));
    const { reader, offsets } = await opened(texts, true);
    for (let index = 0; index < texts.length; index++) {
      // Within each hundred lines the order is 0, 37, 74, 11, …
      const strayed = Math.floor(index / 100) * 100 + ((index * 37) % 100);
      expect(reader.read(offsets[strayed] ?? -1).toString()).toBe(texts[strayed]);
    }
    expect(reader.read(0).toString()).toBe(texts[0]);
    await reader.close();
  });

  it('reads a line that was appended after opening', async () => {
    const path = join(folder, 'growing');
    await writeFile(path, 'one\ntw');
    const reader = await OffsetLineReader.open(path);
    expect(reader.read(4).toString()).toBe('tw');
    await writeFile(path, 'o\n', { flag: 'a' });
    expect(reader.read(4).toString()).toBe('two');
    await reader.close();
  });

  it('reports an offset after the end', async () => {
    const { reader } = await opened(['one'], true);
    expect(() => reader.read(4)).toThrow(RangeError);
    await reader.close();
  });

  it('reports a missing file', async () => {
    await expect(OffsetLineReader.open(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

let filesWritten = 0;

async function opened(texts: readonly string[], endsWithNewline: boolean) {
  const path = join(folder, `lines-${++filesWritten}`);
  await writeFile(path, texts.join('\n') + (endsWithNewline ? '\n' : ''));
  const offsets: number[] = [];
  let offset = 0;
  for (const text of texts) {
    offsets.push(offset);
    offset += Buffer.byteLength(text) + 1;
  }
  return { reader: await OffsetLineReader.open(path), offsets };
}
