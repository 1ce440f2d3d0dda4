import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines, type TextLine } from '../../src/io/lines.ts';

describe('splitLines', () => {
  it('returns the same lines as a split of the whole text, wherever the chunks end', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n'), { maxLength: 40 })
      .map((all) => all.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (whole, size) => {
        const expected = whole.split(/\r?\n/).map((line, index) => ({ text: line, line: index + 1 }));
        if (expected.at(-1)?.text === '') expected.pop();
        expect(await collect(chunks(whole, size))).toEqual(expected);
      }),
    );
  });

  it('keeps a carriage return that is not part of a line ending', async () => {
    expect(await collect(chunks('a\rb\nc\r', 1))).toEqual([
      { text: 'a\rb', line: 1 },
      { text: 'c\r', line: 2 },
    ]);
  });

  it('returns no line for an empty text', async () => {
    expect(await collect(chunks('', 1))).toEqual([]);
  });

  it('joins a line of 20 MB from chunks of 64 units in linear time', async () => {
    const long = 'x'.repeat(20_000_000);
    const lines = await collect(chunks(`${long}\nend`, 64));
    expect(lines.map(({ text, line }) => [text.length, line])).toEqual([
      [long.length, 1],
      [3, 2],
    ]);
  }, 20_000);
});

async function* chunks(text: string, size: number): AsyncGenerator<string, void, undefined> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

async function collect(input: AsyncIterable<string>): Promise<readonly TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of splitLines(input)) lines.push(line);
  return lines;
}
