import { describe, expect, it } from 'vitest';
import { hasPassed } from '../../src/core/columns.ts';
import { type NamedAssertion, ReadyAssertions, scoreAssertions } from '../../src/scorers/index.ts';
import { HOSTILE, input, itScores, TOOLS } from './scoring.ts';

async function valueOf(text: string, output: string): Promise<number | null> {
  const ready = await new ReadyAssertions(TOOLS).get(text);
  const { value } = await ready.score(input(output));
  return value;
}

/** Why, the assertion, the answer, and whether it holds. */
type Case = readonly [why: string, assertion: string, output: string, value: 0 | 1];

const CASES: readonly Case[] = [
  ['a bare text is what the answer must be', 'Paris', 'Paris', 1],
  ['a bare text is not looked for inside the answer', 'Paris', 'Paris, France', 0],
  ['equality minds white space around the answer', 'equals:Paris', 'Paris\n', 0],
  ['white space behind the colon is no part of the value', 'equals: 30', '30', 1],
  ['a word with a colon that is no kind is a bare text', 'Note: done', 'Note: done', 1],
  ['a time is a bare text', '12:30', '12:30', 1],
  ['equality minds case', 'equals:paris', 'Paris', 0],
  ['iequals does not', 'iequals:paris', 'PARIS', 1],
  ['contains minds case', 'contains:paris', 'In Paris', 0],
  ['icontains does not', 'icontains:paris', 'In PARIS', 1],
  ['icontains tells ё from е, as promptfoo does', 'icontains:ёлка', 'Елка', 0],
  ['contains-any takes one of those between commas', 'contains-any:Rome, Paris', 'in Paris', 1],
  ['contains-any of texts with a space is not of its words', 'contains-any: <b> </span>', 'a <b> c', 0],
  ['contains-all takes them all', 'contains-all:a,b', 'only a', 0],
  ['a JSON array holds texts with commas', 'contains-all:["1,000","in stock"]', '1,000 in stock', 1],
  ['icontains-any', 'icontains-any:ROME,paris', 'PARIS', 1],
  ['icontains-all', 'icontains-all:ROME,paris', 'Paris', 0],
  ['starts-with minds white space before the answer', 'starts-with:Yes', ' Yes', 0],
  ['starts-with', 'starts-with:Yes', 'Yes, of course', 1],
  ['a pattern matches anywhere', 'regex:\\d{4}', 'in 1995.', 1],
  ['a pattern may hold a colon', 'regex:^a:b$', 'a:b', 1],
  ['is-json takes no prose', 'is-json', 'here: {"a":1}', 0],
  ['is-json takes no code fence', 'is-json', '```json\n{"a":1}\n```', 0],
  ['is-json of an array', 'is-json', '[1]', 1],
  ['contains-json takes prose', 'contains-json', 'here: {"a":1}', 1],
  ['contains-json without any', 'contains-json', 'none', 0],
  ['is-json with a schema', 'is-json:{"required":["a"],"type":"object"}', '{"b":1}', 0],
  ['contains-json with a schema', 'contains-json: {"required":["a"]}', 'so {"a":1}', 1],
  ['three edits from kitten to sitting', 'levenshtein(3):kitten', 'sitting', 1],
  ['and not two', 'levenshtein(2):kitten', 'sitting', 0],
  ['levenshtein allows five where it has no number', 'levenshtein:hello', 'world', 1],
  ['rouge-n needs 0.75 where it has no number: 3 of 4 words', 'rouge-n:a b c d', 'a b c', 1],
  ['2 of 4 words are too few', 'rouge-n:a b c d', 'a b', 0],
  ['but enough for 0.5', 'rouge-n(0.5):a b c d', 'a b', 1],
  ['not-rouge-n holds below its number', 'not-rouge-n(0.75):hello world', 'hello', 1],
  ['word-count is a number or a range', 'word-count:2-3', 'one two', 1],
  ['not- turns each kind round', 'not-contains:error', 'fine', 1],
  ['not-equals', 'not-equals:Paris', 'Paris', 0],
  ['not-is-json', 'not-is-json', 'text', 1],
  ['is-refusal', 'is-refusal', "I'm sorry, but I can't help with that.", 1],
  ['finish-reason', 'finish-reason:stop', 'x', 1],
];

