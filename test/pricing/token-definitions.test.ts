import { describe, expect, it } from 'vitest';
import { loadTokenCounter } from '../../src/pricing/token-counter.ts';
import { CL100K_FRAME, definitionTexts, O200K_FRAME } from '../../src/pricing/token-definitions.ts';

// The example of OpenAI's Cookbook, "How to count tokens with tiktoken", section 7.
const WEATHER = {
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  parameters: {
    type: 'object',
    properties: {
      location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
      unit: { type: 'string', description: 'The unit of temperature to return', enum: ['celsius', 'fahrenheit'] },
    },
    required: ['location'],
  },
};
const MESSAGES = [
  { role: 'system', content: 'You are a helpful assistant that can answer to questions about the weather.' },
  { role: 'user', content: "What's the weather like in San Francisco?" },
];

describe('definitions of functions', () => {
  it.each([
    ['gpt-3.5-turbo', 105],
    ['gpt-4', 105],
    ['gpt-4o', 101],
    ['gpt-4o-mini', 101],
  ])('cost in the published example what the API of %s counted: %i tokens', async (model, tokens) => {
    const { countPrompt } = await loadTokenCounter(model);
    expect(countPrompt(MESSAGES, { tools: [{ type: 'function', function: WEATHER }] })).toBe(tokens);
    expect(countPrompt(MESSAGES, { functions: [WEATHER] })).toBe(tokens);
    expect(countPrompt(MESSAGES, { functions: WEATHER })).toBe(tokens);
  });

  it('include the schema of the answer, which counts as its JSON', () => {
    const schema = { name: 'answer', schema: { type: 'object', properties: { city: { type: 'string' } } } };
    const format = { type: 'json_schema', json_schema: schema };
    expect(definitionTexts({ response_format: format }, O200K_FRAME)).toEqual({
      texts: [JSON.stringify(schema)],
      frame: 0,
    });
    const both = definitionTexts({ response_format: format, functions: [WEATHER] }, O200K_FRAME);
    const alone = definitionTexts({ functions: [WEATHER] }, O200K_FRAME);
    expect(both).toEqual({ texts: [...alone.texts, JSON.stringify(schema)], frame: alone.frame });
    for (const none of [{ type: 'json_object' }, { type: 'text' }, null, 'json']) {
      expect(definitionTexts({ response_format: none }, O200K_FRAME).texts).toEqual([]);
    }
  });

  it('cost nothing if there are none', () => {
    expect(definitionTexts({}, O200K_FRAME)).toEqual({ texts: [], frame: 0 });
    expect(definitionTexts({ tools: [], functions: null, top_p: 1 }, O200K_FRAME)).toEqual({ texts: [], frame: 0 });
  });

  it('end once, however many they are', () => {
    expect(definitionTexts({ functions: [{ name: 'a' }, { name: 'b' }] }, CL100K_FRAME)).toEqual({
      texts: ['a:', 'b:'],
      frame: 10 + 10 + 12,
    });
  });

  it('count properties within properties, arrays and alternatives as groups of their own', () => {
    const point = { type: 'object', properties: { x: { type: ['number', 'null'], description: 'Across.' } } };
    const parameters = {
      properties: {
        from: point,
        path: { type: 'array', items: point },
        tags: { type: 'array', items: { type: 'string' } },
        to: { anyOf: [point, { type: 'null' }] },
        rest: true,
      },
      $defs: { level: { enum: [1, 'two', null] } },
    };
    const group = 3 + 3;
    expect(definitionTexts({ functions: [{ name: 'move', parameters }] }, O200K_FRAME)).toEqual({
      texts: [
        'move:',
        'from:object:',
        'x:number|null:Across',
        'path:object[]:',
        'x:number|null:Across',
        'tags:string[]:',
        'to:any:',
        'x:number|null:Across',
        'rest:any:',
        '1',
        'two',
        'null',
        'level:any:',
      ],
      frame: 7 + 12 + (3 + 5 * 3) + 3 * group + (group - 3 + 3 * 3),
    });
  });

  it('count anything that is not a function definition as its JSON', () => {
    const tools = [{ type: 'web_search' }, 'text', { type: 'function', function: { name: 7 } }];
    expect(definitionTexts({ tools }, O200K_FRAME)).toEqual({
      texts: tools.map((tool) => JSON.stringify(tool)),
      frame: 12,
    });
  });
});
