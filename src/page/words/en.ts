import type { AnalysisNote } from '../../core/analysis/note.ts';
import type { LostCalls } from '../../core/billed.ts';
import type { CallErrorKind } from '../../core/call-error.ts';
import type { Coverage } from '../data/estimate.ts';
import { comparisonWords } from './en-comparison.ts';
import { plural } from './en-nouns.ts';
import { reasonWords } from './en-reasons.ts';
import type { Format } from './format.ts';

/** Rows that evidence consists of, or clusters of them. */
function unitsText(f: Format, n: number, isOfClusters: boolean): string {
  return `${f.count(n)} ${isOfClusters ? plural(n, 'cluster', 'clusters') : plural(n, 'row', 'rows')}`;
}

/** What codes of errors mean; in English they say it themselves. */
const ERROR_KINDS: Readonly<Partial<Record<CallErrorKind, string>>> = {};

/** Every text of the page in English. */
export const en = {
  // bar and band
  simulated: 'Simulated answers.',
  simulatedWhy: 'They come from the embedded gateway: the figures say nothing about the models named.',
  partial: (state: string) => `The run is ${state}: some trials have no result yet.`,
  partialStates: {
    running: 'running',
    killed: 'killed',
    completed: 'not complete',
    partial: 'partial',
    interrupted: 'interrupted',
    stopped: 'stopped',
    failed: 'failed',
  },
  skip: 'To the rows',
  sections: {
    pairs0: 'Comparison',
    score: 'Score',
    cost: 'Score and cost',
    pairs: 'Pair by pair',
    time: 'Time and length',
    bill: 'Estimate and bill',
    errors: 'Errors',
    rows: 'Rows',
  },
  scoreLabel: 'Score',
  language: 'Language',
  theme: 'Theme',
  themes: { auto: 'Auto', light: 'Light', dark: 'Dark' },
  keys: 'Keys',
  close: 'Close',
  size: (f: Format, rows: number, variants: number) =>
    `${f.count(rows)} ${plural(rows, 'row', 'rows')} × ${f.count(variants)} ${plural(variants, 'variant', 'variants')}`,
  rowsN: (f: Format, n: number) => `${f.count(n)} ${plural(n, 'row', 'rows')}`,
  at: (temperature: string) => `at ${temperature}`,
  ownTemperature: 'default',
  // decision
  cheapestGood: 'Cheapest good enough',
  pickGood: 'Cheapest good enough',
  cheapestGoodKnown: 'Cheapest good enough of known cost',
  noneGoodKnown: 'None of known cost is good enough',
  onlyGood: 'The only one good enough',
  noneGood: 'None is good enough',
  highest: 'Highest score',
  oneVariant: 'One variant',
  noScores: 'No scores',
  asFar: (f: Format, n: number, isOfClusters: boolean) => `as far as ${unitsText(f, n, isOfClusters)} can tell`,
  forCertain: 'with 95% confidence',
  scores: 'It scores',
  below: (points: string) => `, ${points} points below`,
  above: (points: string) => `, ${points} points above`,
  same: ', the same as',
  bestOfAll: '. No variant scores higher.',
  aheadOnCommon: (names: string, n: number) =>
    `. On the rows that both answered, ${names} ${plural(n, 'scores', 'score')} more.`,
  otherRows: 'Nothing is chosen: on the rows that both answered, another variant is significantly better.',
  ci: (low: string, high: string) => `95% CI ${low} to ${high}`,
  significant: 'significant',
  notSignificant: 'not significant',
  /** A p-value after correction for all comparisons. */
  corrected: (p: string) => `corrected ${p}`,
  costs: '1,000 rows cost',
  insteadOf: 'instead of',
  timesLess: (f: Format, factor: number) => `, ${f.factor(factor)} times less`,
  percentLess: (share: string) => `, ${share} less`,
  unknown: 'unknown',
  unknownCost: 'The cost is unknown.',
  costAndScoreSame: (names: string, n: number) =>
    `${names} ${plural(n, 'costs', 'cost')} and ${plural(n, 'scores', 'score')} the same.`,
  andEqual: (n: string) => `(and ${n} equal)`,
  detecting: (f: Format, points: number, rows: number, cost: string) =>
    `Detecting ${f.plain(points)} ${plural(points, 'point', 'points')} needs about ${f.rough(rows)} more ${plural(rows, 'row', 'rows')}${cost === '' ? '' : ` (≈ ${cost})`}.`,
  fewRows: (f: Format, n: number, isOfClusters: boolean) =>
    `${unitsText(f, n, isOfClusters)} ${plural(n, 'is', 'are')} too few to choose: with fewer than 20, only large differences are significant.`,
  allZero: 'The score is 0 with every variant',
  nothingToChoose: 'There is nothing to choose by.',
  noAnswers: 'No answers',
  noneAnswered: (f: Format, trials: number) =>
    trials === 1 ? 'The only trial has no answer' : `None of ${f.count(trials)} trials has an answer`,
  noneScored: (f: Format, n: number, scorer: string) =>
    n === 1
      ? `The only answer could not be scored by ${scorer}`
      : `None of ${f.count(n)} answers could be scored by ${scorer}`,
  seeReasons: 'See the reasons',
  seeRows: 'See the rows',
  nothingScored: 'The run has no scorer, so that variants can be compared by cost and time only.',
  noneWhy: 'No variant of known cost meets the condition below.',
  cheapest: 'Cheapest',
  fastest: 'Fastest, 95% of answers',
  variant: 'Variant',
  perThousand: 'per 1,000 rows',
  perPassed: 'per passed row',
  p95: 'p95',
  p50: 'p50',
  goodEnough: 'Good enough:',
  within: 'within',
  atLeast: 'at least',
  pointsOfBest: (points: number) => `${plural(points, 'point', 'points')} of the best,`,
  percentSign: '%,',
  asShown: 'as far as shown',
  certain: 'with 95% confidence',
  pointsLabel: 'Percentage points',
  ruleLabel: 'Condition',
  certaintyLabel: 'Confidence',
  // facts
  answers: 'Answers',
  ofN: (done: string, all: string) => `${done} of ${all}`,
  paid: 'Paid',
  estimated: (cost: string) => `estimated ${cost}`,
  estimatedMost: (cost: string) => `estimated at most ${cost}`,
  estimateCovers: (f: Format, { variants, unpriced, hasJudges }: Coverage) =>
    (unpriced === 0 ? '' : ` for ${f.count(variants - unpriced)} of ${f.count(variants)} variants`) +
    (hasJudges ? ' without judges' : ''),
  tokens: 'Tokens',
  tokensIn: 'in',
  tokensOut: 'out',
  took: 'Took',
  calls: (f: Format, n: number, failed: number) =>
    `${f.count(n)} ${plural(n, 'call', 'calls')}, ${failed === 0 ? 'none failed' : `${f.count(failed)} failed`}`,
  paidForFailed: (cost: string) => `${cost} paid for failed ones`,
  paidForUnused: (f: Format, cost: string, n: number) =>
    `${cost} of it for ${f.count(n)} ${plural(n, 'result that is', 'results that are')} not part of the run any more`,
  lostCalls: (f: Format, { calls, isBound }: Pick<LostCalls, 'calls' | 'isBound'>, cost: string) =>
    `${isBound ? 'up to ' : ''}${f.count(calls)} ${plural(calls, 'call', 'calls')} without a usable answer may have been billed${cost}`,
  lostMost: (cost: string) => `, at most ${cost}`,
  lostUnknown: ', at an unknown cost',
  lostResults: (f: Format, n: number) =>
    `${f.count(n)} ${plural(n, 'result', 'results')} of unknown cost ${plural(n, 'was', 'were')} lost from the journal`,
  paused: (f: Format, pausedMs: number) => `paused for ${f.duration(pausedMs)}`,
  cached: (f: Format, n: number) => `${f.count(n)} from the cache`,
  gates: 'Gates',
  gatesNone: 'none set',
  gatesPassed: (passed: string, all: string) => `${passed} of ${all} passed`,
  errored: 'Errored',
  cutOff: (f: Format, n: number) => `${n === 0 ? 'none' : f.count(n)} cut off`,
  // score
  even: 'All scores are equal',
  evenAt: (score: string) => `All variants score ${score}`,
  highestScores: (name: string, others: number, { f, isTied }: { readonly f: Format; readonly isTied: boolean }) =>
    isTied
      ? `No variant scores higher than ${name}; ${f.count(others)} ${plural(others, 'other is', 'others are')} not significantly worse`
      : others === 0
        ? `${name} scores highest; all others are significantly worse`
        : `${name} scores highest; ${f.count(others)} ${plural(others, 'other is', 'others are')} not significantly worse`,
  highestOfOtherRows: (name: string, ahead: string, n: number) =>
    `${name} has the highest score, but on the rows that both answered ${ahead} ${plural(n, 'scores', 'score')} more`,
  scoreNote: 'Dot: mean. Line: 95% confidence interval.',
  scoreNote2: 'Significance is after correction for all comparisons of the run (Holm).',
  scoreNote3: '○ another variant costs no more and scores no less.',
  passed: 'passed',
  versusBest: 'Against the best',
  best: 'highest',
  bestTied: 'highest, tied',
  worseBy: (points: string, range: string) => `${points} points worse${range === '' ? '' : ` (${range})`}`,
  betterBy: (points: string, range: string) => `${points} points better${range === '' ? '' : ` (${range})`}`,
  notCompared: 'not compared',
  andMore: (n: string) => `and ${n} more`,
  showAll: (n: string) => `Show all ${n}`,
  // cost
  dominatedN: (f: Format, n: number, all: number) =>
    `${f.count(n)} of ${f.count(all)} variants ${plural(n, 'costs', 'cost')} no less than another and ${plural(n, 'scores', 'score')} no better`,
  traded: 'Every variant has its price: more score costs more',
  beside: 'Scores beside costs',
  costsUnknown: 'Costs are unknown',
  costNote: 'Cost on a logarithmic scale; up and to the left is better.',
  costNote2: 'Stepped line: the best score for the money. Hollow: dominated.',
  byCost: (scorer: string, currency: string) => `${scorer}, % · by cost of 1,000 rows, ${currency}`,
  byTemperature: (scorer: string) => `${scorer}, % · by temperature`,
  noCost: (names: string) => `Cost unknown, not drawn: ${names}`,
  temperatureBest: (model: string, temperature: string) =>
    `The best temperature of ${model} is ${temperature}, significant.`,
  temperatureNone: 'No temperature is shown to be the best of its model.',
  // pairs
  pairsCertain: (f: Format, n: number, all: number) =>
    all === 1
      ? `The only difference is ${n === 0 ? 'not significant' : 'significant'}`
      : n === 0
        ? `None of ${f.count(all)} differences is significant`
        : `${f.count(n)} of ${f.count(all)} differences ${plural(n, 'is', 'are')} significant`,
  pairsNote:
    'Points by which the row is better than the column, on rows that both answered. A cell leads to the rows that only one of the two passes.',
  pairsNote2:
    'Interval and p-value are those of one comparison. Significance is after correction for all of them (Holm); where only that takes it away, the corrected p-value is shown too.',
  rowBetter: 'row significantly better',
  rowWorse: 'row significantly worse',
  more: (name: string) => `What more confidence costs: ${name} against`,
  points: 'Points',
  rowsFor2: 'Rows to detect 2 points',
  theirCost: 'Their cost',
  none: 'none',
  pairTitle: (a: string, b: string, text: string) => `${a} against ${b}: ${text}`,
  // time
  fastestIs: (name: string, p95: string, other: string, slow: string) =>
    other === ''
      ? `${name}: 95% of answers within ${p95}`
      : `Fastest: ${name} (95% of answers within ${p95}); slowest: ${other} (${slow})`,
  sameTime: (p95: string) => `Every variant: 95% of answers within ${p95}`,
  timeNote: 'Each strip is a histogram of all answers on a common axis. Ticks: half and 95% of answers.',
  timeNote2: 'Time of one call, without waiting in the queue.',
  timeSimulated: 'Times of simulated answers are those of this machine.',
  timeOf: 'Time of an answer',
  lengthOf: 'Length of an answer, tokens',
  tokens50: 'tokens p50',
  cut: 'cut off',
  // bill
  billInside: (bill: string) => `The bill, ${bill}, is within the estimate`,
  billOutside: (bill: string) => `The bill, ${bill}, is outside the estimated range`,
  billSaved: (bill: string) => `The bill, ${bill}, is below the estimate, which counts cached answers as paid`,
  billBelow: (bill: string, most: string) => `The bill is ${bill}; the estimate was at most ${most}`,
  billPartly: (f: Format, bill: string, n: number) =>
    `The bill is at least ${bill}: ${f.count(n)} ${plural(n, 'answer is', 'answers are')} of unknown cost`,
  billUnpriced: (f: Format, bill: string, n: number) =>
    `The bill is ${bill} without ${f.count(n)} ${plural(n, 'variant', 'variants')}, whose price was not known`,
  billNoEstimate: 'No estimate was made',
  billWhyNone: (f: Format, least: number) =>
    `A run makes one when it begins, if a price is known and ${f.count(least)} trials or more are open.`,
  billOnly: (bill: string) => `The bill is ${bill}`,
  billBesides: 'Results that were replaced or are not part of the run any more',
  billLost: (calls: string) => `Not in the bill: ${calls}.`,
  billNote: (level: string) =>
    `The range contains the bill in ${level} of such runs. Bars are shares of the bill, which is the line at 100%.`,
  billNoPrice: (models: string) => `The price of ${models} was unknown: the estimate and this table leave it out.`,
  billNoteFloor:
    'Answer length is unknown until some rows have run, so only bounds are shown, in multiples of the bill.',
  pricedVariants: 'Variants of known price',
  billPilot: 'A pilot makes a range of it: estimate --pilot 20',
  estimate: 'Estimate',
  range: 'Range',
  atMost: 'At most',
  bill: 'Bill',
  difference: 'Difference',
  allVariants: 'All variants',
  // errors
  noErrors: 'No trial errored',
  errorsN: (f: Format, n: number, all: number, [most, reason]: readonly [number, string]) =>
    `${f.count(n)} of ${f.count(all)} ${plural(all, 'trial', 'trials')} errored; ${f.count(most)} by ${reason}`,
  errorKinds: ERROR_KINDS,
  otherReasons: 'other reasons',
  errorsNote: 'An error is never scored and never counts as a wrong answer.',
  errorsNote2:
    'One axis: the time of the run, without pauses over 10 minutes. Grey: answers, calls in flight, retries.',
  errorsNote3:
    'Retried attempts are counted where their trial ended. Why they were retried, such as 429, is not recorded.',
  inFlight: 'Calls in flight',
  inFlightMost: (count: string) => `≤ ${count}`,
  retried: 'Retried attempts',
  reason: 'Reason',
  count: 'Errors',
  show: 'show',
  retry: 'Retry them: add --retry-errored to the run command',
  // rows
  searchHint: (column: string) => `Search, or ${column}`,
  search: 'Search rows',
  filters: {
    all: 'All',
    disagree: 'Variants disagree',
    failed: 'Failed',
    allFailed: 'All fail',
    errored: 'Errored',
    cut: 'Cut off',
    flaky: 'Flaky',
    flipped: 'Flipped',
    labelled: 'Labelled',
  },
  order: 'Order',
  orders: { worth: 'worth a look first', plan: 'as in the dataset', share: 'fewest passed first', id: 'by id' },
  row: 'Row',
  question: 'Question',
  expected: 'Expected',
  emptyRows: 'No row matches.',
  clear: 'Clear search and filters',
  loading: 'Reading rows…',
  kept: (f: Format, kept: number, all: number) =>
    `${f.count(kept)} of ${f.count(all)} rows are in this page: those worth a look first. results.jsonl has all.`,
  cutRows: (f: Format, cut: number, units: number) =>
    `In ${f.count(cut)} ${plural(cut, 'row', 'rows')}, texts are cut to ${f.count(units)} characters to keep the page small.`,
  failsOf: (name: string) => `Rows that ${name} fails`,
  marks: 'Marks from left to right:',
  // an opened row
  system: 'System message',
  roles: { user: 'Question', assistant: 'Assistant', system: 'System message' } satisfies Record<string, string>,
  columns: 'Columns',
  sameAnswer: (f: Format, n: number) => (n === 1 ? '' : `${f.count(n)} with the same answer`),
  cutText: (f: Format, shown: number, all: number) => `… cut: ${f.count(shown)} of ${f.count(all)} characters`,
  showWhole: (f: Format, n: number) => `Show all ${f.count(n)} characters`,
  thoughts: 'Thoughts',
  messages: 'Messages',
  diffWith: 'Compare with',
  diffNone: 'no comparison',
  diffExpected: 'the expected answer',
  tooDifferent: 'too different to mark',
  cutNoDiff: 'not compared: the text is cut',
  view: 'View',
  views: { text: 'Text', markdown: 'Markdown', json: 'JSON' },
  attempts: (n: number) => `${n} attempts`,
  fromCache: 'cached',
  repeatN: (n: number) => `repeat ${n}`,
  cost: 'cost',
  time: 'time',
  copyCurl: 'Copy as curl',
  copyJson: 'Copy as JSON',
  copyLink: 'Copy link',
  copied: 'Copied',
  notScored: 'not scored',
  label: 'Label',
  labels: { good: 'good', bad: 'bad', none: 'none' },
  note: 'Note',
  exportLabels: (f: Format, n: number) => `Export ${f.count(n)} ${plural(n, 'label', 'labels')} (CSV)`,
  empty: '(empty)',
  skipped: 'skipped',
  beatenBy: (f: Format, name: string, rows: number) =>
    `not asked: ${name} was clearly better after ${f.count(rows)} ${plural(rows, 'row', 'rows')}`,
  ...comparisonWords,
  ...reasonWords,
  // how
  how: 'How it was made',
  made: 'Run',
  version: (v: string) => `promptgrid ${v}`,
  revision: (r: string) => `commit ${r}`,
  settings: 'Request fields',
  prompts: 'Prompts',
  files: 'Files',
  filesText: 'The folder of the run has its results, summary.json and run.json.',
  method: 'Method',
  methodText:
    'Intervals: Wilson’s, with an effective sample size for repeats, clusters and partial scores. Pairs: McNemar’s exact test or a sign-flip test on the same rows, with Holm’s correction. Rows needed: 80% power.',
  notes: 'Notes',
  moreNotes: (f: Format, n: number) => `The same of ${f.count(n)} more.`,
  noteText: (_f: Format, note: AnalysisNote) => note.text,
  keyList: [
    ['j k ↑ ↓', 'next and previous row'],
    ['Enter o', 'open or close a row'],
    ['n', 'next row where variants disagree'],
    ['/', 'search'],
    ['1 – 4', 'filters'],
    ['d', 'compare answers with the next one'],
    ['t', 'theme'],
    ['Esc', 'close the row, then clear'],
    ['?', 'this list'],
  ],
};

/** The texts of a language. */
export type Words = typeof en;
