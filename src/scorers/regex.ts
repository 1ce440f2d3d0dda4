import { defineScorer, verdict } from './definition.ts';
import { compilePattern } from './re2.ts';

/** 1 if a pattern matches somewhere in the answer. */
export const regex = defineScorer({
  name: 'regex',
  title: 'a pattern (RE2) matches somewhere in the answer: regex:<pattern>; (?i) before it ignores case',
  argument: 'pattern',
  options: (z) => ({
    pattern: z.string().min(1).describe('the pattern, in the syntax of RE2'),
  }),
  async create({ pattern }, { label }) {
    const compiled = await compilePattern(pattern, label);
    return { needsExpected: false, score: ({ output }) => verdict(compiled.test(output)) };
  },
});
