import { describe, expect, it } from 'vitest';
import { factsOf, worth } from '../../../src/page/data/marks.ts';
import { pageRows, type TestTrial } from '../../support/page-rows.ts';

const [PASS, FAIL, ERROR]: readonly TestTrial[][] = [
  [{ passed: true }],
  [{ passed: false }],
  [{ cells: { status: 'errored' } }],
];
const CUT = [{ passed: false, cells: { finish_reason: 'length' } }];

function facts(...variants: readonly (readonly TestTrial[] | undefined)[]) {
  const [row] = pageRows([{ variants: variants.map((own) => own ?? []) }]);
  if (row === undefined) throw new Error('no row');
  return factsOf(row, variants.length, 0);
}

describe('what filters know of a row', () => {
  it.each([
    ['all pass', facts(PASS, PASS), { isFailed: false, isAllFailed: false, isDisagreeing: false, share: 1 }],
    ['one of two fails', facts(PASS, FAIL), { isFailed: true, isAllFailed: false, isDisagreeing: true, share: 0.5 }],
    ['all fail', facts(FAIL, FAIL), { isFailed: true, isAllFailed: true, isDisagreeing: false, share: 0 }],
    ['one errored', facts(PASS, ERROR), { isErrored: true, isFailed: false, isDisagreeing: false, share: 1 }],
    ['one was cut off', facts(CUT, PASS), { isCut: true }],
    [
      'repeats disagree',
      facts([{ passed: true }, { passed: false }], undefined),
      { isFlaky: true, isDisagreeing: false },
    ],
    ['nothing was scored', facts([{}], [{}]), { isFailed: false, share: null }],
  ])('tells that %s', (_what, found, expected) => {
    expect(found).toMatchObject(expected);
  });

  it('puts the evenest division first, then rows that all fail, then errors', () => {
    const rows = [facts(PASS, PASS), facts(ERROR, PASS), facts(FAIL, FAIL), facts(PASS, PASS, FAIL), facts(PASS, FAIL)];
    const worths = rows.map(worth);
    expect(worths.toSorted((one, other) => one - other)).toEqual(worths);
    expect(new Set(worths).size).toBe(5);
  });
});
