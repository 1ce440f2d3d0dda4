import { expect, it } from 'vitest';
import type { ErrorCount } from '../../../src/core/error-tally.ts';
import { commonestCode } from '../../../src/page/data/errors.ts';

function error(code: ErrorCount['code'], count: number): ErrorCount {
  return { code, reason: `${code} ${count}`, count, trialId: '', variants: [] };
}

it('names the code of most errors, whatever their reasons', () => {
  const errors = [error('timeout', 5), error('invalid_request', 4), error('invalid_request', 3)];
  expect(commonestCode(errors)).toEqual([7, 'invalid_request']);
  expect(commonestCode([])).toBeNull();
});
