import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEventStream, readEvents, saysDone, saysFinished } from '../../src/providers/event-stream.ts';

function eventsOf(text: string): readonly (readonly [name: string, data: string, isWhole: boolean])[] {
  return [...readEvents(text)].map(({ name, data, isWhole }) => [name, data, isWhole]);
}

describe('a stream of events', () => {
  // The examples of the HTML standard, section 9.2.6.
  it.each([
    ['data: YHOO\ndata: +2\ndata: 10\n\n', [['message', 'YHOO\n+2\n10', true]]],
    [
      ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
      [
        ['message', 'first event', true],
        ['message', 'second event', true],
        ['message', ' third event', true],
      ],
    ],
    [
      'data\n\ndata\ndata\n\ndata:',
      [
        ['message', '', true],
        ['message', '\n', true],
        ['message', '', false],
      ],
    ],
    [
      'data:test\n\ndata: test\n\n',
      [
        ['message', 'test', true],
        ['message', 'test', true],
      ],
    ],
    [
      'event: error\ndata: {}\n\ndata: 1\n\n',
      [
        ['error', '{}', true],
        ['message', '1', true],
      ],
    ],
    ['event: ping\n\ndata: 1\n\n', [['message', '1', true]]],
    ['retry: 1000\ndatum: x\n data: y\n\n', []],
    ['data: [DONE]', [['message', '[DONE]', false]]],
    ['', []],
  ] as const)('%j is parsed as the standard requires', (text, events) => {
    for (const lineBreak of ['\n', '\r\n', '\r']) {
      expect(eventsOf(text.replaceAll('\n', lineBreak))).toEqual(events);
    }
  });

  it('returns its original events, and where each ends', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ' '));
    const lineBreak = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(fc.array(line, { minLength: 1 }), { minLength: 1 }), lineBreak, (events, end) => {
        const blocks = events.map((lines) => `${lines.map((text) => `data: ${text}${end}`).join('')}${end}`);
        const read = [...readEvents(blocks.join(''))];
        expect(read.map(({ data }) => data)).toEqual(events.map((lines) => lines.join('\n')));
        expect(read.map((event) => event.end)).toEqual(
          blocks.map((_, index) => blocks.slice(0, index + 1).join('').length),
        );
      }),
    );
  });
});

describe('a text', () => {
  it.each(['data: {}', 'data:{}', '\n\r\n: comment\n', ':', 'event: x\n', 'id: 1', 'retry: 5'])(
    'that begins with %j is a stream of events',
    (text) => {
      expect(isEventStream(text)).toBe(true);
    },
  );

  it.each(['', '{"data":1}', '<html>data:', 'datas: 1', 'Error: data: x', ' data: x'])(
    'that begins with %j is not one',
    (text) => {
      expect(isEventStream(text)).toBe(false);
    },
  );

  it.each(['\ndata: [DONE]', '\ndata:[DONE]\n', 'x\n\ndata: [DONE]\r\n', '\rdata: [DONE]'])(
    '%j says that it is done',
    (text) => {
      expect(saysDone(text)).toBe(true);
    },
  );

  // A piece may begin within a text.
  it.each(['[DONE]', 'data: [DONE]"}', 'data: {"content":"data: [DONE]"}', '\ndata: [DON', ''])(
    '%j does not',
    (text) => {
      expect(saysDone(text)).toBe(false);
    },
  );

  it.each<[string, boolean]>([
    ['{"delta":{},"finish_reason":"stop"}', true],
    ['"finish_reason": "length"', true],
    ['{"delta":{"content":"a"},"finish_reason":null}', false],
    ['{"delta":{"content":"a"},"finish_reason":""}', false],
    ['{"delta":{"content":"a"},"finish_reason":" "}', false],
    ['{"delta":{},"finish_reason":"', false],
    ['{"content":"\\"finish_reason\\":\\"stop\\""}', false],
  ])('%j may say that the answer has ended: %j', (text, isFinished) => {
    expect(saysFinished(text)).toBe(isFinished);
  });
});
