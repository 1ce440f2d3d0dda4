import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyErrorBody } from '../../src/providers/error-body.ts';
import { readErrorFacts } from '../../src/providers/error-facts.ts';

/** Shapes of error bodies as APIs, gateways and web frameworks write them, with the reason in each. */
const SHAPES: readonly (readonly [whose: string, body: unknown, message: string])[] = [
  ['OpenAI', { error: { message: 'Too hot', type: 'bad', param: 'temperature', code: null } }, 'Too hot'],
  [
    'Anthropic',
    { type: 'error', error: { type: 'not_found_error', message: 'model: x' }, request_id: 'r' },
    'model: x',
  ],
  ['Gemini', { error: { code: 400, message: 'API key not valid', status: 'INVALID_ARGUMENT' } }, 'API key not valid'],
  ['Gemini in a list', [{ error: { code: 400, message: 'API key not valid' } }], 'API key not valid'],
  ['Mistral', { object: 'error', message: 'Bad role', type: 'invalid', param: null, code: 1500 }, 'Bad role'],
  ['xAI, a text', { error: 'No such thing' }, 'No such thing'],
  ['xAI, a code and a text', { code: 'The caller is wrong', error: 'Incorrect key' }, 'Incorrect key'],
  ['GigaChat', { status: 429, message: 'Too many' }, 'Too many'],
  ['Ollama', { error: 'out of memory' }, 'out of memory'],
  ['a list of errors', { success: false, errors: [{ code: 10_000, message: 'No account' }] }, 'No account'],
  ['a list of texts', { errors: ['a is missing', 'b is missing'] }, 'a is missing; b is missing'],
  ['an array', { error: [{ message: 'first' }, { message: 'second' }, { message: 'first' }] }, 'first; second'],
  ['FastAPI, a text', { detail: 'Not authenticated' }, 'Not authenticated'],
  [
    'FastAPI, a list',
    { detail: [{ loc: ['body', 'messages', 0, 'content'], msg: 'field required', type: 'missing' }] },
    'messages.0.content: field required',
  ],
  ['FastAPI, an object', { detail: { error: { message: 'wrapped' } } }, 'wrapped'],
  ['a short error', { statusCode: 400, error: 'Bad Request', message: 'foo should not exist' }, 'foo should not exist'],
  [
    'a short error beside a list',
    { error: 'Bad Request', message: ['a is no text', 'b is none'] },
    'a is no text; b is none',
  ],
  ['OAuth', { error: 'invalid_client', error_description: 'The client is unknown' }, 'The client is unknown'],
  [
    'RFC 9457',
    { type: 'https://example.com/e', title: 'Out of credit', detail: 'The balance is 30' },
    'The balance is 30',
  ],
  ['Apigee', { fault: { faultstring: 'Quota violation', detail: { errorcode: 'q.Violation' } } }, 'Quota violation'],
  ['MiniMax', { base_resp: { status_code: 1004, status_msg: 'login fail' } }, 'login fail'],
  [
    'OpenRouter, JSON of an upstream',
    {
      error: {
        code: 400,
        message: 'Provider returned error',
        metadata: { raw: '{"error":{"message":"min 16"}}', provider_name: 'X' },
      },
    },
    'X: min 16',
  ],
  [
    'OpenRouter, a text of an upstream',
    { error: { code: 502, message: 'Upstream failed', metadata: { raw: 'socket closed', provider_name: 'X' } } },
    'Upstream failed (X: socket closed)',
  ],
  [
    'OpenRouter, JSON within JSON',
    {
      error: {
        message: 'Provider returned error',
        metadata: { raw: JSON.stringify([{ error: JSON.stringify({ detail: 'deep' }) }]) },
      },
    },
    'deep',
  ],
  [
    'JSON within a message',
    { error: { message: '{\n "error": {"code": 429, "message": "nested"}}', code: 429 } },
    'nested',
  ],
  [
    'JSON behind words',
    { error: { message: 'RateLimitError: Upstream - {"error":{"message":"no quota","code":"insufficient_quota"}}' } },
    'RateLimitError: Upstream - no quota',
  ],
  ['a JSON text', 'plain reason', 'plain reason'],
];

describe('the reason of an error', () => {
  it.each(SHAPES)('is found in the format of %s', (_whose, body, message) => {
    expect(readErrorFacts(body).message).toBe(message);
  });

  it.each([
    ['a text', 'upstream connect error', 'upstream connect error'],
    ['a page with a title', '<html><head><title>502 Bad Gateway</title></head></html>', '502 Bad Gateway'],
    ['a page without one', '<html><body><h1>Sorry</h1><p>come back</p></body></html>', 'Sorry  come back'],
    ['XML', '<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>', 'SlowDown'],
    ['nothing', ' \n ', null],
  ])('is found if the body is %s', (_what, text, message) => {
    expect(readErrorFacts(undefined, text).message).toBe(message);
  });

  it('is not searched for in brackets that are not an error', () => {
    const message = "Invalid 'messages[1].content': got {} and []";
    expect(readErrorFacts({ error: { message } }).message).toBe(message);
  });

  it('names the faulty field if the words do not', () => {
    const { message } = classifyErrorBody(
      { error: { message: 'Unsupported value', param: 'top_p', code: 'bad' } },
      400,
    );
    expect(message).toBe('HTTP 400: Unsupported value (bad, param top_p)');
    expect(classifyErrorBody({ error: { message: 'top_p is bad', param: 'top_p' } }, 400).message).toBe(
      'HTTP 400: top_p is bad',
    );
  });

  it('comes with codes and types, without repeating the status or itself', () => {
    expect(classifyErrorBody({ error: { message: 'No', code: 400, status: 'INVALID' } }, 400).message).toBe(
      'HTTP 400: No (INVALID)',
    );
    expect(classifyErrorBody({ error: 'Bad Request', message: 'foo is no field' }, 400).message).toBe(
      'HTTP 400: foo is no field (Bad Request)',
    );
  });

  it('is limited in depth, and never fails, whatever the body is', () => {
    let nested: unknown = 'bottom';
    for (let depth = 0; depth < 10_000; depth++) nested = { error: nested };
    expect(classifyErrorBody(nested, 400).message).toBe('HTTP 400: no reason given');
    const keys = fc.constantFrom('error', 'errors', 'message', 'detail', 'metadata', 'raw', 'code', 'details', 'loc');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.constant(null), tie('list'), tie('object')),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      object: fc.dictionary(keys, tie('tree'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(tree, fc.constantFrom(200, 302, 400, 404, 429, 500, 503), (body, status) => {
        const error = classifyErrorBody(body, status);
        expect(error.message).toMatch(new RegExp(`^HTTP ${status}: `));
        expect(error.message).not.toMatch(/undefined|\[object/);
      }),
    );
  });
});

describe('an error of the API itself', () => {
  it.each([
    [{ error: { message: 'x' } }, true],
    [[{ error: { message: 'x' } }], true],
    [{ error: 'x' }, true],
    [{ errors: [{ message: 'x' }] }, true],
    [{ object: 'error', message: 'x' }, true],
    [{ type: 'error', message: 'x' }, true],
    [{ status: 503, message: 'x' }, true],
    [{ message: 'The upstream server is timing out' }, false],
    [{ title: 'A timeout occurred', detail: 'x' }, false],
    [{ error: '' }, false],
    [{ error: null }, false],
    ['text', false],
    [undefined, false],
  ])('is distinguished from a proxy’s response: %j', (body, isApiError) => {
    expect(classifyErrorBody(body, 503, { text: '<html></html>' }).isApiError).toBe(isApiError);
  });
});
