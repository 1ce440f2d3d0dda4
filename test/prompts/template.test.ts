import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PromptError } from '../../src/core/errors.ts';
import { objectOf } from '../../src/core/json.ts';
import type { Row } from '../../src/core/row.ts';
import { parseWrittenJson } from '../../src/core/written-json.ts';
import { parseTemplate, parseValueTemplate } from '../../src/prompts/template.ts';

function row(vars: Row['vars']): Row {
  return { id: 'q7', hasOwnId: true, vars, line: 8 };
}

function render(text: string, vars: Row['vars'] = {}): string {
  return parseTemplate('p1', text).render(row(vars));
}

/** What parsing and rendering are refused with. */
function refusal(text: string, vars: Row['vars'] = {}): PromptError {
  try {
    render(text, vars);
  } catch (error) {
    if (error instanceof PromptError) return error;
    throw error;
  }
  throw new Error(`rendered: ${text}`);
}

describe('a template', () => {
  it.each([
    ['{{ question }}', { question: 'Why?' }, 'Why?'],
    ['{{ вопрос }} и {{ Ёлка_2 }}', { вопрос: 'Почему?', Ёлка_2: 'да' }, 'Почему? и да'],
    ['{{ row["order no"] }}', { 'order no': 'A7' }, 'A7'],
    ['{{ row["a, b"] | upcase }}', { 'a, b': 'x' }, 'X'],
    ['{{ user.name }}', { user: { name: 'Анна' } }, 'Анна'],
    ['{{ number }} {{ yes }} {{ none }}|', { number: 0.1, yes: true, none: null }, '0.1 true |'],
    ['{{ list }} {{ object }}', { list: [1, 'a'], object: { b: null } }, '[1,"a"] {"b":null}'],
    ['{{ tags | split: "," | first }}', { tags: 'x,y' }, 'x'],
    ['{% for item in list %}{{ item }};{% endfor %}', { list: ['a', 'b'] }, 'a;b;'],
    ['{% assign big = word | upcase %}{{ big }}', { word: 'a' }, 'A'],
    ['{% raw %}{{ a }}{% endraw %} {"k": {"v": 1}}', {}, '{{ a }} {"k": {"v": 1}}'],
    ['<b>"{{ a }}" & \'{{ a }}\'</b>\n', { a: '<i>&' }, '<b>"<i>&" & \'<i>&\'</b>\n'],
    ['', {}, ''],
  ])('%s with %j gives %j', (text, vars, said) => {
    expect(render(text, vars)).toBe(said);
  });

  it.each([
    ['{{ meta.price }} {{ row.meta.price }} {{ row["meta"].tags[0] }}', '1.10 1.10 a'],
    ['{{ meta }} {{ meta.price }}', '{ "price": 1.10, "tags": ["a"] } 1.10'],
    ['{% if meta.price > 1 %}dear{% endif %}{% for tag in meta.tags %}{{ tag }}{% endfor %}', 'deara'],
    ['{{ list[1] }} {{ list.last }}', 'y y'],
    ['{{ text.size }} {{ list.size }}', '5 9'],
  ])('%s goes into a cell that holds JSON: %s', (text, said) => {
    expect(render(text, { meta: '{ "price": 1.10, "tags": ["a"] }', list: '["x","y"]', text: 'plain' })).toBe(said);
  });

  it('leaves a cell alone that only begins like JSON', () => {
    expect(refusal('{{ note.a }}', { note: '{a}' }).message).toContain('no column for the variable {{ note.a }}');
  });

  it.each([
    ['{{ q.a }}', 'q.a'],
    ['{{ gone }}', 'order no'],
  ])('shows how a column is written that needs it, in the error about %s', (text, column) => {
    expect(refusal(text, { id: '1', 'q.a': 'x', 'order no': 'y' }).hint).toContain(`{{ row["${column}"] }}`);
  });

  it.each([
    ['{{ price }} {{ user }}', '1.10 98765432109876543210'],
    ['{{ meta }} {{ meta.share }} {{ meta | json }}', '{"share":0.50} 0.50 {"share":0.50}'],
    ['{% if price > 1 and price < 2 and 10 > price %}between{% endif %}', 'between'],
    ['{% if price == 1.1 and 1.1 == price %}equal{% endif %}{% if price != 1.1 %}other{% endif %}', 'equal'],
    ['{% case price %}{% when 1.1 %}found{% endcase %}', 'found'],
    ['{{ price | plus: 1 }} {{ price | times: 10 | round }} {{ price | append: "x" }}', '2.1 11 1.10x'],
    [
      '{% if price == blank or price == empty or price == nil %}nothing{% else %}{{ price | default: 5 }}{% endif %}',
      '1.10',
    ],
    [
      '{% for n in list %}{{ n }};{% endfor %}{{ list | join: "," }} {{ list | sort | join: "," }}',
      '2.0;1e1;2.0,1e1 2.0,1e1',
    ],
  ])('%s sees numbers as they are written, and compares them: %s', (text, said) => {
    const line = '{"price":1.10,"user":98765432109876543210,"meta":{"share":0.50},"list":[2.0,1e1]}';
    expect(render(text, objectOf(parseWrittenJson(line)))).toBe(said);
  });

  it.each([
    ['{% if note %}N{% else %}-{% endif %}', {}, '-'],
    ['{% if note %}N{% else %}-{% endif %}', { note: 'x' }, 'N'],
    ['{% if note != blank %}N{% else %}-{% endif %}', { note: '' }, '-'],
    ['{% if note != blank %}N{% else %}-{% endif %}', { note: 'x' }, 'N'],
    ['{% unless note %}N{% endunless %}', {}, 'N'],
    ['{% if note.deep.er %}N{% else %}-{% endif %}', {}, '-'],
    ['{{ note | default: "none" }}', {}, 'none'],
    ['{{ note | default: "none" }}', { note: '' }, 'none'],
    ['{% case kind %}{% when "a" %}A{% else %}other{% endcase %}', {}, 'other'],
    ['{% if n > 2 and n < 5 %}mid{% else %}out{% endif %}', { n: 3 }, 'mid'],
  ])('reads a value in %s with %j and gives %j', (text, vars, said) => {
    expect(render(text, vars)).toBe(said);
  });

  it('is not run a second time on a row’s text', () => {
    expect(render('{{ a }}', { a: '{{ 7 | plus: 1 }}' })).toBe('{{ 7 | plus: 1 }}');
    const texts = fc.oneof(fc.string(), fc.constantFrom('{% include "x" %}', '{{ row }}', '{% raw %}', '{%- if'));
    fc.assert(
      fc.property(texts, (text) => {
        expect(render('[{{ a }}]', { a: text })).toBe(`[${text}]`);
        expect(render('{{ row["a"] }}', { a: text })).toBe(text);
      }),
    );
  });

  it('names the columns that it reads, including those in conditions', () => {
    const text =
      '{{ a.b }} {% if c %}{{ row["d e"] }}{% endif %} {% assign f = g %}{{ f }} {% for h in i %}{{ h }}{% endfor %}';
    expect([...parseTemplate('p1', text).variables].sort()).toEqual(['a', 'c', 'g', 'i']);
  });
});

