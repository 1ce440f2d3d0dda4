import { describe, expect, it } from 'vitest';
import { shownAnswer, withThoughts } from '../../src/core/thoughts.ts';
import { completed } from './parts.ts';

const TAGS = { before: '<think>\n', after: '\n</think>\n\n', from: 0 };

describe('putting thoughts back', () => {
  it('restores the original text', () => {
    const { completion } = completed({ reasoning: 'Lyon? No.', thoughtTags: TAGS });
    expect(withThoughts(completion)).toMatchObject({ output: '<think>\nLyon? No.\n</think>\n\nParis' });
    expect(withThoughts(completion).reasoning).toBeUndefined();
  });

  it('leaves thoughts from a separate field in reasoning', () => {
    const reasoning = 'Hm\n\nLyon? No.';
    const { completion } = completed({ reasoning, thoughtTags: { ...TAGS, from: 4 } });
    expect(withThoughts(completion)).toMatchObject({
      output: '<think>\nLyon? No.\n</think>\n\nParis',
      reasoning: 'Hm',
    });
    const apart = completed({ reasoning: 'Hm' }).completion;
    expect(withThoughts(apart)).toEqual(apart);
  });

  it('restores tags without anything between them', () => {
    const thoughtTags = { before: '<think></think>', after: '', from: 0 };
    expect(withThoughts(completed({ thoughtTags }).completion).output).toBe('<think></think>Paris');
  });

  it('happens only if wanted, and only once', () => {
    const result = completed({ reasoning: 'No.', thoughtTags: { before: '<think>', after: '</think>', from: 0 } });
    const kept = shownAnswer(result, true);
    expect(shownAnswer(result, false)).toBe(result);
    expect(kept.completion.output).toBe('<think>No.</think>Paris');
    expect(shownAnswer(kept, true).completion.output).toBe('<think>No.</think>Paris');
  });
});
