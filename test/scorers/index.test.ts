import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import type { Score } from '../../src/core/scorer.ts';
import { createScorer, scorers } from '../../src/scorers/index.ts';

function score(spec: string, output: string, expected: string | null): Score {
  const row = { id: '1', hasOwnId: false, vars: {}, line: 2 };
  return createScorer(spec).score({ row, output, expected });
}

describe.each(scorers)('the scorer $name', ({ name, title, create }) => {
  it('says what it is', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(title).not.toBe('');
  });

  it('is made by its name and names its scores', () => {
    const made = createScorer(name);
    expect(made).toMatchObject({ name, needsExpected: true });
    expect(score(name, 'a', 'a').name).toBe(name);
  });

  it('gives null, not 0, where the row has no expected answer', () => {
    expect(score(name, 'Paris', null)).toEqual({ name, value: null, explanation: 'the row has no expected answer' });
  });

  it('gives 0, 1 or null and throws on no text', () => {
    const texts = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(texts, fc.option(texts), (output, expected) => {
        expect([0, 1, null]).toContain(score(name, output, expected).value);
      }),
    );
  });

  it('passes what is expected', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(score(name, text, text).value).toBe(1);
      }),
    );
  });

  it('takes no argument', () => {
    expect(() => create('x')).toThrow(UsageError);
    expect(() => create('')).toThrow(`--score ${name} takes no argument`);
  });
});

describe('exact', () => {
  it.each([
    ['Paris', 'Paris', 1],
    [' Paris\n', '\tParis ', 1],
    ['\u00a0Paris', 'Paris', 1],
    ['paris', 'Paris', 0],
    ['Paris.', 'Paris', 0],
    ['', 'Paris', 0],
    ['  ', '', 1],
    ['Par is', 'Paris', 0],
  ])('of the answer %j where %j is expected is %i', (output, expected, value) => {
    expect(score('exact', output, expected).value).toBe(value);
  });
});

describe('contains', () => {
  it.each([
    ['It is Paris.', 'Paris', 1],
    ['It is paris.', 'Paris', 0],
    ['Par', 'Paris', 0],
    ['', 'Paris', 0],
    ['a.c', 'a.c', 1],
    ['abc', 'a.c', 0],
    ['Это Москва', 'Москва', 1],
  ])('of the answer %j where %j is expected is %i', (output, expected, value) => {
    expect(score('contains', output, expected).value).toBe(value);
  });

  it('passes every answer that has the expected text between other texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, expected, after) => {
        expect(score('contains', before + expected + after, expected).value).toBe(1);
      }),
    );
  });
});

describe('a spec of no scorer', () => {
  it('is refused with the nearest name', () => {
    expect(() => createScorer('exect')).toThrow(
      expect.objectContaining({
        message: 'unknown scorer "exect"',
        hint: expect.stringMatching(/did you mean exact\?$/),
      }),
    );
    expect(() => createScorer('')).toThrow('unknown scorer ""');
    expect(() => createScorer('constructor:x')).toThrow('unknown scorer "constructor"');
  });
});
