import { MIN_ON } from '../../core/gate-settings.ts';
import type { OptionSpec } from '../../core/option-spec.ts';

/** Options of scores, of how they are combined, and of a run's gates. */
export const SCORE_OPTIONS = {
  score: {
    kind: 'scorers',
    group: 'Scores',
    describe: 'scorer: exact, contains, numeric:1%, …',
    placeholder: '<spec>',
  },
  expected: {
    kind: 'string',
    group: 'Scores',
    describe: 'column or path of the expected answer',
    placeholder: '<column>',
    defaultText: 'expected',
  },
  judgeModel: {
    kind: 'string',
    group: 'Scores',
    describe: 'model of the judges: judge, factuality, g-eval, …',
    placeholder: '<id>',
  },
  embeddingModel: {
    kind: 'string',
    group: 'Scores',
    describe: 'model of the embeddings that the scorer similar compares',
    placeholder: '<id>',
    isRare: true,
  },
  judgeAgainst: {
    kind: 'string',
    group: 'Scores',
    describe: "column with human verdicts (pass or fail, yes or no, 0 to 1) to compare the judge's with",
    placeholder: '<column>',
    isRare: true,
  },
  cluster: {
    kind: 'string',
    group: 'Scores',
    describe: "column that related rows share, which intervals and tests account for; '' for none",
    placeholder: '<column>',
    mayBeEmpty: true,
  },
  min: {
    kind: 'thresholds',
    group: 'Scores',
    describe: 'minimum score, such as exact=0.9; else exit 1',
    placeholder: '<score=n>',
  },
  minOn: {
    kind: 'choice',
    group: 'Scores',
    choices: MIN_ON,
    describe: 'whether --min applies to the lower end of the 95 % confidence interval or to the mean',
    placeholder: '<what>',
    isRare: true,
    defaultText: 'lower',
  },
  minRepeats: {
    kind: 'texts',
    group: 'Scores',
    describe:
      'gate: how often each row must pass a score over its repeats, such as exact=8/10; needs --repeat 10; else exit 1',
    placeholder: '<score=n/m>',
    example: 'exact=8/10',
    isRare: true,
  },
  maxErrored: {
    kind: 'share',
    group: 'Scores',
    min: 0,
    max: 1,
    example: '1%',
    describe: 'gate: maximum share of errored trials of any variant, such as 1%; exit 1 above it, and not 3 up to it',
    isRare: true,
  },
  maxCostPer1k: {
    kind: 'amount',
    group: 'Money',
    min: 0,
    isOpen: true,
    example: '200',
    describe: "gate: maximum cost of 1,000 rows with any variant, in the provider's currency; exit 1 above it",
    isRare: true,
  },
  goodEnough: {
    kind: 'points',
    group: 'Scores',
    min: 0,
    describe: 'percentage points below the best score that are good enough to name a cheaper variant',
    placeholder: '<points>',
    isRare: true,
    defaultText: '10',
  },
  stopWhenDecided: {
    kind: 'switchOrName',
    group: 'Scores',
    describe: 'stop a variant once another is clearly better; name the score if there are several',
    placeholder: '[score]',
    isRare: true,
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
