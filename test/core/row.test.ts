import { describe, expect, it } from 'vitest';
import { columnText, columnValue, valueOf } from '../../src/core/row.ts';
import { formatModelRef } from '../../src/core/variant.ts';
import { row } from './parts.ts';

describe('a column of a row', () => {
  it.each([
    ['text', 'text'],
    ['', ''],
    [null, ''],
    [undefined, ''],
    [0, '0'],
    [false, 'false'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: 'б' }, '{"a":"б"}'],
  ])('with the value %j is the text %j', (value, text) => {
    expect(columnText(value)).toBe(text);
  });

  it('has no value if it is empty, or not named', () => {
    const { vars } = row({ a: '', b: 0, c: null });
    expect(['a', 'b', 'c', 'd', null].map((name) => valueOf(row(vars), name))).toEqual([null, '0', null, null, null]);
  });

  it('uses only own properties of the row', () => {
    const { vars } = row(JSON.parse('{"a":null,"__proto__":1}'));
    const names = ['a', '__proto__', 'constructor', 'b'];
    expect(names.map((name) => columnValue(row(vars), name))).toEqual([null, 1, undefined, undefined]);
  });
});

describe('a model', () => {
  it('is written provider/model, even if its id has slashes', () => {
    expect(formatModelRef({ provider: 'openrouter', model: 'openai/gpt-4o' })).toBe('openrouter/openai/gpt-4o');
  });
});
