import { describe, expect, it } from 'vitest';
import { matcherOf, variantWord } from '../../../src/page/data/search.ts';
import { pageRows } from '../../support/page-rows.ts';

const ROWS = pageRows([
  {
    id: 'a-1',
    vars: { q: 'Где мой Заказ?', lang: 'ru' },
    variants: [[{ output: 'доставка', passed: true }], [{ output: 'оплата', passed: false }]],
  },
  {
    id: 'a-2',
    vars: { q: 'time: 12:30 order', lang: 'en us' },
    variants: [[{ output: 'delivery', passed: false }], [{ output: 'delivery', passed: true }]],
  },
  {
    id: 'b-1',
    vars: { q: 'hello', lang: 'en' },
    variants: [
      [{ cells: { status: 'errored', error_code: 'overloaded', error_message: 'HTTP 503: busy' } }],
      [{ output: 'x', passed: true }],
    ],
  },
]);
const SCOPE = { columns: ['q', 'lang'], variants: ['gpt-4o · t=0', 'gpt-4o · t=0.7'], scorer: 0 };

function found(query: string): readonly string[] {
  return ROWS.filter(matcherOf(query, SCOPE)).map(({ id }) => id);
}

describe('a search', () => {
  it.each([
    ['', ['a-1', 'a-2', 'b-1']],
    ['заказ', ['a-1']],
    ['ДОСТАВКА', ['a-1']],
    ['deliv order', ['a-2']],
    ['"order deliv"', []],
    ['lang:ru', ['a-1']],
    ['lang:"en us"', ['a-2']],
    ['lang:en hello', ['b-1']],
    ['12:30', ['a-2']],
    ['id:a-', ['a-1', 'a-2']],
    ['error:', ['b-1']],
    ['error:503', ['b-1']],
    ['error:overloaded', ['b-1']],
    ['error:429', []],
    ['pass:1', ['a-1']],
    ['fail:"gpt-4o · t=0"', ['a-2']],
    ['pass:0.7 fail:1', ['a-2']],
    ['fail:gpt', ['a-1', 'a-2']],
    ['"', ['a-1', 'a-2', 'b-1']],
    ['constructor:x', []],
  ])('for %j finds %j', (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  it('finds what the word for a variant asks for', () => {
    expect(
      found(`${variantWord('pass', SCOPE.variants[0] ?? '')} ${variantWord('fail', SCOPE.variants[1] ?? '')}`),
    ).toEqual(['a-1']);
  });
});
