import { describe, expect, it } from 'vitest';
import { ask, instruction, question } from './asking.ts';
import { makeScorers, scorerOf } from './scoring.ts';

const ROW = { output: 'It is Paris', expected: 'Paris', vars: { q: 'Capital of France?', expected: 'Paris' } };

describe('factuality', () => {
  // The scores of autoevals, templates/factuality.yaml.
  it.each([
    ['A', 0.4],
    ['B', 0.6],
    ['C', 1],
    ['D', 0],
    ['E', 1],
  ])('scores the class %s as %s', async (letter, value) => {
    const { score } = await ask('factuality', ROW, `{"reason": "so", "score": "${letter}"}`);
    expect(score).toMatchObject({ name: 'factuality', value, explanation: 'so', threshold: 0.4 });
  });

  it('shows the judge the question, the expert answer and the answer, and names the classes', async () => {
    const asked = await ask('factuality', ROW);
    expect(question(asked)).toMatch(/<input-[^]*"q": "Capital of France\?"[^]*<reference-[^]*\nParis\n[^]*<answer-/);
    expect(question(asked)).not.toContain('"expected"');
    expect(instruction(asked)).toContain('"score": <one of "A", "B", "C", "D", "E">');
    expect(asked.inquiries[0]).toMatchObject({ model: null, temperature: 0, params: { max_tokens: 512 } });
  });

  it('compares with a text of its own if there is one', async () => {
    const asked = await ask('factuality:Rome', ROW, '{"score": "D"}');
    expect(question(asked)).toMatch(/<reference-[^]*\nRome\n/);
    expect((await scorerOf('factuality:Rome')).needsExpected).toBe(false);
    expect((await scorerOf('factuality')).needsExpected).toBe(true);
  });

  it('takes other scores for classes', async () => {
    const spec = { type: 'factuality', scores: { A: 1, B: 0.5 } };
    expect((await ask(spec, ROW, '{"score": "a"}')).score.value).toBe(1);
    expect((await ask(spec, ROW, 'GRADE: B')).score.value).toBe(0.5);
    expect((await ask(spec, ROW, '{"score": "C"}')).score.value).toBe(1);
    await expect(makeScorers([{ type: 'factuality', scores: { F: 1 } }])).rejects.toThrow('scores');
  });

  it('gives no value without a verdict, or without anything expected', async () => {
    const { score, inquiries } = await ask('factuality', ROW, '{"score": "F"}');
    expect(score).toMatchObject({ value: null, explanation: expect.stringContaining('not one of A, B, C, D, E') });
    expect(inquiries).toHaveLength(2);
    const nothing = await ask('factuality', { output: 'x' });
    expect(nothing).toMatchObject({ score: { value: null }, inquiries: [] });
  });
});
