import { againstExpected } from './against-expected.ts';

/** 1 where the answer contains the expected text, letter for letter. */
export const contains = againstExpected({
  name: 'contains',
  title: 'the answer contains the expected text, letter for letter',
  passes: (output, expected) => output.includes(expected),
});
