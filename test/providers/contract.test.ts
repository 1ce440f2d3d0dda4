import { array, assert, constantFrom, dictionary, letrec, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCutOff } from '../../src/core/finish-reason.ts';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { type ProviderDefinition, providers } from '../../src/providers/index.ts';
import { WIRE_DOUBLES, type WireDouble } from '../support/wire-doubles.ts';
import { ASK, failureOf, noSignal, readAs, reply, withEndpoint } from './endpoint.ts';

const CASES = providers.map((definition): readonly [string, ProviderDefinition] => [definition.name, definition]);
const STREAM = { 'content-type': 'text/event-stream' };

function doubleOf({ name, wire }: ProviderDefinition): WireDouble {
  const double = WIRE_DOUBLES.get(wire);
  if (double === undefined) throw new Error(`the wire form of ${name} has no double in test/support/wire-doubles.ts`);
  return double;
}

describe.each(CASES)('the provider %s', (_name, definition) => {
  const double = doubleOf(definition);

  it('sends its key in a header only, and reads text, end and tokens', async () => {
    await withEndpoint(
      reply(200, double.answer('An answer.', 'stop')),
      async ({ provider, seen }) => {
        expect(await provider.complete(ASK, noSignal())).toMatchObject({
          output: 'An answer.',
          finishReason: 'stop',
          usage: { promptTokens: 12, completionTokens: 5, totalTokens: 17 },
        });
        const [request] = seen;
        expect(seen).toHaveLength(1);
        expect(isJsonObject(parseJson(request?.body ?? ''))).toBe(true);
        expect(`${request?.path}${request?.body}`).not.toContain('test-key');
        expect(
          Object.values(request?.headers ?? {}).filter((value) => String(value).includes('test-key')),
        ).toHaveLength(1);
      },
      { definition },
    );
  });

  it('reads refusals and answers that were cut off', async () => {
    expect((await readAs(double.answer('No.', 'refused'), { definition })).refusal).toBeDefined();
    const { output, finishReason } = await readAs(double.answer('An ans', 'cut'), { definition });
    expect([output, isCutOff(finishReason)]).toEqual(['An ans', true]);
  });

  it('takes nothing for an answer that has none', async () => {
    for (const body of [double.nothing, {}, [], 'OK', '<html><title>Welcome</title></html>', '']) {
      expect(await failureOf(reply(200, body), { definition })).toMatchObject({ kind: 'invalid_response' });
    }
  });

  it.each([
    [401, 'unauthorized'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [503, 'overloaded'],
    [404, 'model_not_found'],
  ] as const)('reads the status %d as %s, with its reason', async (status, kind) => {
    const message = 'The model is not there, or not now.';
    const error = await failureOf(reply(status, double.error(status, message), { 'retry-after': '7' }), { definition });
    expect(error).toMatchObject({ kind, isApiError: true, retryAfterMs: 7000 });
    expect(error.message).toContain(message);
  });

  it('joins streams, and takes none that is cut', async () => {
    if (definition.wire.readStream === null) return;
    const events = double.events('An answer.');
    const read = await readAs(events.join(''), { definition, headers: STREAM, isStreaming: true });
    expect(read).toMatchObject({ output: 'An answer.', finishReason: 'stop', usage: { completionTokens: 5 } });
    expect(read.ttftMs).toBeGreaterThanOrEqual(0);
    const [first = ''] = events;
    const options = { definition, isStreaming: true };
    expect(await failureOf(reply(200, first, STREAM), options)).toMatchObject({ kind: 'invalid_response' });
  });

  it('hides its key wherever a server repeats it', async () => {
    expect((await readAs(double.answer('Your key is test-key.', 'stop'), { definition })).output).not.toContain(
      'test-key',
    );
    const error = await failureOf(reply(500, double.error(500, 'key test-key')), { definition });
    expect(error.message).not.toContain('test-key');
  });

  it('reads the ids of its models', async () => {
    await withEndpoint(
      reply(200, double.models('some-model')),
      async ({ provider }) => {
        expect((await provider.models(noSignal())).map(({ id }) => id)).toEqual(['some-model']);
      },
      { definition },
    );
  });

  it('survives any body and any events', () => {
    const { asChat, readStream } = definition.wire;
    const keys = constantFrom(...Object.keys(double.answer('', 'stop')), 'content', 'parts', 'type', 'error', 'delta');
    const { tree } = letrec((tie) => ({
      tree: oneof({ depthSize: 'medium' }, constantFrom(null, 0, '', 'text', 'message'), tie('list'), tie('object')),
      list: array(tie('tree'), { maxLength: 3 }),
      object: dictionary(keys, tie('tree'), { maxKeys: 5 }),
    }));
    assert(
      property(array(tree, { minLength: 1, maxLength: 4 }), (values) => {
        const bodies = values.map((value) => parseJson(JSON.stringify(value))).filter(isJsonObject);
        for (const body of bodies) expect(isJsonObject(asChat(body))).toBe(true);
        const stream = readStream?.(bodies.map((body) => `data: ${JSON.stringify(body)}\n\n`).join(''));
        if (stream !== undefined) expect(isJsonObject(asChat(stream.body))).toBe(true);
      }),
    );
  });

  it('says what to do about each field that it lacks', () => {
    for (const [name, instead] of Object.entries(definition.wire.lacks)) {
      expect(`${name}: ${instead}`).toMatch(/^\w+: [a-z].*[^.]$/);
    }
  });
});
