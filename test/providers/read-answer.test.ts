import { describe, expect, it } from 'vitest';
import { withThoughts } from '../../src/core/thoughts.ts';
import { completion, failureOf, readAs, reply } from './endpoint.ts';

const PARIS = { role: 'assistant', content: 'Paris' };
const CALL = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };
const BILLED = { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } };
const NOTHING = { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } };

/** A completion's body with a finish reason; without a message if it is undefined. */
function ended(finishReason: string | null, message?: object, parts: object = {}): object {
  return { id: 'x', choices: [{ index: 0, message, finish_reason: finishReason }], ...parts };
}

describe('the output of an answer', () => {
  it.each([
    [{ content: '' }, ''],
    [{ content: null }, ''],
    [{ content: [] }, ''],
    [{ content: [{ type: 'text', text: '' }, { type: 'text', text: null }, null] }, ''],
    [{}, ''],
    [{ content: ['Pa', { type: 'text', text: 'ris' }, { type: 'image_url' }, null] }, 'Paris'],
    [
      { content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      '{"function_call":{"name":"f","arguments":"{\\"a\\":1}"}}',
    ],
    [{ content: null, tool_calls: [{ id: 'c1', type: 'function' }] }, '{"tool_calls":[{"id":"c1","type":"function"}]}'],
    [{ tool_calls: [{ id: 'c1' }] }, '{"tool_calls":[{"id":"c1"}]}'],
    [{ content: '', tool_calls: [] }, ''],
    [{ content: null, refusal: null }, ''],
  ])('for the message %j is %j', async (message, output) => {
    expect((await readAs(completion(message))).output).toBe(output);
  });

  it('is that of the choice numbered 0, wherever it stands, as in a stream', async () => {
    const choices = [1, 0].map((index) => ({ index, message: { content: `answer ${index}` }, finish_reason: 'stop' }));
    expect((await readAs({ id: 'x', choices })).output).toBe('answer 0');
  });

  it.each(['\n\n', ' \t', ''])('is only the call if the text is %j', async (content) => {
    const { output } = await readAs(completion({ content, tool_calls: [CALL] }));
    expect(JSON.parse(output)).toEqual({ tool_calls: [CALL] });
  });

  it.each([
    ['tools', { tool_calls: [CALL] }],
    ['a function', { function_call: CALL.function }],
  ])('has text and call if a call of %s comes with text', async (_what, call) => {
    const { output } = await readAs(completion({ content: 'Ёлка "1"\n', ...call }));
    expect(JSON.parse(output)).toEqual({ content: 'Ёлка "1"\n', ...call });
  });

  it('keeps blank text unchanged if there is nothing else', async () => {
    expect((await readAs(completion({ content: '\n\n' }, BILLED))).output).toBe('\n\n');
  });
});

/** Texts of other forms of answers. */
const ELSEWHERE: readonly (readonly [where: string, choice: object])[] = [
  ['a text beside an absent message', { text: 'Paris' }],
  ['a text beside an empty message', { text: 'Paris', message: { role: 'assistant', content: '' } }],
  ['a piece of a stream', { delta: PARIS }],
  ['a text as message', { message: 'Paris' }],
  ['a list as message', { message: [PARIS] }],
  ['a list of messages', { messages: [PARIS] }],
];

/** Parts without a text that can be read. */
const UNREAD: readonly unknown[] = [
  [{ type: 'json', json: { capital: 'Paris' } }],
  [{ type: 'text', text: { value: 'Paris' } }],
  [
    { type: 'text', text: '' },
    { type: 'json', json: {} },
  ],
  [
    { type: 'thinking', thinking: 'Hm.' },
    { type: 'json', json: {} },
  ],
  [42],
];

describe('an empty answer', () => {
  it.each([
    ['a message without content, cut off', ended('length', { role: 'assistant' }, BILLED)],
    ['a message without content that stopped', ended('stop', { role: 'assistant' }, BILLED)],
    ['a message without content and without usage', ended('stop', { role: 'assistant' })],
    ['a choice without a message, cut off', ended('length', undefined, BILLED)],
    ['a choice whose message is null', { choices: [{ message: null, finish_reason: 'length' }], ...BILLED }],
    ['an empty text, cut off before its first token', ended('length', { content: '' }, NOTHING)],
    ['an empty text, cut off with Mistral’s finish reason', ended('model_length', { content: '' }, NOTHING)],
    ['no text and no finish reason, but completion tokens', ended(null, { content: null }, BILLED)],
    ['prompt tokens only', ended('stop', { content: '' }, { usage: { prompt_tokens: 9 } })],
    [
      'tokens under the names of Anthropic',
      ended('stop', { content: '' }, { usage: { input_tokens: 9, output_tokens: 0 } }),
    ],
    ['a total only', ended('stop', { content: '' }, { usage: { completion_tokens: 0, total_tokens: 9 } })],
  ])('is completed if its finish reason or usage explains it: %s', async (_what, body) => {
    const choice = Object(body).choices[0];
    const read = await readAs(body);
    expect(read).toMatchObject({ output: '', finishReason: choice.finish_reason });
    expect(read.refusal).toBeUndefined();
  });

  it.each([
    ['empty text with zero tokens', ended('stop', { content: '' }, NOTHING)],
    ['blank text with zero tokens', ended('stop', { content: ' \n' }, NOTHING)],
    ['no content with zero tokens', ended('stop', { role: 'assistant' }, NOTHING)],
    ['no text, no finish reason, no usage', ended(null, { content: '' })],
    ['no text, an empty finish reason, no usage', ended('', { content: '' })],
    ['no text, the text "null" for a finish reason, no usage', ended('null', { content: '' })],
    [
      'no text, no finish reason, no completion tokens',
      ended(null, { content: null }, { usage: { prompt_tokens: 9 } }),
    ],
    ['a choice without message or finish reason', ended(null)],
    ['no choices', { id: 'x', choices: [] }],
    ['an error and a choice without a message', { ...ended('stop'), error: { message: 'no', code: 502 } }],
    ['a choice without a message that stopped', ended('stop', undefined, BILLED)],
    ['a choice without a message that ended with calls', ended('tool_calls', undefined, BILLED)],
    ...ELSEWHERE.flatMap(([where, parts]) =>
      ['stop', 'length'].map((reason): [string, object] => [
        `${where}, and ${reason}`,
        { choices: [{ index: 0, ...parts, finish_reason: reason }], ...BILLED },
      ]),
    ),
    ...UNREAD.map((content): [string, object] => [
      `the parts ${JSON.stringify(content)}`,
      ended('stop', { content }, BILLED),
    ]),
    ['content that is neither text nor parts', ended('stop', { content: { text: 'Paris' } }, BILLED)],
  ])('is a retryable error otherwise: %s', async (_what, body) => {
    const { kind } = await failureOf(reply(200, body));
    expect(['invalid_response', 'server_error']).toContain(kind);
  });

  it.each(['error', 'network_error', 'insufficient_system_resource', 'abort', 'ERROR'])(
    'is an error if the finish reason is %s, and the partial text is not used',
    async (finishReason) => {
      const { kind, message } = await failureOf(reply(200, ended(finishReason, PARIS, BILLED)));
      expect(kind).toBe('invalid_response');
      expect(message).toContain(finishReason);
      expect(message).not.toContain('Paris');
    },
  );

  it('keeps the cost of a failed answer', async () => {
    const usage = { prompt_cost: 0.1, completion_cost: 0.2, total_cost: 0.3 };
    const { paid } = await failureOf(reply(200, ended('error', PARIS, { usage })));
    expect(paid).toEqual({ amount: 300_000_000_000n, currency: 'RUB' });
  });

  it('is the error given in its choice', async () => {
    const choice = { message: PARIS, finish_reason: 'error', error: { code: 502, message: 'upstream' } };
    expect(await failureOf(reply(200, { choices: [choice] }))).toMatchObject({ kind: 'server_error' });
    const text = { message: PARIS, finish_reason: 'stop', error: 'upstream' };
    expect((await failureOf(reply(200, { choices: [text] }))).message).toContain('upstream');
  });
});

describe('a refusal', () => {
  const FILTERED = { hate: { filtered: false }, jailbreak: { filtered: true, detected: true } };
  const LOOKED_AT = { hate: { filtered: false }, jailbreak: { filtered: false, detected: true } };
  const SORRY = 'I cannot help with that';

  it.each([
    ['by OpenAI', ended('stop', { content: null, refusal: SORRY }), SORRY, SORRY],
    ['among the parts', ended('stop', { content: [{ type: 'refusal', refusal: SORRY }] }), SORRY, SORRY],
    ['with other text', ended('stop', { content: 'So far', refusal: SORRY }), 'So far', SORRY],
    ['by a filter without words', ended('content_filter', { content: null }), '', 'content_filter'],
    ['by a filter that left no message', ended('content_filter'), '', 'content_filter'],
    ['by a filter after some text', ended('content_filter', { content: 'Pa' }), 'Pa', 'content_filter'],
    ['by a filter, with zero tokens', ended('content_filter', { content: '' }, NOTHING), '', 'content_filter'],
    ['by Anthropic', ended('refusal', { content: '' }), '', 'refusal'],
    ['by GigaChat', ended('blacklist', { content: 'Не люблю менять тему' }), 'Не люблю менять тему', 'blacklist'],
    ['by Gemini', ended('SAFETY'), '', 'SAFETY'],
    [
      'by a filter that left an unknown part',
      ended('content_filter', { content: [{ type: 'json' }] }),
      '',
      'content_filter',
    ],
    [
      'by Anthropic behind a proxy',
      { ...ended('stop', { content: '' }), stop_reason: 'refusal', ...BILLED },
      '',
      'refusal',
    ],
    [
      'by Anthropic behind a router',
      { choices: [{ message: { content: '' }, finish_reason: 'stop', native_finish_reason: 'refusal' }] },
      '',
      'refusal',
    ],
  ])('%s is completed and marked', async (_who, body, output, refusal) => {
    const { finish_reason: finishReason } = Object(body).choices[0];
    expect(await readAs(body)).toMatchObject({ output, refusal, finishReason });
  });

  it.each([
    [
      'Azure',
      { choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: FILTERED }] },
      'content_filter',
    ],
    [
      'Gemini',
      { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usage: { total_tokens: 4 } },
      'PROHIBITED_CONTENT',
    ],
    ['a finish reason of the body', { choices: [], finish_reason: 'content_filter' }, 'content_filter'],
  ])('of the whole prompt by %s is completed and marked too', async (_who, body, refusal) => {
    expect(await readAs(body)).toMatchObject({ output: '', finishReason: 'content_filter', refusal });
  });

  it.each([
    [
      'a filter that only detected something',
      { choices: [], prompt_filter_results: [{ content_filter_results: LOOKED_AT }] },
    ],
    ['feedback without a reason', { choices: [], promptFeedback: {} }],
    ['a filter and an error', { choices: [], finish_reason: 'content_filter', error: { message: 'no' } }],
  ])('is not assumed from %s', async (_what, body) => {
    expect((await failureOf(reply(200, body))).kind).toBe('invalid_response');
  });

  it('is not assumed if a filter only detected something in an answer', async () => {
    const choice = { message: PARIS, finish_reason: 'stop', content_filter_results: LOOKED_AT, stop_reason: 'safety' };
    const read = await readAs({ choices: [choice], prompt_filter_results: [{ content_filter_results: LOOKED_AT }] });
    expect(read).toMatchObject({ output: 'Paris', finishReason: 'stop' });
    expect(read.refusal).toBeUndefined();
  });
});

