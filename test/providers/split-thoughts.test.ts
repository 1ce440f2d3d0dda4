import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitThoughts } from '../../src/providers/split-thoughts.ts';

const ENDED = false;
const CUT = true;

/** Thoughts and answer; null if the text is not split. */
function parts(text: string, isCutOff: boolean): readonly [thoughts: string, answer: string] | null {
  const split = splitThoughts(text, isCutOff);
  return split === null ? null : [split.thoughts, split.answer];
}

describe('thoughts at the start of a text', () => {
  it.each([
    ['<think>Hm</think>Paris', 'Hm', 'Paris'],
    ['\n <think>\nHm\n\nYes\n</think>\n\nParis\n', 'Hm\n\nYes', 'Paris\n'],
    ['<thinking>Hm</thinking> Paris', 'Hm', 'Paris'],
    ['<thought>Hm</thought>Paris', 'Hm', 'Paris'],
    ['<seed:think>Hm</seed:think>Paris', 'Hm', 'Paris'],
    ['[THINK]Hm[/THINK]Paris', 'Hm', 'Paris'],
    ['◁think▷Hm◁/think▷Paris', 'Hm', 'Paris'],
    ['<think></think>Paris', '', 'Paris'],
    ['<think>\n\n</think>\n\nParis', '', 'Paris'],
    ['<think>Hm</think>', 'Hm', ''],
    ['<think>Hm</think>\n<think>Or</think>\nParis', 'Hm</think>\n<think>Or', 'Paris'],
    ['<think>Hm</think>Close it with </think>, always', 'Hm', 'Close it with </think>, always'],
    ['<think>Hm <think> again</think>Paris', 'Hm <think> again', 'Paris'],
    ['Hm\n</think>\n\nParis', 'Hm', 'Paris'],
    ['Hm</think>Paris', 'Hm', 'Paris'],
    ['</think>\n\nParis', '', 'Paris'],
    ['Hm</seed:think>Paris', 'Hm', 'Paris'],
    ['Say ```a``` \n</think>\nParis', 'Say ```a```', 'Paris'],
    ['So it is "Paris"</think>Paris', 'So it is "Paris"', 'Paris'],
  ])('are split off %j', (text, thoughts, answer) => {
    expect(parts(text, ENDED)).toEqual([thoughts, answer]);
    expect(parts(text, CUT)).toEqual([thoughts, answer]);
  });

  it.each([
    'Paris',
    '',
    '   ',
    'Wrap it in <think>Hm</think> tags',
    'Wrap it in <think> tags',
    'A lone `</think>` ends it',
    'A lone "</think>" ends it',
    'Такой тег: «</think>»',
    '```html\nHm\n</think>\n```',
    '`<think>` opens it',
    '<reasoning>Hm</reasoning>Paris',
    '<thinker>Hm</thinker>',
    'think> nothing',
    '{"a": "<think>"}',
  ])('are not found in %j', (text) => {
    expect(parts(text, ENDED)).toBeNull();
    expect(parts(text, CUT)).toBeNull();
  });

  it.each([
    ['<think>\nHm', 'Hm'],
    ['<think>', ''],
    [' [THINK] Hm\n', 'Hm'],
    ['<think>Hm</think>\n<think>Or', 'Hm</think>\n<think>Or'],
  ])('are all of %j if it was cut off', (text, thoughts) => {
    expect(parts(text, CUT)).toEqual([thoughts, '']);
  });

  it('are not split off if they are unclosed and the answer ended by itself', () => {
    expect(parts('<think>\nHm. The answer is Paris.', ENDED)).toBeNull();
    expect(parts('<think>Hm</think>\n<think>Or Paris', ENDED)).toEqual(['Hm', '<think>Or Paris']);
  });

  it('are split without losing any of the text', () => {
    const piece = fc.constantFrom(
      '<think>',
      '</think>',
      '<thinking>',
      '</thinking>',
      ' ',
      '\n',
      'Hm',
      '`',
      '```',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, isCutOff) => {
        const text = pieces.join('');
        const split = splitThoughts(text, isCutOff);
        if (split === null) return;
        const { before, thoughts, after, answer } = split;
        expect(before + thoughts + after + answer).toBe(text);
        expect(thoughts).toBe(thoughts.trim());
      }),
      { numRuns: 2000 },
    );
  });

  it('are split off long texts quickly', () => {
    const long = 'Hm. '.repeat(1_000_000);
    expect(parts(`${long}</think>Paris`, ENDED)?.[1]).toBe('Paris');
    expect(parts(`<think>${long}</think>Paris`, ENDED)?.[1]).toBe('Paris');
    const blanks = ' '.repeat(1_000_000);
    expect(parts(`<think>${blanks}</think>${'<think></think>'.repeat(100_000)}Paris`, ENDED)?.[1]).toBe('Paris');
    expect(parts(`${blanks}${'```'.repeat(1_000_000)}\n</think>Paris`, ENDED)?.[1]).toBe('Paris');
  });
});
