import { listScorer } from './list-scorer.ts';

/** 1 where the answer contains every text of a list, letter for letter. */
export const containsAll = listScorer({
  name: 'contains-all',
  title: 'the answer contains every text of a list, letter for letter',
  passes: (_found, missing) => missing.length === 0,
});