describe('thoughts', () => {
  it.each([
    ['in the text', { content: '<think>\nIs it Lyon? No.\n</think>\n\nParis' }],
    ['in the text without an opening tag', { content: 'Is it Lyon? No.\n</think>\n\nParis' }],
    ['in the field of DeepSeek', { ...PARIS, reasoning_content: 'Is it Lyon? No.' }],
    ['in the field of OpenRouter', { ...PARIS, reasoning: 'Is it Lyon? No.', reasoning_details: [{ text: 'No.' }] }],
    [
      'in the list of OpenRouter',
      {
        ...PARIS,
        reasoning: null,
        reasoning_details: [
          { type: 'reasoning.text', text: 'Is it Lyon?' },
          { type: 'reasoning.encrypted', data: 'x' },
          { type: 'reasoning.summary', summary: ' No.' },
        ],
      },
    ],
    ['in the field of Ollama', { ...PARIS, thinking: 'Is it Lyon? No.' }],
    [
      'in parts of Mistral',
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Is it Lyon? No.' }] },
          { type: 'text', text: 'Paris' },
        ],
      },
    ],
    [
      'in parts of Anthropic',
      {
        content: [{ type: 'thinking', thinking: 'Is it Lyon? No.' }, { type: 'redacted_thinking', data: 'x' }, 'Paris'],
      },
    ],
    [
      'in parts of the type reasoning',
      {
        content: [
          { type: 'reasoning', summary: [{ text: 'Is it Lyon? No.' }] },
          { type: 'text', text: 'Paris' },
        ],
      },
    ],
    ['in parts of Gemini', { content: [{ thought: true, text: 'Is it Lyon? No.' }, { text: 'Paris' }] }],
    [
      'both in a field and in the text',
      { content: '<think>Is it Lyon? No.</think>Paris', reasoning_content: 'Is it Lyon? No.' },
    ],
    [
      'both in a field and in parts',
      { content: [{ type: 'thinking', thinking: 'Is it Lyon? No.' }, 'Paris'], reasoning_content: 'Is it Lyon? No.\n' },
    ],
  ])('are separated from the output: %s', async (_how, message) => {
    const { output, reasoning } = await readAs(completion(message));
    expect([output, reasoning?.trim()]).toEqual(['Paris', 'Is it Lyon? No.']);
  });

  it('are the whole text if the answer was cut off while thinking', async () => {
    const read = await readAs(ended('length', { content: '<think>\nIs it Lyon? No, it' }, BILLED));
    expect(read).toMatchObject({ output: '', reasoning: 'Is it Lyon? No, it', finishReason: 'length' });
  });

  it('count as an answer even without text and usage', async () => {
    const read = await readAs(ended('stop', { content: '', reasoning_content: 'Hm' }, NOTHING));
    expect(read).toMatchObject({ output: '', reasoning: 'Hm' });
  });

  it.each([
    ['<think>\nIs it Lyon? No.\n</think>\n\nParis', {}],
    [' Hm</think>Paris\n', {}],
    ['<think>\n\n</think>\n\nParis', {}],
    ['<think>Is it Lyon?</think>Paris', { reasoning_content: 'A capital.' }],
    ['<think>Is it Lyon?</think>Paris', { reasoning_content: 'Is it Lyon?' }],
  ])('can be put back to restore %j with %j', async (content, fields) => {
    const read = await readAs(completion({ content, ...fields }));
    expect(read.output.trim()).toBe('Paris');
    expect(withThoughts(read).output).toBe(content);
  });

  it('are removed from the text next to a call', async () => {
    const message = { content: '<thinking>Which city?</thinking>\n\n', tool_calls: [CALL] };
    const read = await readAs(completion(message));
    expect(JSON.parse(read.output)).toEqual({ tool_calls: [CALL] });
    expect(read).toMatchObject({ reasoning: 'Which city?' });
    expect(read.thoughtTags).toBeUndefined();
  });

  it('are absent if there are none or they are empty', async () => {
    for (const message of [PARIS, { ...PARIS, reasoning_content: '' }, { content: '<think>\n\n</think>\n\nParis' }]) {
      const read = await readAs(completion(message));
      expect([read.output, read.reasoning]).toEqual(['Paris', undefined]);
    }
  });

  it('are read to a limited depth', async () => {
    let nested: unknown = 'Hm';
    for (let depth = 0; depth < 50; depth++) nested = [{ text: nested }];
    expect((await readAs(completion({ ...PARIS, reasoning_details: nested }))).output).toBe('Paris');
  });
});

