import { describe, expect, it } from 'vitest';
import { ResponseHeaders } from '../../src/providers/response-headers.ts';

function headers(...texts: readonly string[]): ResponseHeaders {
  return new ResponseHeaders(texts.map((text) => Buffer.from(text)));
}

describe('response headers', () => {
  it('are found by their names in whatever case', () => {
    const given = headers('Content-Type', 'text/plain', 'X-RateLimit-Remaining', '7');
    expect(given.text('content-type')).toBe('text/plain');
    expect(given.text('x-ratelimit-remaining')).toBe('7');
    expect(given.has('content-type')).toBe(true);
    expect(given.names()).toEqual(['content-type', 'x-ratelimit-remaining']);
  });

  it('are absent if only a name of the same length or another beginning is there', () => {
    const given = headers('x-a', '1', 'x-bc', '2');
    for (const name of ['x-b', 'x-', 'x-b_', '']) {
      expect(given.text(name)).toBeNull();
      expect(given.has(name)).toBe(false);
      expect(given.all(name)).toBeNull();
    }
  });

  it('distinguish characters whose codes differ as those of upper and lower case do', () => {
    expect(headers('x[y', '1').text('x{y')).toBeNull();
    expect(headers('x@y', '1').text('x`y')).toBeNull();
  });

  it('have their first value, and all in their order', () => {
    const given = headers('via', 'a', 'Date', 'now', 'Via', 'b');
    expect(given.text('via')).toBe('a');
    expect(given.all('via')).toEqual(['a', 'b']);
  });

  it('may be empty texts, and are UTF-8', () => {
    expect(headers('a', '').text('a')).toBe('');
    expect(headers('a', 'да').text('a')).toBe('да');
  });

  it('can be made from fields, some of them lists or absent', () => {
    const given = ResponseHeaders.of({ A: 'x', b: ['y', 'z'], c: [], d: undefined });
    expect(given.text('a')).toBe('x');
    expect(given.all('b')).toEqual(['y', 'z']);
    expect(given.names()).toEqual(['a', 'b', 'b']);
  });

  it('count behind those that are put before them', () => {
    const both = headers('a', 'own', 'b', 'own').behind(headers('A', 'other'));
    expect(both.text('a')).toBe('other');
    expect(both.text('b')).toBe('own');
  });
});
