import { describe, expect, it } from 'vitest';
import { headerText } from '../../src/providers/read.ts';

describe('a header', () => {
  it('has its first value, or none', () => {
    expect(headerText({ a: 'x', b: ['y', 'z'], c: [], d: undefined }, 'a')).toBe('x');
    expect(headerText({ b: ['y', 'z'] }, 'b')).toBe('y');
    expect(headerText({ c: [] }, 'c')).toBeNull();
    expect(headerText({}, 'd')).toBeNull();
  });
});
