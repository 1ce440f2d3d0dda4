import { describe, expect, it } from 'vitest';
import { likelyEncoding, utf16WithoutMark } from '../../src/io/likely-encoding.ts';
import { encoded } from '../support/encodings.ts';

const RUSSIAN = [
  'Ответь: {{ question }}',
  'id,вопрос\n1,Как дела?',
  '[{"role":"user","content":"Ответ"}]',
  'ОЦЕНИ ОТЗЫВ ОДНИМ СЛОВОМ',
];
const WESTERN = ['Réponds en français: {{ q }}', 'Antworte höflich', 'Don’t say “hello”', 'café'];

describe('likelyEncoding', () => {
  it.each(RUSSIAN.flatMap((text) => ['windows-1251', 'koi8-r', 'ibm866'].map((encoding) => [text, encoding] as const)))(
    'recognises %j in %s',
    (text, encoding) => {
      expect(likelyEncoding(encoded(text, encoding))).toBe(encoding);
    },
  );

  it.each(['Да', 'Ёж'])('takes a few letters, as in %j, as of windows-1251', (text) => {
    expect(likelyEncoding(encoded(text, 'windows-1251'))).toBe('windows-1251');
  });

  it.each(WESTERN)('recognises %j in windows-1252', (text) => {
    expect(likelyEncoding(encoded(text, 'windows-1252'))).toBe('windows-1252');
  });

  it.each([
    ['shift_jis', [0x83, 0x65, 0x83, 0x58, 0x83, 0x67, 0x82, 0xcc, 0x82, 0xa9]],
    ['gb18030', [0xbb, 0xd8, 0xb4, 0xf0, 0xce, 0xca, 0xcc, 0xe2]],
    ['euc-kr', [0xc1, 0xfa, 0xb9, 0xae, 0xbf, 0xa1, 0x20, 0xb4, 0xe4, 0xc7, 0xcf]],
  ])('recognises %s', (encoding, bytes) => {
    expect(likelyEncoding(Uint8Array.from(bytes))).toBe(encoding);
  });

  it('guesses nothing from bytes that are no text', () => {
    expect(likelyEncoding(Uint8Array.of(0xff, 0xff, 0xc0))).toBeNull();
  });
});

describe('utf16WithoutMark', () => {
  it.each(['Answer: {{ q }}', 'Ответь на вопрос: {{ q }}', 'Ответь на этот вопрос'])('recognises %j', (text) => {
    const bytes = Buffer.from(text, 'utf16le');
    expect(utf16WithoutMark(bytes)).toBe('utf-16le');
    expect(utf16WithoutMark(Buffer.from(bytes).swap16())).toBe('utf-16be');
  });

  it.each(['plain text', 'a\0b\0\0c', 'ab', 'Текст'])('takes %j as UTF-8', (text) => {
    expect(utf16WithoutMark(Buffer.from(text))).toBeNull();
  });
});
