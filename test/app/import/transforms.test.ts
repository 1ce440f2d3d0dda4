import { describe, expect, it } from 'vitest';
import { partOf } from '../../../src/app/import/transforms.ts';
import { readExtraction } from '../../../src/scorers/extraction.ts';

/** Transforms, an answer, and what is left of it. */
const CASES = [
  [['output.trim()'], ' a ', ' a '],
  [['return output;'], 'a', 'a'],
  [['JSON.parse(output)'], '{"a": 1}', '{"a": 1}'],
  [['JSON.parse(output).a.b'], '{"a": {"b": "x"}}', 'x'],
  [['JSON.parse(output)', 'output.list[1].name'], '{"list": [1, {"name": "x"}]}', 'x'],
  [['JSON.parse(output)["a"]', 'output'], '{"a": "x"}', 'x'],
  [["output.split('<answer>')[1].split('</answer>')[0].trim()"], 'is <answer> 4\n</answer>.<answer>5</answer>', '4'],
  [['output.split("Answer: ")[1]'], 'Answer: 4', '4'],
  [['output.split("####").pop().trim()'], 'a #### b #### c\n', 'c'],
  [['output.match(/total: (\\d+)/i)[1]'], 'Total: 12, total: 13', '12'],
  [['output.match(/\\d+/)?.[0]'], 'is 12, not 13', '12'],
] as const;

describe('transforms of promptfoo', () => {
  it.for(CASES)('are a part of the answer: %s', async ([transforms, answer, wanted]) => {
    const found = partOf(transforms);
    expect(found).not.toBe(null);
    const part = found?.part ?? null;
    const taken = part === null ? [answer] : (await readExtraction(part, 'test'))(answer);
    expect(taken[0]).toBe(wanted);
  });

  it.for([
    'output.toUpperCase()',
    'output.a',
    'file://transform.js',
    'output.match(/a/)[1]',
    'fetch(output)',
    'JSON.parse(output).map(x => x)',
  ])('that do anything else are none: %s', (transform) => {
    expect(partOf([transform])).toBe(null);
  });
});
