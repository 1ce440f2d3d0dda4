import { describe, expect, it } from 'vitest';
import { ask, instruction, question } from './asking.ts';
import { makeScorers, scorerOf } from './scoring.ts';

describe('closed-qa', () => {
  it.each([
    ['{"reason": "so", "score": "Y"}', 1],
    ['{"reason": "so", "score": "N"}', 0],
    ['{"reason": "so", "score": "maybe"}', null],
  ])('scores %s as %s', async (verdict, value) => {
    const { score } = await ask('closed-qa:names a city', { output: 'Paris' }, verdict);
    expect(score).toMatchObject({ name: 'closed-qa', value, threshold: 0.5 });
  });

  it('shows the judge criterion, question and answer, and not what is expected', async () => {
    const asked = await ask('closed-qa:is in {{ lang }}', {
      output: 'Paris',
      expected: 'Rome',
      vars: { q: 'Where?', lang: 'French' },
    });
    expect(question(asked)).toMatch(/<criterion-[^]*is in French[^]*<input-[^]*Where\?[^]*<answer-[^]*\nParis\n/);
    expect(question(asked)).not.toMatch(/Rome|<reference/);
    expect(instruction(asked)).toContain('"score": <one of "Y", "N">');
    expect((await scorerOf('closed-qa:is in {{ lang }} by {{ input }}')).asks?.variables).toEqual(['lang']);
  });

  it('needs a criterion', async () => {
    await expect(makeScorers(['closed-qa'])).rejects.toThrow('criterion');
  });
});
