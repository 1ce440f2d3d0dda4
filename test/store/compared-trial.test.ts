import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clusterKey, isCriticalRow, rowColumns, rowContent } from '../../src/app/compare/row-content.ts';
import type { JsonObject, JsonValue } from '../../src/core/json.ts';
import { COMPARED_COLUMNS, readComparedTrial } from '../../src/store/compared-trial.ts';
import { CUT_KEY } from '../../src/store/saved-changes.ts';

const text = fc.option(fc.string());
const number = fc.option(fc.integer());
const count = fc.option(fc.nat());
const record = fc.record(
  {
    prompt: fc.string(),
    model: fc.string(),
    status: fc.constantFrom('completed', 'errored', 'skipped'),
    temperature: number,
    repeat: fc.integer({ min: 1, max: 9 }),
    output: text,
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    total_cost: fc.option(fc.constantFrom('0.15', '0.0')),
    currency: text,
    cached: fc.boolean(),
    passed: fc.option(fc.boolean()),
    latency_ms: count,
    error_code: text,
    answer: fc.constantFrom('0123456789abc'),
    'score.exact': fc.option(fc.constantFrom(0, 0.5, 1)),
    'row.question': text,
    'row.topic': text,
    'row.critical': fc.constantFrom('yes', ''),
    critical: fc.boolean(),
    content: fc.constantFrom('00112233445566778899'),
    cluster: fc.constantFrom('99887766554433221100'),
  },
  { requiredKeys: ['prompt', 'model', 'status'] },
);

describe('the columns of a comparison', () => {
  it('are all that is read of a trial', () => {
    fc.assert(
      fc.property(record, (value) => {
        const place = { file: 'any.csv', line: 2, currency: null };
        const read = readsOf(value, (watched) => readComparedTrial(watched, ['score.exact'], place));
        // The last is no column: whoever reads the file adds it.
        expect([...COMPARED_COLUMNS, 'score.exact', CUT_KEY]).toEqual(expect.arrayContaining(read));
      }),
    );
  });

  it('are all that is read of a row', () => {
    fc.assert(
      fc.property(record, (value) => {
        const read = readsOf(value, (watched) => {
          rowContent(watched, ['question']);
          clusterKey(watched, 'topic');
          isCriticalRow(watched);
        });
        expect(rowColumns(['question', 'topic'])).toEqual(expect.arrayContaining(read));
      }),
    );
  });
});

/** Names of the columns that a function reads of a record. */
function readsOf(value: Readonly<Record<string, JsonValue>>, read: (watched: JsonObject) => void): string[] {
  const names = new Set<string>();
  const get = (target: JsonObject, name: string): JsonValue | undefined => {
    names.add(name);
    return target[name];
  };
  read(new Proxy<JsonObject>(value, { get: (target, name) => get(target, String(name)) }));
  return [...names];
}
