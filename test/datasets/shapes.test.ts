import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { describeShape, recogniseShape } from '../../src/datasets/shapes.ts';

const MESSAGES = [{ role: 'user', content: '2+2?' }];

/** What the user is told about a dataset with such a first row; null if its shape is not known. */
function told(vars: Row['vars']): string | null {
  const shape = recogniseShape({ id: '1', hasOwnId: false, vars, line: 1 });
  return shape === null ? null : describeShape('d', shape).replace('d is read as ', '');
}

describe('recogniseShape', () => {
  it.each<[string, Row['vars']]>([
    [
      'OpenAI batch requests: id from custom_id, messages from body.messages, the model and the other fields of each body are not used',
      { custom_id: 'r1', method: 'POST', url: '/v1/chat/completions', body: { model: 'gpt-4o', messages: MESSAGES } },
    ],
    [
      'OpenAI batch requests: id from custom_id, messages from body.input, the model and the other fields of each body are not used',
      { custom_id: 'r1', url: '/v1/responses', body: { model: 'gpt-4o', input: '2+2?' } },
    ],
    ['samples of OpenAI evals: messages from input, expected from ideal', { input: MESSAGES, ideal: ['4', 'four'] }],
    ['samples of OpenAI evals: messages from input, expected from ideal', { input: '2+2?', ideal: '4' }],
    [
      'a Langfuse dataset: messages from input.question, expected from expectedOutput.answer',
      { id: 'i', input: { question: '2+2?' }, expectedOutput: { answer: '4' }, metadata: null, datasetName: 'sums' },
    ],
    [
      'a Langfuse dataset: messages from input, expected from expected_output',
      { id: 'i', input: '"2+2?"', expected_output: '4', source_trace_id: '' },
    ],
    [
      'LangSmith examples: messages from inputs.messages, expected from outputs.output',
      { id: 'i', inputs: { messages: MESSAGES }, outputs: { output: '4' } },
    ],
    [
      'LangSmith examples: messages from inputs.question, expected from outputs',
      { inputs: '{"question":"2+2?","hint":"add"}', outputs: '{"a":"4","b":"four"}' },
    ],
    [
      'a Braintrust dataset: messages from input, expected from expected',
      { id: 'i', input: '2+2?', expected: '4', metadata: {}, tags: null },
    ],
    [
      'samples of Inspect: messages from input, expected from target',
      { input: '2+2?', target: ['4', 'four'], metadata: {} },
    ],
    [
      'samples of Inspect: messages from input, expected from target, choices, which no prompt names, are not used',
      { input: MESSAGES, target: 'A', choices: ['4', '5'] },
    ],
    [
      'goldens of DeepEval: messages from input, expected from expected_output',
      { input: '2+2?', actual_output: null, expected_output: '4', context: null },
    ],
    [
      'conversations with from and value: messages from conversations, expected from the last answer of each, which is not sent',
      {
        conversations: [
          { from: 'human', value: '2+2?' },
          { from: 'gpt', value: '4' },
        ],
      },
    ],
    [
      'examples of conversations: messages from messages, expected from the last answer of each, which is not sent',
      { messages: [...MESSAGES, { role: 'assistant', content: '4' }] },
    ],
  ])('%s', (text, vars) => {
    expect(told(vars)).toBe(text);
  });

  it.each<[string, Row['vars']]>([
    ['a dataset of our own', { id: '1', question: '2+2?', expected: '4' }],
    ['plain columns named input and expected', { input: '2+2?', expected: '4' }],
    ['plain columns named input and target', { input: '2+2?', target: '4' }],
    ['plain columns named input and expected_output', { input: '2+2?', expected_output: '4' }],
    ['a messages column that ends with a question', { messages: MESSAGES }],
    [
      'conversations with an expected column',
      { messages: [...MESSAGES, { role: 'assistant', content: '4' }], expected: '4' },
    ],
    ['a column named ideal', { question: '2+2?', ideal: '4' }],
    ['texts named inputs and outputs', { inputs: 'a', outputs: 'b' }],
  ])('leaves %s alone', (_, vars) => {
    expect(told(vars)).toBeNull();
  });

  it('leaves the prompt to the user if an input has several fields and none of a known name', () => {
    expect(told({ inputs: { city: 'Paris', country: 'France' }, outputs: { ok: true } })).toBe(
      'LangSmith examples: expected from outputs.ok',
    );
  });
});
