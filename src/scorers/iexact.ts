import { LENIENT, textScorer } from './text-scorer.ts';

/** 1 where the answer is the expected text as a person reads it. */
export const iexact = textScorer({
  name: 'iexact',
  title: 'the same without regard to case, to ё or е, and to how characters are encoded',
  defaults: { ...LENIENT, trim: true },
  passes: (output, wanted) => output === wanted,
});
