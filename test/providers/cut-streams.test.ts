import { describe, expect, it } from 'vitest';
import { isJsonObject, type JsonObject, listOf, objectOf, parseJson } from '../../src/core/json.ts';
import { providers } from '../../src/providers/index.ts';
import type { Wire } from '../../src/providers/wire.ts';
import { WIRE_DOUBLES } from '../support/wire-doubles.ts';

const ANSWER = 'Ж"one\\n two';

const STREAMED = providers.flatMap(({ name, wire }) => {
  const double = WIRE_DOUBLES.get(wire);
  return wire.readStream === null || double === undefined
    ? []
    : [{ name, wire, read: wire.readStream, stream: double.events(ANSWER).join('') }];
});

type Streamed = (typeof STREAMED)[number];

/** Reads every beginning of a stream. */
function expectWholeOrNothing({ wire, read, stream }: Streamed): void {
  const bytes = Buffer.from(stream);
  const textOf = (length: number): string | null => {
    const { body, fault } = read(bytes.subarray(0, length).toString('utf8'));
    return fault === null ? JSON.stringify(wire.asChat(body)['choices'] ?? null) : null;
  };
  const whole = textOf(bytes.length);
  expect(whole).toContain(JSON.stringify(ANSWER));
  const texts = Array.from({ length: bytes.length }, (_, length) => textOf(length));
  expect(texts[0]).toBeNull();
  expect(texts.filter((text) => text !== null && text !== whole)).toEqual([]);
}

/** The same stream with this reason in each event that has none yet. */
function withReason(stream: string, reason: string): string {
  return stream
    .split('\n\n')
    .map((block) => {
      const event = parseJson(block.replace(/^data: /, ''));
      return isJsonObject(event) ? `data: ${JSON.stringify(reasoned(event, reason))}` : block;
    })
    .join('\n\n');
}

function reasoned(event: JsonObject, reason: string): JsonObject {
  const { choices, candidates, message } = event;
  const each = (name: string, list: unknown): JsonObject[] =>
    listOf(list).map((item) => ({ [name]: reason, ...objectOf(item) }));
  if (choices !== undefined) return { ...event, choices: each('finish_reason', choices) };
  if (candidates !== undefined) {
    return { promptFeedback: { blockReason: reason }, ...event, candidates: each('finishReason', candidates) };
  }
  return isJsonObject(message) ? { ...event, message: { ...message, stop_reason: reason } } : event;
}

const BY_WIRE = [...new Map<Wire, Streamed>(STREAMED.map((streamed) => [streamed.wire, streamed])).values()];

describe('a stream that ends too early', () => {
  it.each(STREAMED)('of $name is no answer, or has its whole text, wherever it is cut', expectWholeOrNothing);

  describe.each(BY_WIRE)('with the wire of $name', (streamed) => {
    it.each(['', ' ', 'null', 'None', 'undefined', 'FINISH_REASON_UNSPECIFIED'])(
      'has not ended where the reason is %j',
      (reason) => {
        const stream = withReason(streamed.stream, reason);
        expectWholeOrNothing({ ...streamed, stream });
        const { body } = streamed.read(stream);
        expect(streamed.wire.asChat(body)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
      },
    );
  });
});
