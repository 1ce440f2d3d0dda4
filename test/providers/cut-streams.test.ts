import { describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { WIRE_DOUBLES } from '../support/wire-doubles.ts';

const ANSWER = 'Ж"one\\n two';

const STREAMED = providers.flatMap(({ name, wire }) => {
  const double = WIRE_DOUBLES.get(wire);
  return wire.readStream === null || double === undefined
    ? []
    : [{ name, wire, read: wire.readStream, stream: double.events(ANSWER).join('') }];
});

describe('a stream that ends too early', () => {
  it.each(STREAMED)('of $name is no answer, or has its whole text, wherever it is cut', ({ wire, read, stream }) => {
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
  });
});
