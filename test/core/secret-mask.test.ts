import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskedDocument, maskedJson, secretMask } from '../../src/core/secret-mask.ts';

const SECRET = ['pk', 'Zq/8+x"7&v k2'].join('-');

function hex(sign: string, digits: number): string {
  return sign.charCodeAt(0).toString(16).padStart(digits, '0');
}

describe('a secret in text from a server', () => {
  it.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in JSON that escapes slashes', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a URL with small digits', encodeURIComponent(SECRET).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['in a form', encodeURIComponent(SECRET).replaceAll('%20', '+')],
    ['in HTML', SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)],
    ['in JSON within a URL', encodeURIComponent(JSON.stringify(SECRET).slice(1, -1))],
    ['in HTML within a URL', encodeURIComponent(SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;'))],
    ['in a URL within a URL', encodeURIComponent(encodeURIComponent(SECRET))],
    ['as code units', [...SECRET].map((sign) => `\\u${hex(sign, 4)}`).join('')],
    ['as bytes', [...SECRET].map((sign) => `\\x${hex(sign, 2).toUpperCase()}`).join('')],
    ['with every character in URL encoding', [...SECRET].map((sign) => `%${hex(sign, 2)}`).join('')],
    ['as code points', [...SECRET].map((sign) => `\\u{${hex(sign, 2)}}`).join('')],
    ['with a reference that has no semicolon', SECRET.replace('-', '&#45').replace('+', '&#x2b')],
    ['as references', [...SECRET].map((sign) => `&#${sign.charCodeAt(0)};`).join('')],
    ['as references in hexadecimal', [...SECRET].map((sign) => `&#x${hex(sign, 2)};`).join('')],
    ['half in one way and half in another', `${SECRET.slice(0, 4)}${encodeURIComponent(SECRET.slice(4))}`],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
  ])('is replaced if it appears %s', (_where, form) => {
    expect(secretMask([SECRET])(`Not for "${form}", nor ${form}.`)).toBe('Not for "[key]", nor [key].');
  });

  it.each(['', 'u', 'us', 'user:'])('is replaced in base64, after %j', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const code = Buffer.from(`${before}${SECRET}, and more`).toString(encoding);
      const masked = secretMask([SECRET])(`Basic ${code}`);
      expect(masked).toContain('[key]');
      expect(Buffer.from(masked.replace('Basic ', ''), 'base64').toString('latin1')).not.toContain(SECRET.slice(0, 6));
    }
  });

  it('leaves no form of it, whatever its content', () => {
    const printable = fc.stringMatching(/^[\x21-\x7e]{12,40}$/);
    fc.assert(
      fc.property(printable, (secret) => {
        const forms = [
          secret,
          JSON.stringify(secret),
          encodeURIComponent(secret),
          Buffer.from(secret).toString('base64'),
        ];
        const masked = secretMask([secret])(forms.join('\n'));
        expect(masked.split('\n').every((line) => line.includes('[key]'))).toBe(true);
      }),
      // The last ones look like escapes of two kinds, one of which is escaped by the other.
      { examples: [['!!!!"!!!!!!\\'], ['!\\!%00!!!!!!!!!!!!'], ['!&amp;!%00!!!!!!\\u0041!!']] },
    );
  });

  it('is replaced completely if another one is a part of it', () => {
    expect(secretMask(['abcdefgh', 'abcdefghijkl'])('<abcdefghijkl>')).toBe('<[key]>');
  });

  it('is not searched for if it is shorter than 8 characters', () => {
    expect(secretMask(['k', 'model', '1234567'])('the model 1234567 is unknown')).toBe('the model 1234567 is unknown');
    expect(secretMask(['12345678'])('the key 12345678')).toBe('the key [key]');
    expect(secretMask([])('the key')).toBe('the key');
  });

  it('leaves everything else unchanged, including escapes', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('%41', '\\u0041', '&amp;', 'x', '\\', '%')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const plain = typeof given === 'string' ? given : given.join('');
        expect(secretMask([SECRET])(plain)).toBe(plain);
        expect(secretMask([SECRET])(`${plain}|%70${SECRET.slice(1)}|${plain}`)).toBe(`${plain}|[key]|${plain}`);
      }),
    );
  });

  it('is searched for in linear time', () => {
    for (const part of ['\\', '%25', '&amp;', '%41', 'pk-', '&#0', '\\u00']) {
      expect(secretMask([SECRET])(part.repeat(300_000))).toBe(part.repeat(300_000));
    }
  });
});

describe('a document', () => {
  it('has no secret in texts and names, and unchanged figures', () => {
    const mask = secretMask(['12345678']);
    expect(maskedJson({ 'a 12345678': ['12345678', 12345678, null, { b: 'x' }] }, mask)).toEqual({
      'a [key]': ['[key]', 12345678, null, { b: 'x' }],
    });
    expect(JSON.parse(maskedDocument({ a: 'x 12345678', b: 12345678 }, mask))).toEqual({ a: 'x [key]', b: 12345678 });
  });
});
