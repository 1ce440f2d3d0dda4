import { listScorer } from './list-scorer.ts';

/** 1 where the answer contains at least one text of a list, letter for letter. */
export const containsAny = listScorer({
  name: 'contains-any',
  title: 'the answer contains at least one text of a list, letter for letter',
  passes: (found) => found > 0,
});
