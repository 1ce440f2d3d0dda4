import { describe, expect, it } from 'vitest';
import { fillVariables, nestedVariables, toLiquid } from '../../../src/app/import/nunjucks.ts';
import { liquid } from '../../../src/prompts/liquid.ts';

/** What it is about, the template, the values, and what Nunjucks 3.2 makes of them. */
const CASES = [
  ['a variable', 'Hi {{name}}', { name: 'Ann' }, 'Hi Ann'],
  ['a key of a variable', '{{ user.name }} {{ list[1] }}', { user: { name: 'Ann' }, list: [1, 2] }, 'Ann 2'],
  ['filters', '{{ a | upper }} {{ b|trim|lower }}', { a: 'x', b: ' Y ' }, 'X y'],
  [
    'a filter with arguments',
    "{{ a | replace('x', 'y') }}{{ b | default('none', true) }}",
    { a: 'xx', b: '' },
    'yynone',
  ],
  ['a list joined', '{{ a | join(", ") }} {{ a | length }}', { a: ['x', 'y'] }, 'x, y 2'],
  ['a comment', 'a{# not this #}b', {}, 'ab'],
  ['a condition that is an empty text', '{% if a %}yes{% else %}no{% endif %}', { a: '' }, 'no'],
  ['a condition that is a text', '{% if a %}yes{% else %}no{% endif %}', { a: 'x' }, 'yes'],
  ['a condition that is 0', '{% if a %}yes{% else %}no{% endif %}', { a: 0 }, 'no'],
  ['conditions', '{% if a == "x" and b > 1 %}1{% elif a === "y" %}2{% endif %}', { a: 'y', b: 2 }, '2'],
  [
    'a loop',
    '{% for m in list %}{{ loop.index }}:{{ m.q }}{% if loop.last %}.{% endif %}{% endfor %}',
    { list: [{ q: 'a' }, { q: 'b' }] },
    '1:a2:b.',
  ],
  ['a name', '{% set x = a %}{{ x }}', { a: 'v' }, 'v'],
] as const;

describe('a template of Nunjucks in Liquid', () => {
  it.for(CASES)('gives the same: %s', ([, text, vars, wanted]) => {
    const made = toLiquid(text);
    const translated = 'text' in made ? made.text : `foreign: ${made.foreign}`;
    expect(liquid.parseAndRenderSync(translated, vars)).toBe(wanted);
  });

  it('names the columns that it needs', () => {
    const made = toLiquid(
      '{% for m in list %}{{ m.q }}{{ loop.index }}{% endfor %}{% if a == b %}{{ c | upper }}{% endif %}',
    );
    expect(made).toMatchObject({ variables: ['list', 'a', 'b', 'c'] });
  });

  it.for([
    '{{ f(x) }}',
    '{{ a + b }}',
    '{{ a | random }}',
    '{% if not a %}x{% endif %}',
    '{% if a and b %}x{% endif %}',
    '{% include "x" %}',
    '{% macro m() %}{% endmacro %}',
    '{{ a if b else c }}',
  ])('is not made of %s', (text) => {
    expect(toLiquid(text)).toEqual({ foreign: /\{[{%][^]*?[}%]\}/.exec(text)?.[0] });
  });
});

describe('variables', () => {
  it('are filled in, a missing one as an empty text', () => {
    expect(fillVariables('{{a}} {{ b.c | upper }} {{none}}.', { a: 1, b: { c: 'x' } })).toEqual({
      text: '1 X .',
      foreign: null,
    });
    expect(fillVariables('{{a}} {{ f(a) }}', { a: 1 }).foreign).toBe('{{ f(a) }}');
  });

  it('are filled into other variables', () => {
    expect(nestedVariables({ a: '{{b}}!', b: '{{ c }}', c: 'x', d: { e: ['{{c}}'] } })).toEqual({
      a: 'x!',
      b: 'x',
      c: 'x',
      d: { e: ['x'] },
    });
    expect(nestedVariables({ a: '{{a}}x' })['a']).toContain('{{a}}');
  });
});
