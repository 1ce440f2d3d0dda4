import { expect, it } from 'vitest';
import { CALL_ERROR_KINDS } from '../../../src/core/call-error.ts';
import { type ErrorCount, OTHER_REASONS } from '../../../src/core/error-tally.ts';
import { codeText, commonestCode, reasonText } from '../../../src/page/data/errors.ts';
import { en } from '../../../src/page/words/en.ts';
import { ru } from '../../../src/page/words/ru.ts';

function error(code: ErrorCount['code'], count: number): ErrorCount {
  return { code, reason: `${code} ${count}`, count, trialId: '', variants: [] };
}

it('names the code of most errors, whatever their reasons', () => {
  const errors = [error('timeout', 5), error('invalid_request', 4), error('invalid_request', 3)];
  expect(commonestCode(errors)).toEqual([7, 'invalid_request']);
  expect(commonestCode([])).toBeNull();
});

it('says in Russian what each code means, and in English nothing twice', () => {
  const texts = CALL_ERROR_KINDS.map((kind) => codeText(ru, kind));
  for (const text of texts) expect(text).toMatch(/^[а-яё ,]+(?:API)?$/);
  expect(new Set(texts).size).toBe(CALL_ERROR_KINDS.length);
  expect([...CALL_ERROR_KINDS, 'weather'].map((code) => codeText(en, code)).join('')).toBe('');
  expect(codeText(ru, 'weather')).toBe('');
});

it('keeps stored reasons, but for the word that stands for several of them', () => {
  expect([OTHER_REASONS, 'HTTP 500: other'].map((reason) => reasonText(ru, reason))).toEqual([
    'прочие причины',
    'HTTP 500: other',
  ]);
  expect(reasonText(en, OTHER_REASONS)).toBe(OTHER_REASONS);
});