describe('a template that uses a missing column', () => {
  it('is rejected with the row, its line, the columns there are and the nearest of them', () => {
    const { message, hint } = refusal('{{ qestion }}', { id: 'q7', question: 'Why?' });
    expect(message).toBe('prompt "p1", row q7 (line 8): no column for the variable {{ qestion }}');
    expect(hint).toBe('columns: id, question; did you mean question?');
  });

  it.each([
    ['{{ вопро }}', { вопрос: 'да' }, 'вопро', 'columns: вопрос; did you mean вопрос?'],
    [
      '{{ Вопрос клиента }}',
      { 'Вопрос клиента': 'x' },
      'Вопрос',
      'column names with spaces are written {{ row["Вопрос клиента"] }}',
    ],
    ['{{ row["order nо"] }}', { 'order no': 'A7' }, 'order nо', 'columns: order no; did you mean order no?'],
    ['{{ row["a, c"] }}', { 'a, b': 'x' }, 'a, c', 'columns: a, b; did you mean a, b?'],
    ['{{ user.age }}', { user: { name: 'x' } }, 'user.age', 'columns: user'],
    ['{% for item in list %}{% endfor %}', { a: 1 }, 'list', 'columns: a'],
    ['{{ constructor }}', { a: 1 }, 'constructor', 'columns: a'],
    ['{{ a.constructor }}', { a: 'x' }, 'a.constructor', 'columns: a'],
    ['{{ __proto__ }}', { a: 1 }, '__proto__', 'columns: a'],
  ])('names it: %s', (text, vars, variable, hint) => {
    const refused = refusal(text, vars);
    expect(refused.message).toContain(`no column for the variable {{ ${variable} }}`);
    expect(refused.hint).toBe(hint);
  });
});

describe('a broken template', () => {
  it.each([
    ['Say\n{{ a', 'not closed, line:2, col:1'],
    ['{% if a %}', 'not closed'],
    ['{% foo %}', 'tag "foo" not found'],
    ['{{ a | nofilter }}', 'undefined filter: nofilter'],
  ])('%j is rejected with its position', (text, what) => {
    const { message, hint, cause } = refusal(text, { a: 1 });
    expect(message).toContain('prompt "p1": ');
    expect(message).toContain(what);
    expect(hint).toContain('{% raw %}');
    expect(cause).toBeInstanceOf(Error);
  });
});

describe('a template cannot read files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptgrid-template-'));
    await writeFile(join(folder, 'secret.liquid'), 'the secret');
    await writeFile(join(folder, 'secret'), 'the secret');
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['include', 'render', 'layout'])('with {%% %s %%}, whether the name is literal or in a column', (tag) => {
    for (const name of ['secret', 'secret.liquid'].map((file) => join(folder, file))) {
      expect(refusal(`{% ${tag} "${name}" %}`).message).toContain(`tag "${tag}" not found`);
      expect(refusal(`{% ${tag} file %}`, { file: name }).message).toContain(`tag "${tag}" not found`);
      expect(refusal(`{% if a %}{% ${tag} "${name}" %}{% endif %}`, { a: false }).message).toContain('not found');
    }
  });
});

describe('a value whose texts are templates', () => {
  it('is rendered at any depth, and otherwise unchanged', () => {
    const parts = [
      { type: 'text', text: '{{ q }}' },
      { type: 'image_url', image_url: { url: 'https://example.org/{{ file }}', detail: null }, n: 1, ok: true },
    ];
    const { variables, render: fill } = parseValueTemplate('p1', parts);
    expect(variables).toEqual(['q', 'file']);
    expect(fill(row({ q: 'What is this?', file: 'a.png' }))).toEqual([
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: null }, n: 1, ok: true },
    ]);
  });
});
