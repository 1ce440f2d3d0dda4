import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  colouredLines,
  commandProperty,
  commandText,
  fileNamePart,
  markdownCode,
  markdownSentence,
  oneLine,
  plainJson,
  plainLines,
  sarifText,
  tidyLine,
  uriPath,
  xmlText,
} from '../../src/core/plain-text.ts';
import { commandsIn, HOSTILE, obeyedBy } from '../support/terminal.ts';

/** Signs that a format takes for more than text, which a text drawn from all of Unicode hardly ever has. */
const signs = fc.array(
  fc.constantFrom(
    ...'<>&"\'|`*_@[]()\\#!~$^{}:,%\r\n\t a'.split(''),
    '##[',
    '::',
    '\u001B[',
    '\u009B',
    '\u202E',
    '\u2028',
  ),
  { maxLength: 60 },
);
const any = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  signs.map((list) => list.join('')),
);

const PLACES: Readonly<Record<string, (text: string) => string>> = {
  oneLine,
  tidyLine,
  plainLines,
  colouredLines,
  plainJson,
  xmlText,
  markdownCode,
  markdownSentence,
  sarifText,
  commandText,
  commandProperty,
  fileNamePart,
  uriPath,
};

describe('external texts, in every output', () => {
  it.each(Object.entries(PLACES))('contain no terminal control characters: %s', (_name, write) => {
    const colourless = (text: string): string => (write === colouredLines ? text.replaceAll('\u001B[', '[') : text);
    fc.assert(
      fc.property(any, (text) => {
        expect(obeyedBy(write(colourless(text)).replaceAll('\t', ' '))).toEqual([]);
      }),
    );
    expect(obeyedBy(write(colourless(HOSTILE)))).toEqual([]);
  });

  it.each(['oneLine', 'tidyLine', 'plainLines', 'colouredLines', 'plainJson', 'sarifText', 'markdownSentence'])(
    'contain no command for a CI runner: %s',
    (name) => {
      fc.assert(
        fc.property(any, (text) => {
          expect(commandsIn(PLACES[name]?.(text) ?? '::not there')).toEqual([]);
        }),
      );
    },
  );

  it('keep our own colours, and no other sequence', () => {
    expect(colouredLines('\u001B[31mred\u001B[39m \u001B[2Ja\u001B]8;;x\u0007')).toBe(
      '\u001B[31mred\u001B[39m \uFFFD[2Ja\uFFFD]8;;x\uFFFD',
    );
  });

  it('mean the same to a JSON parser', () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(JSON.parse(plainJson({ text }))).toEqual({ text });
      }),
    );
  });
});

describe('escaped texts', () => {
  it('cannot close an XML element or attribute, and contain only valid XML characters', () => {
    fc.assert(
      fc.property(any, (text) => {
        // XML 1.0, 2.2: what a document may be made of.
        expect(xmlText(text)).toMatch(/^[\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
        expect(xmlText(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
      }),
    );
  });

  it('are one line of code in markdown, whatever they contain', () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(markdownCode(text)).toMatch(/^(?:<code>[^<>`|\n\r[\]*_@\\]*<\/code>)?$/);
      }),
    );
    expect(markdownCode('www.example.org')).toBe('<code>&#119;ww.example.org</code>');
  });

  it('cannot end a runner command, and read the same after it', () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(commandText(text)).not.toMatch(/[\r\n]/);
        expect(commandProperty(text)).not.toMatch(/[\r\n:,]/);
        expect(decodeURIComponent(commandText(text).replaceAll(/%(?!25|0A)/g, '%25'))).toBe(plainLines(text));
      }),
    );
  });

  it('are not links in SARIF', () => {
    expect(sarifText('see [here](http://example.org)')).toBe('see [here]\u200B(http://example.org)');
  });
});

describe('a part of a file name', () => {
  it.each([
    ['../../etc/passwd', '_.._etc_passwd'],
    ['a\u001B[31mb\nc', 'a_[31mb_c'],
    ['x\u202Efdp', 'x_fdp'],
    ['::error::owned', '_error_owned'],
    ['a##[error]', 'a_#[error]'],
    ['-rf', 'rf'],
    ['.hidden', 'hidden'],
    ['', '_'],
    ['Ответы за май (2)', 'Ответы за май (2)'],
  ])('made of %j is %j', (text, name) => {
    expect(fileNamePart(text)).toBe(name);
  });

  it('leaves room for the rest of a name, and cuts no character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 100, maxLength: 300 }), (text) => {
        const name = fileNamePart(text);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(160);
        expect(name).toBe(Buffer.from(name, 'utf8').toString('utf8'));
        expect(name).not.toMatch(/[/\\\p{Cc}]/u);
      }),
    );
  });
});
