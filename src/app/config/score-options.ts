import type { OptionSpec } from './option-spec.ts';

/** Options of scores, of what is made of them, and of the gates that a run has to meet. */
export const SCORE_OPTIONS = {
  score: {
    kind: 'scorers',
    group: 'Scores',
    describe: 'how to judge answers: name, name:argument or not:name, such as contains or numeric:1%; repeatable',
  },
  expected: { kind: 'string', group: 'Scores', describe: 'column with the expected answer', defaultText: 'expected' },
  judgeModel: {
    kind: 'string',
    group: 'Scores',
    describe:
      'model that judges for --score judge and llm-rubric: provider/model or a plain id; its calls are paid too',
  },
  judgeAgainst: {
    kind: 'string',
    group: 'Scores',
    describe: "column with people's verdicts (pass or fail, yes or no, 0 to 1) that the judge's are compared with",
  },
  cluster: {
    kind: 'string',
    group: 'Scores',
    describe:
      'column of what rows have in common, such as the document they ask about; intervals and tests count on it',
  },
  min: {
    kind: 'texts',
    group: 'Scores',
    describe: 'a gate: least score of every variant, such as exact=0.9; repeatable; exit 1 where one is below',
  },
  minOn: {
    kind: 'string',
    group: 'Scores',
    choices: ['lower', 'point'],
    describe: 'whether --min is held against the low end of the interval of 95 % or the mean',
    defaultText: 'lower',
  },
  maxErrored: {
    kind: 'string',
    group: 'Scores',
    describe: 'a gate: largest share of errored trials of any variant, such as 1%; exit 1 above it, and not 3 up to it',
  },
  maxCostPer1k: {
    kind: 'string',
    group: 'Money',
    describe: "a gate: most that 1,000 rows may cost with any variant, in the provider's currency; exit 1 above it",
  },
  stopWhenDecided: {
    kind: 'switchOrName',
    group: 'Scores',
    describe:
      'ask a variant no more rows once another is clearly better; optionally by which score, where there are several',
  },
} as const satisfies Readonly<Record<string, OptionSpec>>;
