import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutFormula, withoutGuard } from '../../../src/store/formats/formula.ts';

describe('withoutFormula', () => {
  it.each([
    '=1+1',
    '=HYPERLINK("http://example.test","x")',
    '+A1',
    '-A1',
    '- item',
    '@SUM(1)',
    '＝1',
    '＋1+A1',
    '－A1',
    '＠x',
    '\tx',
    '\rx',
    '\t=1',
    ' =1',
    '\n=1',
    '\u00A0\u3000=1',
    '\u200B=1',
    '\uFEFF=1',
    '\0=1',
    '-',
    '--5',
    '-5+A1',
    '+7 (495) 123-45-67',
    '-1,5,6',
    '-5\n=1',
  ])('makes %j harmless', (text) => {
    expect(withoutFormula(text)).toBe(`'${text}`);
  });

  it.each([
    '',
    '-5',
    '+7',
    '-0.5e3',
    '-1,5',
    '+.5',
    '-3.',
    '-5\n',
    '1+1',
    'a=b',
    "'=1",
    '"=1"',
    'x\n=1',
    '\nx',
    ' x',
    '−5',
  ])('leaves %j alone', (text) => {
    expect(withoutFormula(text)).toBe(text);
  });

  it('adds at most one character, and never twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = withoutFormula(text);
        expect([text, `'${text}`]).toContain(safe);
        expect(withoutFormula(safe)).toBe(safe);
      }),
    );
  });

  it('leaves every number alone', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), (number) => {
        expect(withoutFormula(String(number))).toBe(String(number));
      }),
    );
  });
});

describe('withoutGuard', () => {
  it('restores every text that does not itself begin with a guard', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(withoutGuard(text) === text);
        expect(withoutGuard(withoutFormula(text))).toBe(text);
      }),
    );
  });

  it.each(["'quoted'", "'", "'5", '=1', ''])('leaves %j alone', (text) => {
    expect(withoutGuard(text)).toBe(text);
  });

  it('removes the guard from text that a spreadsheet would have run', () => {
    expect(withoutGuard("'=1+1")).toBe('=1+1');
  });
});
