import { textScorer } from './text-scorer.ts';

/** 1 where the answer is the expected text, without regard to white space around either. */
export const exact = textScorer({
  name: 'exact',
  title: 'the answer is the expected text; white space around either does not count',
  defaults: { trim: true },
  passes: (output, wanted) => output === wanted,
});
