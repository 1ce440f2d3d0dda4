import { LENIENT, textScorer } from './text-scorer.ts';

/** 1 where the answer contains the expected text as a person reads it. */
export const icontains = textScorer({
  name: 'icontains',
  title: 'the same without regard to case, to ё or е, and to how characters are encoded',
  defaults: LENIENT,
  passes: (output, wanted) => output.includes(wanted),
});
