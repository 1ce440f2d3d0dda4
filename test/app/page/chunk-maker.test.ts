import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkMaker, type PageRow } from '../../../src/app/page/chunk-maker.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { rowViews } from '../../support/page.ts';

function pageRow(id: string, vars: Record<string, string>, output: string): PageRow {
  const cells = {
    status: 'completed',
    output,
    latency_ms: 12,
    prompt_tokens: 3,
    completion_tokens: 4,
    total_cost: '0.08025',
    currency: 'RUB',
    repeat: 1,
    attempts: 1,
  };
  return {
    row: { id, hasOwnId: true, vars, line: 1 },
    messages: [[{ role: 'user', content: vars['q'] ?? '' }]],
    trials: [{ id: `t-${id}`, variant: 0, cells, scores: [{ value: 1, passed: true }] }],
  };
}

describe('a chunk of a page', () => {
  it('gives back every text and number that was put in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(hostileText('</script>', '<!--', '\u2028', '\uD800', '\u200F'), hostileText()), {
          maxLength: 5,
        }),
        (texts) => {
          const maker = new ChunkMaker(['q', '__proto__'], ['exact']);
          for (const [index, [q, output]] of texts.entries()) maker.add(pageRow(String(index), { q }, output));
          const [chunk] = [JSON.parse(JSON.stringify(maker.take()))];
          const rows = rowViews([chunk]);
          expect(rows.map((row) => [row.id, row.value(0)?.text, row.value(1), row.trials[0]?.output.text])).toEqual(
            texts.map(([q, output], index) => [String(index), q, null, output]),
          );
          expect(rows.map((row) => row.messages(0))).toEqual(
            texts.map(([q]) => [{ role: 'user', text: q, length: null }]),
          );
        },
      ),
    );
  });

  it('holds a text that many rows share once', () => {
    const maker = new ChunkMaker(['q'], ['exact']);
    for (let index = 0; index < 50; index++)
      maker.add(pageRow(String(index), { q: 'the same question' }, 'the same answer'));
    expect(maker.take().texts.filter((text) => text.startsWith('the same'))).toEqual([
      'the same question',
      'the same answer',
    ]);
  });

  it('reads numbers, scores and what is missing', () => {
    const maker = new ChunkMaker(['q'], ['exact']);
    maker.add(pageRow('a', { q: 'x' }, 'y'));
    const [trial] = rowViews([maker.take()])[0]?.trials ?? [];
    expect(trial).toMatchObject({
      id: 't-a',
      latencyMs: 12,
      promptTokens: 3,
      completionTokens: 4,
      cost: 0.08025,
      currency: 'RUB',
      thoughts: null,
      isCached: false,
    });
    expect([trial?.score(0), trial?.passed(0), trial?.score(7), trial?.passed(7)]).toEqual([1, true, null, null]);
  });

  it('says how long a cut text is, and never ends within a character', () => {
    const maker = new ChunkMaker(['q'], []);
    maker.add(pageRow('a', { q: `${'x'.repeat(9)}😀tail` }, '1234567890123'), 10);
    const [row] = rowViews([maker.take()]);
    expect(row?.value(0)).toEqual({ text: 'x'.repeat(9), length: 15 });
    expect(row?.trials[0]?.output).toEqual({ text: '1234567890', length: 13 });
  });

  it('cuts an answer of 5 MB to one', () => {
    const maker = new ChunkMaker(['q'], []);
    maker.add(pageRow('a', { q: 'x' }, 'y'.repeat(5 * 1024 * 1024)));
    const output = rowViews([maker.take()])[0]?.trials[0]?.output;
    expect([output?.text.length, output?.length]).toEqual([1024 * 1024, 5 * 1024 * 1024]);
  });
});
