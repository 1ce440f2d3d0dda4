import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/app/config/yaml-settings.ts';
import { configure } from './project.ts';

describe('score in promptgrid.yaml', () => {
  it('accepts texts and objects, one or a list of them', async () => {
    const yaml = `
score:
  - contains
  - not:refusal
  - {type: numeric, tolerance: 0.01, name: price, weight: 2, threshold: 0.8, when: {column: lang, equals: [ru, en]}}
`;
    const { scorers } = await configure({ yaml });
    expect(scorers).toEqual([
      'contains',
      'not:refusal',
      {
        type: 'numeric',
        tolerance: 0.01,
        name: 'price',
        weight: 2,
        threshold: 0.8,
        when: { column: 'lang', equals: ['ru', 'en'] },
      },
    ]);
    expect((await configure({ yaml: 'score: {type: exact}' })).scorers).toEqual([{ type: 'exact' }]);
  });

  it.each([
    [
      'score:\n  - exact\n  - type: numeric\n    tolerence: 1\n',
      4,
      'unknown key "tolerence" in the scorer numeric',
      /did you mean tolerance\?$/,
    ],
    ['score:\n  - type: numerc\n', 2, 'unknown scorer "numerc"', /did you mean numeric\?$/],
    ['model: m\nscore: [exact, exat]\n', 2, 'unknown scorer "exat"', /did you mean exact\?$/],
    ['score:\n  - exact\n  - not:exat\n', 3, 'unknown scorer "exat"', /did you mean exact\?$/],
    ['model: m\nscore: exat\n', 2, 'unknown scorer "exat"', /did you mean exact\?$/],
    [
      'score: ["word-count:"]\n',
      1,
      '--score word-count: there is nothing behind the colon',
      /write --score word-count:</,
    ],
    [
      'score:\n  - type: exact\n    when:\n      colunm: a\n      equals: b\n',
      3,
      'when.column of the scorer exact',
      /SCORERS\.md/,
    ],
    [
      'score:\n  - type: exact\n    when:\n      column: a\n      equals: b\n      eqals: c\n',
      6,
      'unknown key "eqals" in when of the scorer exact',
      /did you mean equals\?$/,
    ],
    ['score:\n  - type: exact\n    threshold: 2\n', 3, 'threshold of the scorer exact: Too big', /SCORERS\.md/],
    ['score:\n  - {name: x}\n', 1, 'score must be a scorer, got ', /an object with a type/],
    ['score:\n  - 5\n', 1, 'score must be a scorer, got ', /an object with a type/],
    ['score:\n  - type: json-schema\n', 2, 'schema of the scorer json-schema', /SCORERS\.md/],
  ])('is refused with line and key: %j', (text, line, what, hint) => {
    expect(() => parseConfig(text, 'promptgrid.yaml')).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`^promptgrid\\.yaml:${line}: .*${what.replaceAll('.', '\\.')}`)),
        hint: expect.stringMatching(hint),
      }),
    );
  });
});
