import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandProperty, commandText, markdownCode, xmlText } from '../../src/reporters/escape.ts';

/** Signs that a format takes for more than text, which a text drawn from all of Unicode hardly ever has. */
const signs = fc.array(fc.constantFrom(...'<>&"\'|`*_@[]()\\#!~$^{}:,%\r\n\t a'.split('')), { maxLength: 60 });
const any = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  signs.map((list) => list.join('')),
);

describe('escaped texts', () => {
  it('end no element and no attribute of XML, and hold nothing that XML cannot', () => {
    fc.assert(
      fc.property(any, (text) => {
        // XML 1.0, 2.2: what a document may be made of.
        expect(xmlText(text)).toMatch(/^[\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
        expect(xmlText(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
      }),
    );
  });

  it('are one line of code in markdown, whatever they are', () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(markdownCode(text)).toMatch(/^(?:<code>[^<>`|\n\r[\]*_@\\]*<\/code>)?$/);
      }),
    );
  });

  it('end no command of a runner, and read the same behind it', () => {
    fc.assert(
      fc.property(any, (text) => {
        expect(commandText(text)).not.toMatch(/[\r\n]/);
        expect(commandProperty(text)).not.toMatch(/[\r\n:,]/);
        expect(decodeURIComponent(commandText(text).replaceAll(/%(?!25|0D|0A)/g, '%25'))).toBe(text);
      }),
    );
  });
});
