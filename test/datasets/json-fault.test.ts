import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../src/datasets/json-fault.ts';

describe('findJsonFault', () => {
  it.each([
    ['', 0, 'a value'],
    ['{"a" 1}', 5, '":"'],
    ['{"a":1 "b":2}', 7, '"," or "}"'],
    ['[1 2]', 3, '"," or "]"'],
    ['[1,]', 3, 'a value'],
    ['[', 1, 'a value or "]"'],
    ['{"a":"b', 7, 'a closing double quote'],
    ['{"a":"b\tc"}', 7, 'an escape such as \\n or \\u0000 for a control character'],
    ['{"a":"\\x"}', 6, 'an escape such as \\\\, \\" or \\n'],
    ['{"a":"\\u12"}', 6, 'an escape such as \\\\, \\" or \\n'],
    ['[01]', 2, '"," or "]"'],
    ['[-]', 1, 'a value or "]"'],
    ['[1.]', 2, '"," or "]"'],
    ['[1,NaN]', 3, 'a value'],
    ['nullx', 4, 'the end of the line'],
  ])('finds the position in %j', (text, offset, expected) => {
    expect(findJsonFault(text)).toEqual({ offset, expected });
  });

  it('agrees with JSON.parse on what is JSON', () => {
    const mutated = fc
      .tuple(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('', '"', ',', '}', ']', '{', '[', ':', '\\', '\n', '1', '-', '.', 'e', ' '),
      )
      .map(([value, at, piece]) => {
        const text = JSON.stringify(value, null, at % 3);
        const offset = at % (text.length + 1);
        return text.slice(0, offset) + piece + text.slice(piece === '' ? offset + 1 : offset);
      });
    fc.assert(
      fc.property(fc.oneof(mutated, fc.json(), fc.string()), (text) => {
        expect(findJsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('handles deep nesting and long texts', () => {
    expect(findJsonFault('['.repeat(1_000_000))).toMatchObject({ offset: 1_000_000 });
    expect(findJsonFault(`["${'x€'.repeat(5_000_000)}`)).toMatchObject({ offset: 10_000_002 });
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
