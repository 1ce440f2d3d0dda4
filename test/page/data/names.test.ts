import { describe, expect, it } from 'vitest';
import { shortened, shortenedApart } from '../../../src/page/data/names.ts';

describe('a shortened name', () => {
  it.each([
    ['is whole if there is room', 'gpt-4o', 10, 'gpt-4o'],
    ['keeps both of its ends', 'customer-support-classifier-v2', 13, 'custom…ier-v2'],
    ['keeps something of each part', 'customer-support-v2 · Llama-4-Maverick-FP8', 25, 'custo…rt-v2 · Llama…k-FP8'],
    ['does not fall below what is recognised', 'customer-support · Llama-4-Maverick', 4, 'cust…port · Llam…rick'],
    ['splits no character', '😀😀😀😀😀😀😀😀😀😀😀😀', 9, '😀😀😀😀…😀😀😀😀'],
  ])('%s', (_what, name, most, text) => {
    expect(shortened(name, most)).toBe(text);
  });

  it('is whole where two would become equal', () => {
    const names = [
      'meta-llama/Llama-4-Scout-17B-16E',
      'meta-llama/Llama-4-Other-17B-16E',
      'customer-support-classifier-v2',
    ];
    expect(shortenedApart(names, 12)).toEqual([names[0], names[1], 'custom…er-v2']);
    expect(shortenedApart(['same', 'same'], 4)).toEqual(['same', 'same']);
  });
});
