import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ByteLine, byteLinesNow, readByteLines } from '../../src/io/byte-lines.ts';

describe('readByteLines', () => {
  it('returns every line at its offset, however the bytes are split', async () => {
    const bytes = fc
      .array(fc.oneof(fc.constantFrom(10, 10, 13, 0, 0xff, 0xe2, 0x82, 0xac), fc.nat({ max: 255 })), { size: 'medium' })
      .map((values) => Buffer.from(values));
    await fc.assert(
      fc.asyncProperty(bytes, fc.infiniteStream(fc.nat({ max: 7 })), async (content, sizes) => {
        const lines = await readAll(pieces(content, sizes));
        expect(lines).toEqual(expectedLines(content));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, readonly string[], readonly [string, boolean][]]>([
    ['nothing', [], []],
    ['a line that ends', ['a\n'], [['a', true]]],
    ['a line that does not', ['a'], [['a', false]]],
    [
      'empty lines',
      ['\n\n'],
      [
        ['', true],
        ['', true],
      ],
    ],
    [
      'a line feed alone in its piece',
      ['a', '\n', 'b'],
      [
        ['a', true],
        ['b', false],
      ],
    ],
    [
      'other white space',
      ['a\r\n \u2028\n'],
      [
        ['a\r', true],
        [' \u2028', true],
      ],
    ],
  ])('reads %s', async (_what, chunks, expected) => {
    const lines = await readAll(chunks.map((chunk) => Buffer.from(chunk)));
    expect(lines.map(({ bytes, ended }) => [bytes.toString(), ended])).toEqual(expected);
  });

  // Putting such a line together anew with every piece would copy half a terabyte.
  it('reads a line of tens of thousands of pieces', async () => {
    const piece = Buffer.alloc(1000, 'x');
    const [line, ...others] = await readAll(Array.from({ length: 32_000 }, () => piece));
    expect(line?.bytes.length).toBe(32_000_000);
    expect(others).toEqual([]);
  });

  it('releases the stream if the reader stops early', async () => {
    const stream = Readable.from([Buffer.from('a\nb\n'), Buffer.from('c\n')]);
    for await (const { line } of readByteLines(stream)) if (line === 2) break;
    expect(stream.destroyed).toBe(true);
  });

  it('passes on errors of the stream', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from('a\nb');
        throw new Error('the disk is gone');
      })(),
    );
    await expect(readLines(broken)).rejects.toThrow('the disk is gone');
  });

  it('rejects a stream of texts, whose offsets would be wrong', async () => {
    await expect(readLines(Readable.from(['a\n']))).rejects.toThrow(TypeError);
  });
});

describe('byteLinesNow', () => {
  it('returns the same lines of a file, which may be longer than what is read at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promptgrid-lines-'));
    try {
      const path = join(folder, 'file');
      const long = 'x'.repeat(300_000);
      for (const text of ['', 'one', 'one\n\ntwo', `${long}\n`, `a\n${long}${long}\nb\n${long}`]) {
        await writeFile(path, text);
        const lines: object[] = [];
        for (const { bytes, ...line } of byteLinesNow(path)) lines.push({ ...line, bytes: bytes.toString() });
        const expected = expectedLines(Buffer.from(text)).map(({ bytes, ...line }) => ({
          ...line,
          bytes: bytes.toString(),
        }));
        expect(lines).toEqual(expected);
      }
      expect(() => [...byteLinesNow(join(folder, 'other'))]).toThrow('ENOENT');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

function readAll(chunks: Iterable<Buffer>): Promise<readonly ByteLine[]> {
  return readLines(Readable.from(chunks));
}

async function readLines(stream: Readable): Promise<readonly ByteLine[]> {
  const lines: ByteLine[] = [];
  for await (const line of readByteLines(stream)) lines.push(line);
  return lines;
}

function* pieces(content: Buffer, sizes: Iterator<number>): Generator<Buffer> {
  for (let start = 0; start < content.length; ) {
    const size = Number(sizes.next().value);
    yield content.subarray(start, start + size);
    start += size;
  }
}

function expectedLines(content: Buffer): readonly ByteLine[] {
  const lines: ByteLine[] = [];
  for (let offset = 0, line = 1; offset < content.length; line++) {
    const end = content.indexOf(10, offset);
    const bytes = content.subarray(offset, end === -1 ? content.length : end);
    lines.push({ bytes, offset, line, ended: end !== -1 });
    offset += bytes.length + 1;
  }
  return lines;
}
