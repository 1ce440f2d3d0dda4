import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealJson } from '../../src/io/sealed-line.ts';
import { readMoment, recordText } from '../../src/store/journal-record.ts';
import { anyResult } from '../engine/results.ts';

describe('the text of a result in the journal', () => {
  it('is what JSON.stringify makes of the same object', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const text = recordText(result);
        expect(text).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the time of a result', () => {
  it('is read without the rest of its line, whatever that holds', () => {
    fc.assert(
      fc.property(anyResult, (made) => {
        const result = { ...made, at: '2026-01-02T03:04:05.678Z' };
        const { at, latencyMs, attempts, judgeOf, status } = result;
        const moment = readMoment(Buffer.from(sealJson(recordText(result))));
        expect(moment).toMatchObject({ at, latencyMs, attempts, status });
        expect(moment?.judgeOf).toBe(judgeOf);
        expect(moment?.error?.errorCode).toBe(result.status === 'errored' ? result.errorCode : undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it('is not read from a damaged line', () => {
    const [result] = fc.sample(anyResult, { numRuns: 1, seed: 1 });
    if (result === undefined) throw new Error('no result');
    const line = Buffer.from(sealJson(recordText(result)));
    line[line.length >> 1] = (line[line.length >> 1] ?? 0) ^ 1;
    expect(readMoment(line)).toBeNull();
  });
});
