import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutFormula, withoutGuard } from '../../src/core/formula.ts';

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
    "'=1",
    "''=1",
    "'--help' prints it",
    "' =1",
  ])('makes %j harmless, or tells its own apostrophe from a guard', (text) => {
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
    "'-5",
    "'quoted'",
    '"=1"',
    'x\n=1',
    '\nx',
    ' x',
    '−5',
  ])('leaves %j alone', (text) => {
    expect(withoutFormula(text)).toBe(text);
  });

  it('adds at most one character, and leaves nothing that a spreadsheet would run', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const safe = withoutFormula(text);
        expect([text, `'${text}`]).toContain(safe);
        expect(safe.startsWith("'") || withoutFormula(safe) === safe).toBe(true);
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
  const sign = fc.constantFrom("'", '=', '-', '5', ' ', '\t', 'x', '\uFEFF', '＝');
  const begun = fc.tuple(fc.string({ unit: sign, maxLength: 5 }), fc.string({ unit: 'binary' }));

  it('restores every text', () => {
    fc.assert(
      fc.property(begun, ([start, rest]) => {
        expect(withoutGuard(withoutFormula(start + rest))).toBe(start + rest);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["'quoted'", "'", "'5", "'-5", '=1', ''])('leaves %j alone', (text) => {
    expect(withoutGuard(text)).toBe(text);
  });

  it('takes the apostrophe of earlier versions for a guard, which left that of a text alone', () => {
    expect(withoutGuard("'=1+1")).toBe('=1+1');
  });
});