describe('an assertion of a row', () => {
  it.each(CASES)('%s', async (_why, assertion, output, value) => {
    expect(await valueOf(assertion, output)).toBe(value);
  });

  it('holds up to its number of milliseconds', async () => {
    const { score } = await new ReadyAssertions(TOOLS).get('latency(1000)');
    expect(await score(input('x', null, { latencyMs: 1000 }))).toMatchObject({ value: 1 });
    expect(await score(input('x', null, { latencyMs: 1001 }))).toMatchObject({ value: 0 });
    expect(await score(input('x', null, { cached: true }))).toMatchObject({ value: null });
  });

  it.each([
    ['llm-rubric', 'the assertion "llm-rubric" needs a text behind the colon'],
    ['answer-relevance(0.8)', 'the assertion "answer-relevance" asks a model'],
    ['not-classifier(0.8):x', 'the assertion "classifier" asks a model'],
    ['javascript:output.length < 3', 'the assertion "javascript" runs code'],
    ['python', 'the assertion "python" runs code'],
    ['file://check.js', 'the assertion "file" reads a file'],
    ['trajectory:tool-used', 'the assertion "trajectory" is not there'],
    ['contians:Paris', 'there is no assertion "contians"; did you mean contains?'],
    ['contains:', 'the assertion "contains" needs a text behind the colon'],
    ['contains(3):x', 'the assertion "contains" takes no number in brackets'],
    ['latency', 'the assertion "latency" needs a number in brackets'],
    ['latency(1000):x', 'the assertion "latency" takes no text behind the colon'],
    ['levenshtein(many):x', 'the assertion "levenshtein" has "many" in brackets, which is not a number'],
    ['regex:(?=a)', 'the pattern has lookaround'],
    ['is-json:{"type":1}', 'the schema is broken'],
    ['is-json:{oops', 'schema: '],
  ])('%s is rejected by name', async (text, message) => {
    await expect(async () => new ReadyAssertions(TOOLS).get(text)).rejects.toThrow(message);
  });

  it.each(HOSTILE)('scores %s', async (_what, text) => {
    for (const assertion of ['equals:x', 'icontains-any:a,b', 'levenshtein(3):abc', 'rouge-n:a b', 'contains-json']) {
      const value = await valueOf(assertion, text);
      expect([0, 1, null]).toContain(value);
    }
  });
});

function namedOf(texts: readonly string[], more: Partial<NamedAssertion> = {}): readonly NamedAssertion[] {
  return texts.map((text, index) => ({ name: `__expected${index + 1}`, text, part: null, weight: 1, ...more }));
}

describe('the assertions of a row together', () => {
  const kept = new ReadyAssertions(TOOLS);

  it('count by their weights', async () => {
    const [held, lost] = [namedOf(['contains:a'], { weight: 3 }), namedOf(['contains:x'])];
    expect((await scoreAssertions(kept, [...held, ...lost], input('abc'))).value).toBe(0.75);
    const all = namedOf(['contains:a', 'contains:b', 'contains:c'], { weight: 0.1 });
    expect((await scoreAssertions(kept, all, input('abc'))).value).toBe(1);
  });

  it.for([
    ['equals:Oslo', 'json:city', '{"city": "Oslo"}', 1],
    ['equals:Oslo', null, '{"city": "Oslo"}', 0],
    ['contains:Oslo', 'json:town', '{"city": "Oslo"}', 0],
    ['not-contains:Rome', 'json:town', '{"city": "Oslo"}', 0],
    ['not-contains:Rome', 'json:city', '{"city": "Oslo"}', 1],
    ['equals:4', '<answer>\\s*((?s:.*?))\\s*</answer>', 'four: <answer>\n4 </answer>', 1],
  ] as const)('are about a part of the answer: %s of %s', async ([text, part, output, value]) => {
    expect((await scoreAssertions(kept, namedOf([text], { part }), input(output))).value).toBe(value);
  });

  it('are the share that holds, with the first that does not', async () => {
    const named = namedOf(['contains:a', 'contains:x', 'contains:y', 'contains:c']);
    const score = await scoreAssertions(kept, named, input('abc'));
    expect(score).toEqual({ value: 0.5, explanation: '__expected2 does not hold' });
  });

  it('are not scored if one of them cannot be', async () => {
    const named = namedOf(['contains:a', 'latency(10)']);
    const score = await scoreAssertions(kept, named, input('abc', null, { cached: true }));
    expect(score.value).toBe(null);
    expect(score.explanation).toContain('__expected2: the answer comes from the cache');
  });

  it('says what it can be at most if one of them cannot be scored: a row that fails anyway has failed', async () => {
    const named = namedOf(['latency:5', 'contains:x', 'contains:a', 'contains:b']);
    const score = await scoreAssertions(kept, named, input('abc', null, { cached: true }));
    expect(score).toMatchObject({ value: null, most: 0.75 });
    // What decides comes first.
    expect(score.explanation).toMatch(/^__expected2 does not hold; __expected1: /);
    expect(hasPassed([{ name: 's', ...score }])).toBe(false);
    expect(hasPassed([{ name: 's', ...score, threshold: 0.7 }])).toBeNull();
  });
});

// Figures: python3 -c "from collections import Counter as C; g=lambda t,n:C(zip(*[t.split()[i:] for i in range(n)]));
// r=lambda a,b,n:sum((g(a,n)&g(b,n)).values())/sum(g(b,n).values()); print(r(output, expected, n))"
describe('the scorer rouge-n', () => {
  itScores('rouge-n', [
    ['every word is there, in whatever order and among others', 'the mat a cat sat on', 'cat on the mat', 1],
    ['five of six words', 'the cat was on the mat', 'the cat sat on the mat', 5 / 6],
    ['a word counts as often as the answer has it', 'the cat', 'the the the cat', 0.5],
    ['case does not count', 'THE CAT', 'the cat', 1],
    ['no word', '', 'the cat', 0],
    ['nothing to compare with', 'the cat', null, null],
    ['no words to compare with', 'the cat', '...', null],
  ]);
  itScores('rouge-n:2', [['three of five pairs', 'the cat was on the mat', 'the cat sat on the mat', 3 / 5]]);
});