describe('the other parts of an answer', () => {
  const LOGPROBS = { content: [{ token: 'Paris', logprob: -0.1, top_logprobs: [] }] };
  const WITH = { choices: [{ message: PARIS, finish_reason: 'stop', logprobs: LOGPROBS }] };

  it('include the answering model if it differs from the requested one', async () => {
    const found: unknown[] = [];
    for (const model of ['gpt-4o-2024-08-06', 'gpt-4o', '', 7]) {
      found.push((await readAs({ ...completion(PARIS), model }, { request: { model: 'gpt-4o' } })).answeredModel);
    }
    expect(found).toEqual(['gpt-4o-2024-08-06', undefined, undefined, undefined]);
  });

  it.each([{ logprobs: true }, { logprobs: 5 }, { top_logprobs: 2 }])(
    'include log probabilities if the request has %j',
    async (params) => {
      expect((await readAs(WITH, { request: { params } })).logprobs).toEqual(LOGPROBS);
    },
  );

  it.each([{}, { logprobs: false }, { logprobs: false, top_logprobs: 0 }])(
    'do not include log probabilities if the request has %j',
    async (params) => {
      expect((await readAs(WITH, { request: { params } })).logprobs).toBeUndefined();
    },
  );

  it('do not include log probabilities that are null', async () => {
    const none = { choices: [{ message: PARIS, logprobs: null }] };
    expect((await readAs(none, { request: { params: { logprobs: true } } })).logprobs).toBeUndefined();
  });
});
