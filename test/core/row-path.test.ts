import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/core/json.ts';
import type { Row } from '../../src/core/row.ts';
import { isPathInto, textAt, valueAt } from '../../src/core/row-path.ts';

function row(vars: Row['vars']): Row {
  return { id: '1', hasOwnId: false, vars, line: 1 };
}

const ROW = row({
  expected: 'x',
  body: { messages: [{ role: 'user' }, { role: 'assistant' }], 'a b': { c: 1 } },
  cell: '{"price": 1.10, "tags": ["a", "b"]}',
  'dotted.name': 'whole',
  'in.put': { text: 'inner' },
  text: 'no JSON',
});

describe('valueAt', () => {
  it.each<[string, JsonValue | undefined]>([
    ['expected', 'x'],
    ['body.messages[0].role', 'user'],
    ['body.messages[-1].role', 'assistant'],
    ['body["a b"].c', 1],
    ['cell.tags[1]', 'b'],
    ['dotted.name', 'whole'],
    ['in.put.text', 'inner'],
    ['body.messages[7].role', undefined],
    ['body.none', undefined],
    ['body.constructor', undefined],
    ['text.length', undefined],
    ['gone.a', undefined],
    ['body.', undefined],
    ['body[', undefined],
  ])('finds %s', (path, value) => {
    expect(valueAt(ROW, path)).toEqual(value);
  });

  it('keeps numbers in a cell as they are written', () => {
    expect(textAt(ROW, 'cell.price')).toBe('1.10');
  });
});

describe('isPathInto', () => {
  it.each([
    ['a', true],
    ['a.b', true],
    ['a[0]', true],
    ['b.c', true],
    ['c', false],
    ['ab', false],
  ])('%s: %s', (path, isThere) => {
    expect(isPathInto(path, ['a', 'b.c'])).toBe(isThere);
  });
});
