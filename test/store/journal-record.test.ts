import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordText } from '../../src/store/journal-record.ts';
import { anyResult } from '../engine/results.ts';

describe('the text of a result in the journal', () => {
  it('is what JSON.stringify makes of the same object', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const text = recordText(result);
        expect(text).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });
});
