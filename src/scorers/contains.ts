import { textScorer } from './text-scorer.ts';

/** 1 where the answer contains the expected text, letter for letter. */
export const contains = textScorer({
  name: 'contains',
  title: 'the answer contains the expected text, letter for letter',
  passes: (output, wanted) => output.includes(wanted),
});
