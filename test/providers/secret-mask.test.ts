import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretMask } from '../../src/providers/secret-mask.ts';

const SECRET = ['pk', 'Zq/8+x"7&v k2'].join('-');

describe('a secret in what a server says', () => {
  it.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in JSON that escapes slashes', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
    ['in a URL', encodeURIComponent(SECRET)],
    ['in a URL with small digits', encodeURIComponent(SECRET).replaceAll(/%../g, (code) => code.toLowerCase())],
    ['in a form', encodeURIComponent(SECRET).replaceAll('%20', '+')],
    ['in HTML', SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ])('is replaced where it stands %s', (_where, form) => {
    expect(secretMask([SECRET])(`Not for "${form}", nor ${form}.`)).toBe('Not for "[key]", nor [key].');
  });

  it.each(['', 'u', 'us', 'user:'])('is replaced in base64, behind %j', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const code = Buffer.from(`${before}${SECRET}, and more`).toString(encoding);
      const masked = secretMask([SECRET])(`Basic ${code}`);
      expect(masked).toContain('[key]');
      expect(Buffer.from(masked.replace('Basic ', ''), 'base64').toString('latin1')).not.toContain(SECRET.slice(0, 6));
    }
  });

  it('leaves no form of it, whatever it is', () => {
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
    );
  });

  it('is replaced whole where another one is a part of it', () => {
    expect(secretMask(['abcdefgh', 'abcdefghijkl'])('<abcdefghijkl>')).toBe('<[key]>');
  });

  it('is not looked for where it is shorter than 8 characters', () => {
    expect(secretMask(['k', 'model', '1234567'])('the model 1234567 is unknown')).toBe('the model 1234567 is unknown');
    expect(secretMask(['12345678'])('the key 12345678')).toBe('the key [key]');
    expect(secretMask([])('the key')).toBe('the key');
  });
});
