import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bareColumns,
  columnTag,
  misreadColumn,
  readsRow,
  singleBraced,
  writtenAs,
} from '../../src/prompts/column-tags.ts';
import { parseTemplate } from '../../src/prompts/template.ts';

describe('the tag of a column', () => {
  it.each([
    ['q', '{{ q }}'],
    ['вопрос', '{{ вопрос }}'],
    ['order-no', '{{ order-no }}'],
    ['Текст отзыва', '{{ row["Текст отзыва"] }}'],
    ['a.b', '{{ row["a.b"] }}'],
    ['empty', '{{ row["empty"] }}'],
    ['nil', '{{ row["nil"] }}'],
    ['row', '{{ row }}'],
    ['a | upcase', '{{ row["a | upcase"] }}'],
    ['say "x"', `{{ row['say "x"'] }}`],
  ])('of %j is %s', (column, tag) => {
    expect(columnTag(column)).toBe(tag);
  });

  it('reads the column’s text, whatever its name', () => {
    const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a b', 'true', '1', 'x-y', 'row', 'size', 'é'));
    fc.assert(
      fc.property(name, (column) => {
        // Liquid has no way to write both kinds of quotes, or the end of a tag, within a text.
        fc.pre(!(column.includes('"') && column.includes("'")) && !/[\\{}%\n\r]/.test(column));
        const row = { id: '1', hasOwnId: false, vars: { [column]: 'value' }, line: 2 };
        expect(parseTemplate('p', columnTag(column)).render(row)).toBe('value');
      }),
    );
  });
});

describe('columns with spaces that are used without row[…]', () => {
  it.each([
    ['{{ Вопрос клиента }}', ['Вопрос клиента']],
    ['{{Вопрос   клиента | upcase}}', ['Вопрос клиента']],
    ['{{- вопрос клиента -}}', ['Вопрос клиента']],
    ['{{ row.Вопрос клиента }}', ['Вопрос клиента']],
    ['{% if Вопрос клиента != blank %}x{% endif %}', ['Вопрос клиента']],
    ['{{ Цена, руб }}', ['Цена, руб']],
    ['{{ row["Вопрос клиента"] }}', []],
    ["{{ row['Вопрос клиента'] }}", []],
    ['{{ Вопрос }} клиента', []],
    ['{{ мойВопрос клиента }}', []],
    ['{{ q | upcase }} {% if q and w %}{% endif %}', []],
  ])('of %j are %j', (template, found) => {
    expect(bareColumns(template, ['id', 'Вопрос клиента', 'Цена, руб', 'q | upcase', 'q and w'])).toEqual(found);
  });

  it('come with the correct form', () => {
    expect(writtenAs('Вопрос клиента')).toBe('column names with spaces are written {{ row["Вопрос клиента"] }}');
  });
});

describe('columns in single braces', () => {
  it.each([
    ['Answer {q} please', ['q']],
    ['Answer { q }, {q} and {lang}', ['q', 'lang']],
    ['Answer ${q}', ['q']],
    ['Answer {order no}', ['order no']],
    ['Answer {{ q }}', []],
    ['Answer {{q}} and {{{ lang }}}', []],
    ['{% if q %}{{ q }}{% endif %}', []],
    ['Write {answer}', []],
    ['[{"role": "user", "content": "Say {lang}: {{ q }}"}]', ['lang']],
    ['{"q": {"lang": 1}}', []],
  ])('of %j are %j', (template, found) => {
    expect(singleBraced(template, ['id', 'q', 'lang', 'order no'])).toEqual(found);
  });
});

describe('a template that reads the whole row', () => {
  it.each([
    ['{{ row["order no"] }}', true],
    ['{% if row.note %}x{% endif %}', true],
    ['Answer in one row', false],
    ['Answer in one row: {{ q }}', false],
  ])('%j: %s', (template, reads) => {
    expect(readsRow(template)).toBe(reads);
  });
});

describe('misreadColumn', () => {
  const COLUMNS = ['id', 'empty', 'true', 'nil', 'contains', 'q.a', '2x', 'first', 'for', 'user-name', 'meta'];

  it.each([
    ['{{ empty }}', 'empty'],
    ['a {{- true -}} b', 'true'],
    ['{{ nil | upcase }}', 'nil'],
    ['{{ contains }}', 'contains'],
    ['{{ q.a }}', 'q.a'],
    ['{% if empty == "x" %}{% endif %}', 'empty'],
    ['{{ id }}{%- case nil -%}{% when 1 %}{% endcase %}', 'nil'],
  ])('finds it in %s', (template, column) => {
    expect(misreadColumn(template, COLUMNS)).toBe(column);
  });

  it.each([
    '{{ first }} {{ for }} {{ user-name }} {{ 2x }}',
    '{{ row["empty"] }}',
    '{% if id == empty %}{% endif %}{% if id contains "x" %}{% endif %}',
    '{% if true %}{% endif %}',
    '{{ blank }} {{ meta.price }}',
    '{{ "empty" }} { empty }',
  ])('leaves %s alone', (template) => {
    expect(misreadColumn(template, COLUMNS)).toBeNull();
  });
});
