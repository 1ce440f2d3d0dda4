import { describe, expect, it } from 'vitest';
import { input, itScores, makeScorers, scorerOf } from './scoring.ts';

describe('extract', () => {
  itScores('extract:ANSWER: (A|B)', [
    ['the group is compared', 'ANSWER: A', 'A', 1],
    ['and has to be the expected text', 'ANSWER: A', 'B', 0],
    ['the last match counts', 'ANSWER: A\nno, ANSWER: B', 'B', 1],
    ['an answer without a match is wrong', 'A', 'A', 0],
  ]);
  itScores('extract:(foo) (bar)', [['any group may be the expected text', 'foo bar', 'bar', 1]]);
  itScores('extract:ANSWER:\\s*(\\d+)?', [['a group that matched nothing is no part', 'ANSWER: ', '42', 0]]);
  itScores('not:extract:ANSWER: (A|B)', [['no match passes neither', 'A', 'A', 0]]);
  itScores('extract:boxed', [['a box, braces within it too', 'so \\boxed{\\frac{1}{2}}', '\\frac{1}{2}', 1]]);
  itScores('extract:hash', [['what stands behind four hash signs', 'steps\n#### 18 apples\nbye', '18 apples', 1]]);
  itScores('extract:answer', [
    ['what stands behind the last answer', 'Answer: A\nAnswer: Paris\n', 'Paris', 1],
    ['in bold', 'C is too long.\n\nAnswer: **D**', 'D', 1],
    ['in bold with its mark', '**Ответ: Г**', 'Г', 1],
    ['as code', 'Answer: `x = 1`', 'x = 1', 1],
    ['as a formula', 'Answer: $D$', 'D', 1],
    ['an amount keeps its sign', 'Answer: $18', '$18', 1],
    ['a letter of prose is none', 'Berlin C D', 'D', 0],
  ]);
  itScores('extract:(?:Answer|ANSWER)[^A-Z]*([A-Z])\\b', [
    ['a group finds a letter in bold', 'C is too long.\n\nANSWER: **D**', 'D', 1],
    ['in a heading', '## Answer\n\n> **D**', 'D', 1],
    ['in brackets', '**Answer:** (D) Berlin', 'D', 1],
    ['between dollars', 'ANSWER: $D$.', 'D', 1],
    ['and none in prose', 'Berlin C D', 'D', 0],
    ['and no word', 'ANSWER: Dublin', 'D', 0],
  ]);
  itScores('extract:last-line', [
    ['the last line', 'one\ntwo\n', 'two', 1],
    ['without the Markdown around it', 'So:\n\n**two**\n', 'two', 1],
  ]);
  itScores('extract:json:city.name', [
    ['a value at a path', 'Sure: {"city": {"name": "Тверь"}}', 'Тверь', 1],
    ['a path that is not there', '{"city": "Тверь"}', 'Тверь', 0],
  ]);
  itScores('extract:json:id', [
    ['a number with all of its digits', '{"id":1234567890123456789}', '1234567890123456789', 1],
    ['and not the nearest one that a double holds', '{"id":1234567890123456789}', '1234567890123456800', 0],
    ['in a fence', '```json\n{"id": 1234567890123456789}\n```', '1234567890123456789', 1],
    ['in prose', 'Sure: {"id": 1234567890123456789}.', '1234567890123456789', 1],
    ['a number as it is written', '{"id":1.10}', '1.10', 1],
    ['an object with its numbers as they are written', '{"id":{"a":1.10}}', '{"a":1.10}', 1],
  ]);

  it('is rejected if the pattern cannot be used', async () => {
    await expect(makeScorers(['extract:('])).rejects.toThrow('the pattern cannot be used');
    await expect(makeScorers(['extract:json:'])).rejects.toThrow('json: has no path');
  });
});

describe('any scorer of a part of the answer', () => {
  itScores({ type: 'numeric', extract: 'json:price' }, [
    ['judges that part alone', '{"price": "12 ₽", "weight": 7}', '12', 1],
    ['and is 0 where the answer lacks it', '{"weight": 12}', '12', 0],
    ['and its numbers as written', '{"price": 1234567890123456789}', '1234567890123456790', 0],
  ]);
  itScores({ type: 'not:exact', extract: 'answer' }, [['turned round too', 'Paris', 'London', 0]]);
});

describe('several right answers', () => {
  it.each([
    ['exact', 'foo', ['bar', 'foo'], 1],
    ['exact', 'baz', ['bar', 'foo'], 0],
    ['numeric', 'It is 7.', ['6', '7'], 1],
    ['f1', 'Paris', ['Paris, Texas', 'Paris'], 1],
    ['rouge-l', 'Paris', ['Paris, Texas', 'Paris'], 1],
    ['choice', 'Answer: C', ['B', 'C'], 1],
  ])('%s uses the best of them', async (spec, output, alternatives, value) => {
    const scorer = await scorerOf(spec);
    const score = await scorer.score(input(output, JSON.stringify(alternatives), { alternatives }));
    expect(score.value).toBe(value);
  });

  it('are all required by contains-all, and any of them by contains-any', async () => {
    const alternatives = ['a', 'b'];
    const given = input('only a', JSON.stringify(alternatives), { alternatives });
    expect((await (await scorerOf('contains-all')).score(given)).value).toBe(0);
    expect((await (await scorerOf('contains-any')).score(given)).value).toBe(1);
  });
});

describe('f1', () => {
  itScores('f1', [
    ['the same words in another order', 'mat the on cat', 'The cat on a mat.', 1],
    ['case, punctuation and articles do not count', 'The Cat!', 'a cat', 1],
    ['half of the words', 'red car', 'red bus', 0.5],
    ['no word in common', 'dog', 'cat', 0],
    ['an empty answer', '', 'cat', 0],
    ['a row that expects nothing cannot be judged', 'cat', null, null],
  ]);
});
