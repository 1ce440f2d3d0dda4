import { textScorer } from './text-scorer.ts';

/** 1 where the answer begins with the expected text, letter for letter; white space before it does not count. */
export const startsWith = textScorer({
  name: 'starts-with',
  title: 'the answer begins with the expected text, letter for letter; white space around either does not count',
  defaults: { trim: true },
  passes: (output, wanted) => output.startsWith(wanted),
});
