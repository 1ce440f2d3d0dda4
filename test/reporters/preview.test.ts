import { describe, expect, it } from 'vitest';
import { renderPreview } from '../../src/reporters/preview.ts';

const PLAN = {
  dataset: 'rows.csv',
  rows: 1200,
  columns: ['id', 'question'],
  prompts: ['p1', 'p2'],
  models: ['gptunnel/gpt-4o'],
  temperatures: [null, 0.7],
  repeats: 1,
  variants: 4,
  judges: [],
  trials: 4800,
  endpoints: ['https://example.org/v1'],
  out: 'results/rows',
  firstMessages: [{ role: 'user', content: 'Why?' }],
};

describe('the preview of a plan', () => {
  it('counts one row and one variant in the singular', () => {
    const one = { ...PLAN, rows: 1, variants: 1, trials: 1 };
    expect(renderPreview(one)).toContain('trials        1 row × 1 variant = 1\n');
  });

  it('says what would run, on which models, how often and with which first messages', () => {
    expect(renderPreview(PLAN)).toBe(
      [
        'dataset       rows.csv: columns id, question',
        'prompts       p1, p2',
        'models        gptunnel/gpt-4o',
        'temperatures  default, 0.7',
        'endpoint      https://example.org/v1',
        'results       results/rows',
        'trials        1,200 rows × 4 variants = 4,800',
        'first messages',
        '[',
        '  {',
        '    "role": "user",',
        '    "content": "Why?"',
        '  }',
        ']',
        'nothing was called',
      ].join('\n'),
    );
  });

  it('says where there is no variant at all', () => {
    const text = renderPreview({ ...PLAN, prompts: [], models: [], temperatures: [], variants: 0, trials: 0 });
    expect(text).toContain('prompts       none\nmodels        none\ntemperatures  none\n');
  });

  it('counts repeats if there are any', () => {
    expect(renderPreview({ ...PLAN, repeats: 3, trials: 14_400 })).toContain(
      'trials        1,200 rows × 4 variants × 3 repeats = 14,400\n',
    );
  });
});
