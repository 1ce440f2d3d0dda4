import { describe, expect, it } from 'vitest';
import { ChunkMaker } from '../../../src/app/page/chunk-maker.ts';
import type { Message } from '../../../src/core/prompt.ts';
import { askedText, questionColumn } from '../../../src/page/data/question.ts';
import type { RowView } from '../../../src/page/data/row-view.ts';
import { rowViews } from '../../support/page.ts';

/** Rows of a page by their cells. @param messages of each row */
function rowsOf(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  messages: readonly Message[] = [],
): readonly RowView[] {
  const maker = new ChunkMaker(columns, []);
  for (const [place, own] of cells.entries()) {
    const vars = Object.fromEntries(columns.map((name, column) => [name, own[column] ?? '']));
    maker.add({
      row: { id: String(place + 1), hasOwnId: true, vars, line: place + 2 },
      messages: [messages],
      trials: [],
    });
  }
  return rowViews([maker.take()]);
}

function chosen(
  columns: readonly string[],
  asked: readonly number[],
  cells: readonly (readonly string[])[],
  messages?: readonly Message[],
): string | null {
  const rows = rowsOf(columns, cells, messages);
  const place = questionColumn(
    { asked: { columns: asked, conversations: [] }, columns, expectedColumn: 'expected' },
    rows,
  );
  return place === null ? null : (columns[place] ?? null);
}

const ASKED: readonly Message[] = [
  { role: 'system', content: 'Be brief' },
  { role: 'user', content: 'First?' },
  { role: 'assistant', content: 'Yes' },
  { role: 'user', content: [{ type: 'text', text: 'And then?' }] },
  { role: 'assistant', content: '{' },
];

describe('the column that rows are recognised by', () => {
  const columns = ['id', 'topic', 'вопрос клиента', 'date', 'expected'];
  const cells = [
    ['1', 'delivery', 'Где заказ?', '2024-01-01', 'a'],
    ['2', 'delivery', 'Где курьер?', '2024-01-02', 'b'],
    ['3', 'delivery', 'Когда?', '2024-01-03', 'c'],
  ];

  it('is what the prompts insert, whatever its name', () => {
    expect(chosen(columns, [2], cells)).toBe('вопрос клиента');
  });

  it('is that in which rows differ most, and in words', () => {
    expect(chosen(columns, [1, 2], cells)).toBe('вопрос клиента');
    expect(chosen(columns, [2, 1], cells)).toBe('вопрос клиента');
    expect(chosen(columns, [0, 1, 2, 3], cells)).toBe('вопрос клиента');
    expect(chosen(columns, [1], cells)).toBe('topic');
    expect(chosen(columns, [0], cells)).toBe('id');
  });

  it('is one that is named like a question, if rows differ in it', () => {
    const named = ['Question', 'document'];
    expect(
      chosen(
        named,
        [0, 1],
        [
          ['Who?', 'One text'],
          ['Why?', 'Another'],
          ['Why?', 'A third'],
        ],
      ),
    ).toBe('Question');
    expect(
      chosen(
        named,
        [0, 1],
        [
          ['Sum it up', 'One text'],
          ['Sum it up', 'Another'],
        ],
      ),
    ).toBe('document');
  });

  it('is none where messages tell more than the columns', () => {
    expect(chosen(columns, [], cells, ASKED)).toBeNull();
    expect(rowsOf(columns, cells, ASKED).map(askedText)).toEqual(['And then?', 'And then?', 'And then?']);
  });

  it('is guessed by its name if nothing is known of the prompts', () => {
    expect(chosen(['id', 'topic', 'text'], [], [['1', 'a', 'b']])).toBe('text');
    expect(chosen(columns, [], cells)).toBe('topic');
    expect(chosen(['id', 'expected'], [], [['1', 'a']])).toBeNull();
  });
});
