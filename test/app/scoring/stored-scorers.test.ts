import { describe, expect, it } from 'vitest';
import { scorerThresholds } from '../../../src/app/scoring/stored-scorers.ts';

describe('the thresholds of a run', () => {
  it('are those of its scorers by the names of their scores, however they were given', () => {
    const given = [
      'judge:is kind',
      'closed-qa:is short',
      'g-eval:is complete',
      { type: 'judge-pairwise', against: 'gpt-4o' },
      'factuality',
      'similar',
      'not:similar',
      { type: 'similar', threshold: 0.9 },
      { type: 'levenshtein', threshold: 0.1 },
      { type: 'levenshtein', threshold: 0 },
      { type: 'module', path: './scorers/tone.mjs', threshold: 0.6 },
      { type: 'not:exact', threshold: 0.5 },
      { type: 'judge', name: 'kind', rubric: 'is kind' },
      'exact',
    ];
    expect(Object.fromEntries(scorerThresholds(given) ?? [])).toEqual({
      judge: 0.5,
      'closed-qa': 0.5,
      'g-eval': 0.5,
      'judge-pairwise': 0.5,
      factuality: 0.4,
      similar: 0.75,
      'not-similar': 0.75,
      'similar-2': 0.9,
      levenshtein: 0.1,
      'levenshtein-2': 0,
      tone: 0.6,
      'not-exact': 0.5,
      kind: 0.5,
      exact: 1,
    });
  });

  it('are not known with a scorer of another version among them', () => {
    expect(scorerThresholds(['exact', 'of-tomorrow'])).toBeNull();
  });
});
