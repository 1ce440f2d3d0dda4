import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineParts } from '../../src/io/line-parts.ts';

const COLUMNS = 6;
const HEADS = ['', ...Array.from({ length: COLUMNS - 1 }, (_, column) => `,${column}:`)];

/** Which columns of a line have which text from here on. */
const change = fc.array(fc.tuple(fc.nat(COLUMNS - 1), fc.string({ maxLength: 3 })), { maxLength: COLUMNS });

describe('LineParts', () => {
  it('joins the latest text of every part, whichever of them change and how often', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 20 }),
        // Long enough for what it learns of the lines, which may be wrong about those that follow.
        fc.array(fc.nat(COLUMNS - 1), { maxLength: 3 }),
        fc.integer({ min: 0, max: 80 }),
        fc.array(change, { maxLength: 20 }),
        (first, moving, lines, last) => {
          const parts = new LineParts(HEADS, '\n', '-');
          const values = HEADS.map(() => '-');
          const check = (changes: readonly (readonly [number, string])[]): void => {
            for (const [column, text] of changes) {
              parts.set(column, text);
              values[column] = text;
            }
            expect(parts.line()).toBe(`${HEADS.map((head, column) => head + (values[column] ?? '')).join('')}\n`);
          };
          for (const changes of first) check(changes);
          for (let line = 0; line < lines; line++) check(moving.map((column) => [column, `${line}`] as const));
          for (const changes of last) check(changes);
        },
      ),
    );
  });
});
