import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { readVector, vectorText } from '../../src/io/vector-text.ts';

it('a vector comes back from its text as 32-bit floats', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true })), (vector) => {
      expect([...readVector(vectorText(vector))]).toEqual(vector.map(Math.fround));
    }),
  );
  // 1,536 dimensions, as of text-embedding-3-small.
  expect(vectorText(Array.from({ length: 1536 }, () => 0.1))).toHaveLength(8192);
});

it.each(['', 'AAA', 'no base64 at all'])('the text %j is read as a vector without an error', (text) => {
  expect(readVector(text).length).toBeLessThan(5);
});
