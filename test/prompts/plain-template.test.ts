import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { liquid } from '../../src/prompts/liquid.ts';
import { plainRender } from '../../src/prompts/plain-template.ts';

function row(vars: Row['vars']): Row {
  return { id: '1', hasOwnId: true, vars, line: 2 };
}

function variablesOf(text: string): readonly string[] {
  return liquid.globalVariablesSync(liquid.parse(text)).filter((name) => name !== 'row');
}

describe('a template that only inserts columns', () => {
  it.each([
    ['Answer briefly. {{question}}', 'Answer briefly. Why?'],
    ['{{ вопрос }}{{question}}\n{ "a": {} }', 'Почему?Why?\n{ "a": {} }'],
    ['no column', 'no column'],
    ['', ''],
  ])('is rendered without the engine: %j', (text, said) => {
    const render = plainRender(text, variablesOf(text));
    expect(render?.(row({ question: 'Why?', вопрос: 'Почему?' }))).toBe(said);
  });

  it.each([
    '{{ question | upcase }}',
    '{{ row.question }}',
    '{{ empty }}',
    '{{- question }}',
    '{% if question %}yes{% endif %}',
    '{{ question.size }} {{ question }}',
  ])('leaves everything else to the engine: %j', (text) => {
    expect(plainRender(text, variablesOf(text))).toBeNull();
  });

  it.each([[{}], [{ question: 1 }], [{ question: null }], [{ question: ['a'] }]])('leaves the row %j to it', (vars) => {
    expect(plainRender('{{ question }}', ['question'])?.(row(vars))).toBeNull();
  });

  it('has the text that the engine makes', () => {
    const piece = fc.constantFrom(
      '{{ a }}',
      '{{b}}',
      '{{\ta }}',
      '{{ a | upcase }}',
      '{{ true }}',
      '{% if a %}x{% endif %}',
      '{{ row.a }}',
      '{',
      '}',
      '}}',
      '%}',
      ' <text> ',
      '\n',
    );
    const cell = fc.oneof(fc.string(), fc.constantFrom('{{ b }}', '{% raw %}', '$&', '"'));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), cell, cell, (pieces, a, b) => {
        const text = pieces.join('');
        const parsed = parsedOrNull(text);
        if (parsed === null) return;
        const rendered = plainRender(text, variablesOf(text))?.(row({ a, b })) ?? null;
        if (rendered !== null) expect(rendered).toBe(String(liquid.renderSync(parsed, { row: { a, b }, a, b })));
      }),
      { numRuns: 1000 },
    );
  });
});

/** null for a text that is no template. */
function parsedOrNull(text: string): ReturnType<typeof liquid.parse> | null {
  try {
    return liquid.parse(text);
  } catch {
    return null;
  }
}
