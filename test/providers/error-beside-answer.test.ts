import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../src/core/json.ts';
import { type ProviderDefinition, providers } from '../../src/providers/index.ts';
import { openai } from '../../src/providers/openai.ts';
import { openrouter } from '../../src/providers/openrouter.ts';
import { readCompletion } from '../../src/providers/read-completion.ts';
import { WIRE_DOUBLES } from '../support/wire-doubles.ts';
import { ASK, completion, failure, failureOf, noSignal, readAs, reply, withEndpoint } from './endpoint.ts';

const CASES = providers.flatMap(({ name, wire }) => {
  const double = WIRE_DOUBLES.get(wire);
  return double === undefined ? [] : [{ name, definition: definitionOf(name), double }];
});

/** How a key is exchanged for tokens is tested with the provider that does it. */
function definitionOf(name: string): ProviderDefinition {
  const found = providers.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return { ...found, tokens: null };
}

const STREAM = { 'content-type': 'text/event-stream' };
const DIED = { message: 'upstream failed', code: 502 };
/** What gateways send where there is no error. */
const NO_ERRORS: readonly JsonValue[] = [
  null,
  '',
  ' ',
  'null',
  false,
  0,
  {},
  [],
  { message: '', type: '', param: null, code: 0 },
];

/** The events with this error in one of them, or in each. */
function withError(events: readonly string[], error: JsonValue, at?: number): string {
  return events
    .map((event, index) => {
      const data = parseJson(event.replace(/^data: /, '').trim());
      const isMeant = isJsonObject(data) && (at === undefined || index === at);
      return isMeant ? `data: ${JSON.stringify({ ...data, error })}\n\n` : event;
    })
    .join('');
}

describe.each(CASES)('an answer of $name', ({ definition, double }) => {
  it.each(['An answer.', ''])('%j with an error beside it is that error', async (text) => {
    const answer = double.answer(text, 'stop');
    expect(await failureOf(reply(200, { ...answer, error: DIED }), { definition })).toMatchObject({
      kind: 'server_error',
      message: 'HTTP 200: upstream failed (502)',
      usage: { promptTokens: 12, completionTokens: 5 },
      hasBegun: text !== '' || definition.name === 'responses',
    });
    const { kind, message } = await failureOf(reply(200, { ...answer, error: 'it died' }), { definition });
    expect([kind, message]).toEqual(['invalid_response', 'HTTP 200: it died']);
  });

  it('is an answer beside what only looks like an error', async () => {
    for (const error of NO_ERRORS) {
      const read = await readAs({ ...double.answer('An answer.', 'stop'), error }, { definition });
      expect([error, read.output]).toEqual([error, 'An answer.']);
    }
  });

  it('in a stream is read the same way', async () => {
    if (definition.wire.readStream === null) return;
    const events = double.events('An answer.');
    const options = { definition, isStreaming: true };
    for (const error of NO_ERRORS) {
      const read = await readAs(withError(events, error), { ...options, headers: STREAM });
      expect([error, read.output]).toEqual([error, 'An answer.']);
    }
    for (const error of [DIED, 'upstream failed']) {
      const { message } = await failureOf(reply(200, withError(events, error, 1), STREAM), options);
      expect(message).toContain('upstream failed');
    }
  });
});

describe('an error beside an answer', () => {
  it('has the cost that is told with it', async () => {
    const body = completion({ content: 'part' }, { error: DIED, usage: { cost: 0.001 } });
    expect(await failureOf(reply(200, body), { definition: openrouter })).toMatchObject({
      paid: { amount: 1_000_000_000n, currency: 'USD' },
    });
  });

  it('counts without usage too', async () => {
    expect((await failureOf(reply(200, completion({ content: '' }, { error: DIED })))).kind).toBe('server_error');
  });

  it('counts beside an embedding', async () => {
    const body = { data: [{ index: 0, embedding: [0.5] }], error: DIED };
    await withEndpoint(
      reply(200, body),
      async ({ provider }) => {
        const asked = provider.embed({ model: 'm', text: 'a', params: {} }, noSignal());
        expect(await failure(asked)).toMatchObject({ kind: 'server_error' });
      },
      { definition: openai },
    );
  });

  it.each<[name: string, line: (answer: JsonObject, error: JsonValue) => JsonObject]>([
    ['openai', (body, error) => ({ custom_id: 'a', response: { status_code: 200, body }, error })],
    ['mistral', (body, error) => ({ custom_id: 'a', response: { status_code: 200, body }, error })],
    ['gemini', (response, error) => ({ key: 'a', response, error })],
    ['anthropic', (message, error) => ({ custom_id: 'a', result: { type: 'succeeded', message, error } })],
  ])('counts in a line of a batch of %s', (name, line) => {
    const definition = definitionOf(name);
    const double = WIRE_DOUBLES.get(definition.wire);
    const read = (error: JsonValue): string => {
      const said = definition.batches?.readLine(line(double?.answer('An answer.', 'stop') ?? {}, error));
      if (said?.outcome.kind !== 'answered') throw new Error('no answer');
      return readCompletion(said.outcome.body, definition, false, ASK).output;
    };
    for (const error of NO_ERRORS) expect(read(error)).toBe('An answer.');
    expect(() => read(DIED)).toThrow('HTTP 200: upstream failed (502)');
  });
});
