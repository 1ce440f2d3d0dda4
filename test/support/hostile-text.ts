import * as fc from 'fast-check';

const SIGNS = ['"', ',', ';', '\t', '\n', '\r', '\r\n', ' ', '\0', '😀', 'שלום', '\u202E', "'", '='];

/** Texts of signs that mean something in a CSV file or a terminal, and of any others. @param more such signs */
export function hostileText(...more: readonly string[]): fc.Arbitrary<string> {
  const sign = fc.oneof(fc.constantFrom(...SIGNS, ...more), fc.string({ unit: 'binary', maxLength: 3 }));
  return fc.array(sign, { maxLength: 6 }).map((signs) => signs.join(''));
}
