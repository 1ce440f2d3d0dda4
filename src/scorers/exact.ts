import { againstExpected } from './against-expected.ts';

/** 1 where the answer is the expected text, without regard to white space around either. */
export const exact = againstExpected({
  name: 'exact',
  title: 'the answer is the expected text; white space around either does not count',
  passes: (output, expected) => output.trim() === expected.trim(),
});
