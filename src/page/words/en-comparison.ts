import type { Comparison } from '../../core/comparison.ts';
import { plural } from './en-nouns.ts';
import type { Format } from './format.ts';

type Flipped = Comparison['flipped'];

/** Texts of a comparison in English. */
export const comparisonWords = {
  verdicts: {
    regressed: 'Significantly worse',
    improved: 'Significantly better',
    unchanged: 'Unchanged',
    inconclusive: 'Inconclusive',
    unsound: 'Not comparable',
  },
  gatesFailed: (names: readonly string[]) => `${plural(names.length, 'Gate', 'Gates')} failed: ${names.join(', ')}`,
  scoresVerdict: (verdict: string) => `By scores: ${verdict.toLowerCase()}.`,
  ungated: 'No gate checks that.',
  inCommon: (f: Format, n: number) => `${f.count(n)} ${plural(n, 'row', 'rows')} in common`,
  theCandidate: 'The candidate',
  lossLead: (subject: string, points: string) => `${subject} loses ${points} points by`,
  gainLead: (subject: string, points: string) => `${subject} gains ${points} points by`,
  evenLead: (subject: string) => `${subject} neither loses nor gains by`,
  noVerdict: 'No verdict',
  sameAnswers: 'Unchanged: the same answers',
  allAnswersSame: 'Every answer is the same text on both sides.',
  inComparisons: (f: Format, n: number, all: number) => `in ${f.count(n)} of ${f.count(all)} comparisons`,
  inMore: (n: string) => `in ${n}`,
  flippedN: (f: Format, { worse, better, flaky }: Flipped, rows: number | null) =>
    (rows === null
      ? `${f.count(worse)} ${plural(worse, 'row', 'rows')} got worse`
      : `Flips in ${f.count(rows)} ${plural(rows, 'row', 'rows')}: ${f.count(worse)} got worse`) +
    `, ${f.count(better)} got better${flaky === 0 ? '' : `, ${f.count(flaky)} ${plural(flaky, 'is', 'are')} flaky`}`,
  base: 'Base',
  candidate: 'Candidate',
  pairsOf: (f: Format, n: number, all: number) =>
    all === 1
      ? `The only comparison is ${n === 0 ? 'not ' : ''}significantly worse`
      : `${f.count(n)} of ${f.count(all)} comparisons ${plural(n, 'is', 'are')} significantly worse`,
  marginNote: (f: Format, points: number) =>
    points === 0
      ? 'Line at 0: no difference.'
      : `Line at 0: no difference. Shaded: a loss below the margin of ${f.plain(points)} ${plural(points, 'point', 'points')}. “Unchanged” rules out a loss of that size or more. A significant loss is a regression at any size.`,
  measures: 'Cost, tokens, time',
  measureNames: { cost: 'Cost of a row', tokens: 'Tokens of a row', latency: 'Time of a row' },
  measureVerdicts: {
    higher: 'higher',
    lower: 'lower',
    'no difference shown': 'not significant',
    'not known': 'unknown',
  },
  ofRowsN: (f: Format, n: number, all: number) => `over ${f.count(n)} of ${f.count(all)} ${plural(all, 'row', 'rows')}`,
  noMeasure: 'No significant difference',
  change: 'Change',
  measureNote: 'Candidate over base on the same rows, with 95% confidence intervals.',
  flips: 'Rows that flipped',
  flipsNote: 'Worst first. Struck out: only in the base. Underlined: only in the candidate.',
  showFlips: (f: Format, n: number, isAll: boolean) =>
    `Show ${isAll ? 'all' : 'the first'} ${f.count(n)} ${plural(n, 'flip', 'flips')}`,
  flipsOfVariants: 'A row is listed for each variant in which it flipped.',
  flippedRows: (f: Format, n: number) =>
    `All ${f.count(n)} ${plural(n, 'row', 'rows')} that flipped, with every answer`,
  flipsShown: (f: Format, shown: number, all: number) =>
    `The first ${f.count(shown)} of ${f.count(all)} ${plural(all, 'flip', 'flips')}.`,
  critical: 'critical',
  flaky: 'flaky',
  noAnswer: 'no answer stored',
  gatesFail: 'Gates',
};

/** Texts of a comparison in every language. */
export type ComparisonWords = typeof comparisonWords;
