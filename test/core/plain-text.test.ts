import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutShort, oneLine, printable } from '../../src/core/plain-text.ts';

describe('one line', () => {
  it.each([
    ['a\nb\r\nc', 'a⏎b⏎c'],
    ['::error::x', ':\u200B:error::x'],
    ['a ##[group]x', 'a ##\u200B[group]x'],
    ['\u001b[31mred', '\uFFFD[31mred'],
    ['left\u202Eright', 'left\uFFFDright'],
    ['std::vector', 'std::vector'],
  ])('of %j is %j', (text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });

  it('is cut between characters', () => {
    expect(cutShort('👍👍👍', 2)).toBe('👍👍…');
    expect(cutShort('abc', 3)).toBe('abc');
  });
});

describe('a text of a server', () => {
  it.each([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['a cleared screen', 'before\u001B[2J\u001B[Hafter', 'beforeafter'],
    ['a title', '\u001B]0;owned\u0007text', 'text'],
    ['a link', '\u001B]8;;http://example.com\u001B\\text\u001B]8;;\u001B\\', 'text'],
    ['a device string', '\u001BPq#0\u001B\\text', 'text'],
    ['sequences of one byte', '\u009B31mred\u009D0;owned\u009Ctext', 'redtext'],
    ['a reset', '\u001Bctext', 'text'],
    ['a sequence without an end', 'text\u001B]0;left', 'text0;left'],
    ['a backspace and a bell', 'a\bb\u0007c', 'a b c'],
    ['lines', ' a\r\n\tb\u2028c\n', 'a b c'],
    ['turned text', 'a\u202Eb\u2066c', 'a b c'],
    ['half a character', 'a\uD83Db', 'a b'],
    ['whole characters', 'Ответ: 你好 👩‍👩‍👧', 'Ответ: 你好 👩‍👩‍👧'],
  ])('loses %s', (_what, text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('never contains terminal control characters, whatever the input', () => {
    const codes = fc.array(
      fc.constantFrom('\u001B', '[', ']', 'P', '0', ';', 'm', '\u0007', '\\', '\u009B', '\u009C', 'x', ' '),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      codes.map((list) => list.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u);
      }),
    );
  });

  it('is produced in linear time', () => {
    for (const part of ['\u001B]', '\u001B[', '\u001B]a', ' '])
      expect(printable(part.repeat(300_000))).toBeTypeOf('string');
  });
});
