import { describe, expect, it } from 'vitest';
import { CALL_ERROR_KINDS, isRetryable } from '../../src/core/call-error.ts';
import type { ErrorCount } from '../../src/core/error-tally.ts';
import { remedyLines, remedyOf, renderErrors } from '../../src/reporters/errors.ts';

const VARIANTS = ['gpt-4o', 'o3', 'yandexgpt'].map((model) => ({
  prompt: 'p1',
  provider: 'gptunnel',
  model,
  temperature: null,
}));

/** Errors of the first variants. */
function error(count: number, reason: string, fields: Partial<ErrorCount> = {}): ErrorCount {
  return { code: 'invalid_request', reason, count, trialId: 't1', variants: [{ variant: 1, count }], ...fields };
}

function inVariants(...places: readonly number[]): Pick<ErrorCount, 'variants'> {
  return { variants: places.map((variant) => ({ variant, count: 1 })) };
}

describe('the errors of a run', () => {
  it('are empty without errors', () => {
    expect(renderErrors({ variants: VARIANTS, errors: [] })).toEqual([]);
    expect(renderErrors({ variants: VARIANTS, errors: [], judge: { errors: [] } })).toEqual([]);
  });

  it('are counted by reason, with their variants unless it is all of them', () => {
    const errors = [
      error(1200, 'HTTP 400: too long', inVariants(0, 1, 2)),
      error(30, 'HTTP 400: unsupported'),
      error(2, 'no whole answer within 120 s', { code: 'timeout', ...inVariants(0, 2) }),
    ];
    expect(renderErrors({ variants: VARIANTS, errors })).toEqual([
      '1,232 trials errored:',
      '  1,200 × invalid_request: HTTP 400: too long',
      '     30 × invalid_request (o3): HTTP 400: unsupported',
      '      2 × timeout (2 of 3 variants): no whole answer within 120 s',
    ]);
  });

  it('are five reasons at most, and the number of others', () => {
    const errors = ['a', 'b', 'c', 'd', 'e', 'f'].map((reason, index) => error(9 - index, reason, inVariants(0, 1, 2)));
    expect(renderErrors({ variants: VARIANTS, errors }).slice(5)).toEqual([
      '  5 × invalid_request: e',
      '  and 1 more reason (4 times)',
    ]);
    const more = [...errors, error(1, 'g')];
    expect(renderErrors({ variants: VARIANTS, errors: more }).at(-1)).toBe('  and 2 more reasons (5 times)');
  });

  it('are followed by those of judges', () => {
    const judge = { errors: [error(1, 'wait', { code: 'rate_limited' })] };
    expect(renderErrors({ variants: VARIANTS, errors: [error(1, 'bad')], judge })).toEqual([
      '1 trial errored:',
      '  1 × invalid_request (o3): bad',
      '1 question to a judge errored:',
      '  1 × rate_limited (o3): wait',
    ]);
  });

  it('have reasons of bounded length on one line', () => {
    const [, line = ''] = renderErrors({ variants: VARIANTS, errors: [error(1, `a\n${'x'.repeat(500)}`)] });
    expect(line).toMatch(/: a⏎x{238}…$/);
  });
});

describe('what has to change', () => {
  it('is nothing exactly if a retry alone may help', () => {
    // A call that its user ended has no failure reason of its own.
    const kinds = CALL_ERROR_KINDS.filter((kind) => kind !== 'cancelled');
    expect(kinds.filter((kind) => remedyOf(kind) === null)).toEqual(kinds.filter(isRetryable));
  });

  it('is a line for each code', () => {
    const errors = [error(3, 'a'), error(2, 'b'), error(1, 'c', { code: 'timeout' })];
    expect(remedyLines([...errors, error(1, 'd', { code: 'exceeds_limit' })])).toEqual([
      expect.stringMatching(/^retrying alone does not help with invalid_request: .*change what its reason names/),
      expect.stringMatching(/^retrying alone does not help with exceeds_limit: raise --tpm/),
    ]);
  });

  it('names the flag that fixes a refused request, if the reason names its field', () => {
    const reason = 'HTTP 400: Unsupported parameter: max_tokens. Use max_completion_tokens.';
    expect(remedyLines([{ code: 'invalid_request', reason, count: 3, trialId: 't1', variants: [] }])).toEqual([
      'retrying alone does not help with invalid_request: give --param max_completion_tokens=<tokens> instead of --max-tokens',
    ]);
  });
});
