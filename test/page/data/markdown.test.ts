import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, type Inline, markdown } from '../../../src/page/data/markdown.ts';
import { processorMs } from '../../support/processor-time.ts';

function textOf(parts: readonly Inline[]): string {
  return parts.map((part) => ('parts' in part ? textOf(part.parts) : part.text)).join('');
}

const text = (value: string) => ({ kind: 'text', text: value });

describe('Markdown', () => {
  it.each<[string, readonly object[]]>([
    ['# Title', [{ kind: 'heading', level: 1, parts: [text('Title')] }]],
    ['a **b** c', [{ kind: 'paragraph', parts: [text('a '), { kind: 'strong', parts: [text('b')] }, text(' c')] }]],
    ['`<b>`', [{ kind: 'paragraph', parts: [{ kind: 'code', text: '<b>' }] }]],
    [
      '```js\nx < 1\n```\nend',
      [
        { kind: 'code', text: 'x < 1' },
        { kind: 'paragraph', parts: [text('end')] },
      ],
    ],
    ['> quoted', [{ kind: 'quote', blocks: [{ kind: 'paragraph', parts: [text('quoted')] }] }]],
    [
      '| a | b |\n|---|---|\n| 1 | 2 |',
      [
        {
          kind: 'table',
          rows: [
            [[text('a')], [text('b')]],
            [[text('1')], [text('2')]],
          ],
        },
      ],
    ],
    ['---', [{ kind: 'rule' }]],
    ['[x](javascript:alert(1))', [{ kind: 'paragraph', parts: [text('[x](javascript:alert(1))')] }]],
    ['[x](http://a.b)', [{ kind: 'paragraph', parts: [{ kind: 'link', parts: [text('x')], address: 'http://a.b' }] }]],
    ['<img src=x onerror=alert(1)>', [{ kind: 'paragraph', parts: [text('<img src=x onerror=alert(1)>')] }]],
    ['2 * 3 * 4 and snake_case_name', [{ kind: 'paragraph', parts: [text('2 * 3 * 4 and snake_case_name')] }]],
  ])('reads %j', (source, blocks) => {
    expect(markdown(source)).toEqual(blocks);
  });

  it('reads lists in lists', () => {
    const [list] = markdown('1. one\n   - inner\n2. two');
    expect(list).toMatchObject({ kind: 'list', isOrdered: true });
    expect(list?.kind === 'list' ? list.items.map((item) => item.map(({ kind }) => kind)) : []).toEqual([
      ['paragraph', 'list'],
      ['paragraph'],
    ]);
  });

  it('reads any text, in time that grows with its length', () => {
    const sign = fc.constantFrom('#', '*', '_', '`', '[', '](', ')', '>', '- ', '1. ', '|', '\n', ' ', 'a', '~~');
    fc.assert(fc.property(fc.array(sign, { maxLength: 60 }), (signs) => Array.isArray(markdown(signs.join('')))));
    const tookMs = processorMs(() => {
      for (const hard of ['*', '_', '[', '`', '> ', '~', '**a']) markdown(hard.repeat(20_000));
    });
    expect(tookMs).toBeLessThan(5000);
  });

  it('keeps every letter of a paragraph', () => {
    const [block] = markdown('one **two *three*** `four`');
    expect(block?.kind === 'paragraph' ? textOf(block.parts) : '').toContain('three');
    const deep: readonly Block[] = markdown('>'.repeat(50) + ' deep');
    expect(JSON.stringify(deep)).toContain('deep');
  });
});
